using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Annuaire.FranceServices;

/// <summary>Writes the France Services link of one département. A new address is worth nothing until somebody or the button has opened it.</summary>
public sealed partial class SaveLien(IngestionDbContext db, SiteCourant siteCourant, TimeProvider clock)
{
    private const int MaxUrl = 500;

    public abstract record Outcome
    {
        public sealed record Saved : Outcome;

        public sealed record ChangedMeanwhile : Outcome;

        public sealed record Refused(IReadOnlyList<ErreurSaisie> Erreurs) : Outcome;
    }

    /// <param name="Departement">« 37 », « 2A », « 974 ».</param>
    /// <param name="IsOuvert">The person has just opened the link and seen the right page.</param>
    public sealed record Demande(string Acteur, string? Departement, string? Libelle, string? Adresse, bool IsOuvert);

    public async Task<Outcome> ExecuteAsync(Demande demande, CancellationToken cancellationToken)
    {
        var champs = new ChampsLus();
        var departement = demande.Departement?.Trim().ToUpperInvariant() ?? "";
        if (!Departement().IsMatch(departement))
        {
            champs.Say(nameof(demande.Departement), "Le département s’écrit 37, 2A ou 974");
        }

        var libelle = champs.Line(nameof(demande.Libelle), demande.Libelle, Limites.Nom, "Indiquez le texte du lien, tel que les lettres le montrent");
        var url = champs.Line(nameof(demande.Adresse), demande.Adresse, MaxUrl, "Indiquez l’adresse de la liste");
        if (url is not null && (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || url.Any(c => char.IsWhiteSpace(c) || c is '(' or ')' or '[' or ']')))
        {
            champs.Say(nameof(demande.Adresse), "Cette adresse n’est pas complète : elle commence par https:// et ne contient ni espace ni parenthèse");
        }

        if (champs.Erreurs.Count > 0)
        {
            return new Outcome.Refused(champs.Erreurs);
        }

        var now = clock.GetUtcNow();
        var lien = await db.LiensFranceServices.SingleOrDefaultAsync(l => l.Departement == departement, cancellationToken);
        var avant = lien is null ? null : EnMots(lien);
        if (lien is null)
        {
            lien = new LienFranceServices { Departement = departement, Libelle = libelle!, Url = url! };
            db.LiensFranceServices.Add(lien);
        }

        if (lien.Url != url)
        {
            (lien.VerifieLe, lien.EssayeLe, lien.Echec) = (null, null, null);
        }

        (lien.Libelle, lien.Url) = (libelle!, url!);
        if (demande.IsOuvert)
        {
            (lien.VerifieLe, lien.Echec) = ((await siteCourant.GetAsync(cancellationToken)).DayOf(now), null);
        }

        db.Journal.Record(demande.Acteur, nameof(SaveLien), $"france-services:{departement}", null, now, avant, EnMots(lien));
        return await db.TrySaveChangesAsync(cancellationToken) ? new Outcome.Saved() : new Outcome.ChangedMeanwhile();
    }

    internal static string EnMots(LienFranceServices lien) =>
        $"{lien.Libelle} : {lien.Url}{(lien.VerifieLe is { } day ? $", vérifié le {DatesEnFrancais.DateComplete(day)}" : ", jamais vérifié")}";

    [GeneratedRegex("^([0-9]{2,3}|2[AB])$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Departement();
}
