using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Echeances;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Accuses.Modeles;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Accuses;

/// <summary>Writes the text of an acknowledgement from what is known of the courrier at that moment.</summary>
public sealed class TexteAccuse(IngestionDbContext db, SiteCourant siteCourant, IReadOnlyList<Modele> modeles, ModeleRenderer renderer, TimeProvider clock)
{
    /// <summary>Date of the answer clock, when Echeances has opened it.</summary>
    /// <returns>False while an answer is due and its date is not known yet.</returns>
    public async Task<(bool IsKnown, DateOnly? Date)> RepondreAvantAsync(Courrier courrier, CancellationToken cancellationToken)
    {
        if (courrier.IsPourInformation || courrier.IsAnnule)
        {
            return (true, null);
        }

        var kind = KindEcheance.Reponse.ToString();
        var dates = await db.Database
            .SqlQuery<DateOnly>($"SELECT due_on AS \"Value\" FROM echeances.lecture_echeances WHERE courrier_id = {courrier.Id} AND kind = {kind}")
            .ToListAsync(cancellationToken);
        return dates.Count > 0 ? (true, dates[0]) : (false, null);
    }

    public async Task<RenderedModele> RenderAsync(Courrier courrier, Accuse accuse, DateOnly? repondreAvant, CancellationToken cancellationToken)
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
            RepondreAvant = repondreAvant is { } due ? DatesEnFrancais.DateComplete(due) : null,
            Recommande = courrier.NumeroRecommande,
            ServiceLibelle = service?.Libelle,
            ServiceTelephone = service is null ? null : service.Telephone ?? site.Telephone,
            ServiceCourriel = service is null ? null : service.Courriel ?? site.Courriel,
            SiteLibelle = site.Libelle,
            SiteTelephone = site.Telephone,
            SiteAdresse = adresse,
            Ville = VilleOf(adresse),
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
}
