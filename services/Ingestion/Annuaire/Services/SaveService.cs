using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Annuaire.Services;

/// <summary>
/// Opens a service, changes how it is reached, moves it in the tree or closes it from a day on. A closed service keeps its name in what it dealt
/// with; it is no longer proposed. It closes only once nothing leans on it.
/// </summary>
public sealed partial class SaveService(IngestionDbContext db, SiteCourant siteCourant, TimeProvider clock)
{
    public abstract record Outcome
    {
        public sealed record Saved : Outcome;

        public sealed record ChangedMeanwhile : Outcome;

        public sealed record NotFound : Outcome;

        public sealed record Refused(IReadOnlyList<ErreurSaisie> Erreurs) : Outcome;
    }

    public sealed record Demande
    {
        public required string Acteur { get; init; }
        public required bool IsNew { get; init; }

        /// <summary><see cref="ServicePrefecture.Revision"/> the person was looking at.</summary>
        public int Vu { get; init; }

        public string? Code { get; init; }
        public string? Libelle { get; init; }
        public string? ParentCode { get; init; }
        public string? Responsable { get; init; }
        public string? Courriel { get; init; }
        public string? Telephone { get; init; }
        public string? Adresse { get; init; }
        public DateOnly? OuvertLe { get; init; }
        public DateOnly? FermeLe { get; init; }
    }

    public async Task<Outcome> ExecuteAsync(Demande demande, CancellationToken cancellationToken)
    {
        var champs = new ChampsLus();
        var libelle = champs.Line(nameof(demande.Libelle), demande.Libelle, Limites.Nom, "Indiquez le nom du service");
        var responsable = champs.Line(nameof(demande.Responsable), demande.Responsable, Limites.Nom);
        var courriel = champs.Courriel(nameof(demande.Courriel), demande.Courriel);
        var telephone = champs.Telephone(nameof(demande.Telephone), demande.Telephone);
        var adresse = champs.Lines(nameof(demande.Adresse), demande.Adresse, Limites.Adresse);
        var code = demande.Code?.Trim() ?? "";
        if (demande.IsNew && !CodePattern().IsMatch(code))
        {
            champs.Say(nameof(demande.Code), "Le code compte 2 à 20 majuscules, chiffres ou tirets : DCL-ETR");
        }

        if (demande.FermeLe < demande.OuvertLe)
        {
            champs.Say(nameof(demande.FermeLe), "Le dernier jour ne peut pas être avant le premier");
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtext('ingestion.services'))", cancellationToken); // one change of the tree at a time
        var all = await db.Services.OrderBy(s => s.Ordre).ToListAsync(cancellationToken);
        var service = all.Find(s => s.Code == code);
        if (demande.IsNew && service is not null)
        {
            champs.Say(nameof(demande.Code), $"Ce code est celui de « {service.Libelle} » : choisissez-en un autre");
        }

        if (!demande.IsNew && service is null)
        {
            return new Outcome.NotFound();
        }

        var parent = string.IsNullOrEmpty(demande.ParentCode) ? null : demande.ParentCode;
        CheckParent(champs, all, code, parent);
        if (demande.FermeLe is not null && service is not null)
        {
            await CheckClosingAsync(champs, all, service, cancellationToken);
        }

        if (champs.Erreurs.Count > 0)
        {
            return new Outcome.Refused(champs.Erreurs);
        }

        if (service is not null && service.Revision != demande.Vu)
        {
            return new Outcome.ChangedMeanwhile();
        }

        var before = service is null ? [] : LinesOf(service);
        if (service is null)
        {
            service = new ServicePrefecture { Code = code, Libelle = libelle!, Ordre = 1 + all.Select(s => s.Ordre).DefaultIfEmpty().Max() };
            db.Services.Add(service);
        }

        (service.Libelle, service.ParentCode, service.Responsable) = (libelle!, parent, responsable);
        (service.Courriel, service.Telephone, service.Adresse) = (courriel, telephone, adresse);
        (service.OuvertLe, service.FermeLe, service.Revision) = (demande.OuvertLe, demande.FermeLe, service.Revision + 1);
        var (avant, apres) = CourrierEnMots.Difference(before, LinesOf(service));
        if (avant != apres)
        {
            db.Journal.Record(demande.Acteur, nameof(SaveService), $"service:{code}", null, clock.GetUtcNow(), avant.Length > 0 ? avant : null, apres);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new Outcome.Saved();
    }

    private static void CheckParent(ChampsLus champs, List<ServicePrefecture> all, string code, string? parent)
    {
        var above = parent;
        for (var steps = 0; above is not null && steps <= all.Count; steps++)
        {
            if (above == code)
            {
                champs.Say(nameof(Demande.ParentCode), "Un service ne peut pas dépendre de lui-même ni d’un service qui dépend de lui");
                return;
            }

            above = all.Find(s => s.Code == above)?.ParentCode;
        }

        if (parent is not null && !all.Exists(s => s.Code == parent))
        {
            champs.Say(nameof(Demande.ParentCode), "Choisissez un service dans la liste");
        }
    }

    private async Task CheckClosingAsync(ChampsLus champs, List<ServicePrefecture> all, ServicePrefecture service, CancellationToken cancellationToken)
    {
        var today = await siteCourant.TodayAsync(cancellationToken);
        if (all.Find(s => s.ParentCode == service.Code && s.IsOpenOn(today)) is { } child)
        {
            champs.Say(nameof(Demande.FermeLe), $"« {child.Libelle} » en dépend encore : fermez-le ou rattachez-le ailleurs d’abord");
        }

        if (await db.Types.Where(t => t.ServiceCode == service.Code).Select(t => t.Libelle).FirstOrDefaultAsync(cancellationToken) is { } type)
        {
            champs.Say(nameof(Demande.FermeLe), $"Le type de courrier « {type} » lui est confié d’office : confiez-le d’abord à un autre service");
        }

        if (await db.Boites.Where(b => b.ServiceCode == service.Code).Select(b => b.Libelle).FirstOrDefaultAsync(cancellationToken) is { } boite)
        {
            champs.Say(nameof(Demande.FermeLe), $"La boîte « {boite} » lui est attribuée : changez-la d’abord");
        }

        var open = await db.Database
            .SqlQuery<long>($"SELECT count(*) AS \"Value\" FROM portail.lecture_dossiers WHERE service_instructeur_code = {service.Code} AND repondu_le IS NULL AND clos_le IS NULL")
            .SingleAsync(cancellationToken);
        if (open > 0)
        {
            champs.Say(nameof(Demande.FermeLe), $"{open} courriers ouverts lui sont affectés : réaffectez-les d’abord");
        }
    }

    private static List<(string Libelle, string Valeur)> LinesOf(ServicePrefecture s)
    {
        var lines = new List<(string, string)>();
        Add("Nom", s.Libelle);
        Add("Dépend de", s.ParentCode);
        Add("Responsable", s.Responsable);
        Add("Adresse électronique", s.Courriel);
        Add("Téléphone", s.Telephone);
        Add("Adresse postale", s.Adresse?.Replace("\n", ", ", StringComparison.Ordinal));
        Add("Ouvert le", s.OuvertLe is { } opened ? DatesEnFrancais.DateComplete(opened) : null);
        Add("Fermé après le", s.FermeLe is { } closed ? DatesEnFrancais.DateComplete(closed) : null);
        return lines;

        void Add(string libelle, string? valeur)
        {
            if (valeur is not null)
            {
                lines.Add((libelle, valeur));
            }
        }
    }

    [GeneratedRegex("^[A-Z0-9][A-Z0-9-]{1,19}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodePattern();
}
