using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Accuses.Modeles;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Ingestion.SuiviPublic;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Accuses;

/// <summary>Writes the text of an acknowledgement from what is known of the courrier at that moment.</summary>
public sealed class TexteAccuse(IngestionDbContext db, SiteCourant siteCourant, IReadOnlyList<Modele> modeles, ModeleRenderer renderer, LienSuivi lienSuivi, TimeProvider clock)
{
    /// <summary>What may be said of the answer, from the answer clock that Echeances keeps.</summary>
    public async Task<ReponseAnnoncee> ReponseAsync(Courrier courrier, CancellationToken cancellationToken)
    {
        if (courrier.IsPourInformation)
        {
            return ReponseAnnoncee.Aucune;
        }

        var found = await db.Database
            .SqlQuery<SuiviLu>($"SELECT due_on, closed_on IS NOT NULL AS is_arrete, motif_arret FROM echeances.lecture_suivis WHERE courrier_id = {courrier.Id}")
            .SingleOrDefaultAsync(cancellationToken);
        return found switch
        {
            null => ReponseAnnoncee.Inconnue,
            { DueOn: null } or { IsArrete: true, MotifArret: "SansReponse" } => ReponseAnnoncee.Aucune,
            { IsArrete: true } => ReponseAnnoncee.Tue,
            { DueOn: { } due } => new ReponseAnnoncee(IsConnue: true, IsAttendue: true, due),
        };
    }

    public async Task<RenderedModele> RenderAsync(Courrier courrier, Accuse accuse, ReponseAnnoncee reponse, CancellationToken cancellationToken)
    {
        var site = await siteCourant.GetAsync(cancellationToken);
        var service = courrier.ServiceCode is null
            ? null
            : await db.Services.AsNoTracking().SingleOrDefaultAsync(s => s.Code == courrier.ServiceCode, cancellationToken);
        var formules = FormulesEpistolaires.For(courrier.Expediteur.Categorie, null, courrier.Expediteur.Fonction);
        var adresse = site.Adresse.Split('\n');
        return renderer.Render(ModeleOf(accuse), new ValeursModele
        {
            Reference = courrier.NumeroChrono,
            Objet = courrier.Objet,
            Canal = courrier.Canal,
            ExpediteurCategorie = courrier.Expediteur.Categorie,
            FormuleAppel = formules.Appel,
            FormulePolitesse = formules.Politesse,
            Destinataire = accuse.Canal == CanalAccuse.Courrier ? accuse.Destinataire?.Split('\n') ?? [] : [],
            DateReception = DatesEnFrancais.DateComplete(courrier.RecuLe),
            DateJour = DatesEnFrancais.DateComplete(site.DayOf(clock.GetUtcNow())),
            DateCourrier = courrier.DateCourrier is { } written ? DatesEnFrancais.DateComplete(written) : null,
            RepondreAvant = reponse.Avant is { } due ? DatesEnFrancais.DateComplete(due) : null,
            IsSansReponse = !reponse.IsAttendue,
            Recommande = courrier.NumeroRecommande,
            ServiceLibelle = service?.Libelle,
            ServiceTelephone = service is null ? null : service.Telephone ?? site.Telephone,
            ServiceCourriel = service is null ? null : service.Courriel ?? site.Courriel,
            SiteLibelle = site.Libelle,
            SiteTelephone = site.Telephone,
            SiteAdresse = adresse,
            Ville = VilleOf(adresse),
            SuiviLien = lienSuivi.Of(courrier),
            FranceServicesLien = site.FranceServicesUrl,
            FranceServicesLibelle = "France Services",
        });
    }

    /// <summary>A code without its texts is a mistake of the installation: it is said, not worked around.</summary>
    private Modele ModeleOf(Accuse accuse)
    {
        var support = accuse.Canal == CanalAccuse.Courrier ? SupportModele.Lettre : SupportModele.Courriel;
        return modeles.FirstOrDefault(m => m.Genre == GenreModele.AccuseEnregistrement && m.Support == support)
            ?? throw new InvalidOperationException($"There is no text for acknowledgements by {support}");
    }

    /// <summary>« TOURS » from « 37925 TOURS CEDEX 9 ».</summary>
    private static string? VilleOf(string[] adresse)
    {
        var line = adresse.LastOrDefault(l => l.Length > 6 && l[..5].All(char.IsAsciiDigit));
        var city = line?[5..].Trim();
        var cedex = city?.IndexOf(" cedex", StringComparison.OrdinalIgnoreCase) ?? -1;
        return cedex > 0 ? city![..cedex] : city;
    }

    private sealed record SuiviLu(DateOnly? DueOn, bool IsArrete, string? MotifArret);
}

/// <summary>
/// What an acknowledgement says of the answer: its date, that none is expected, or nothing. It never promises what is not known.
/// </summary>
/// <param name="IsConnue">False while Echeances has not examined the courrier: worth waiting for.</param>
/// <param name="IsAttendue">False when no answer is expected.</param>
/// <param name="Avant">Last day for the answer.</param>
public sealed record ReponseAnnoncee(bool IsConnue, bool IsAttendue, DateOnly? Avant)
{
    public static ReponseAnnoncee Inconnue { get; } = new(IsConnue: false, IsAttendue: true, null);

    public static ReponseAnnoncee Aucune { get; } = new(IsConnue: true, IsAttendue: false, null);

    /// <summary>Answered or closed before the acknowledgement left: nothing is said of it.</summary>
    public static ReponseAnnoncee Tue { get; } = new(IsConnue: true, IsAttendue: true, null);
}
