using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Annuaire.Fonctions;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Annuaire.Recherche;

/// <summary>Finds an entry of the directory by the beginning of a name or of an address.</summary>
public sealed class IndexModel(IngestionDbContext db, SiteCourant siteCourant) : PageAnnuaire
{
    private const int Taille = 50;

    public sealed record Ligne(Correspondant Correspondant, string? Fonction)
    {
        public string? JoignableA => Correspondant.IsElectroniqueRefusee
            ? Postale
            : Correspondant.Courriel ?? Postale;

        private string? Postale => Correspondant.Adresse?.Replace("\n", ", ", StringComparison.Ordinal);
    }

    [BindProperty]
    public string? Q { get; set; }

    [BindProperty]
    public bool Elus { get; set; }

    public IReadOnlyList<Ligne> Lignes { get; private set; } = [];

    public string Legende => Lignes.Count == Taille ? $"Les {Taille} premiers : précisez le nom pour voir les autres" : Lignes.Count == 1 ? "1 résultat" : $"{Lignes.Count} résultats";

    protected override Action Droit => Action.ManageDirectory;

    public Task OnGetAsync(CancellationToken cancellationToken) => SearchAsync(cancellationToken);

    /// <summary>By POST: a name stands in no address.</summary>
    public Task OnPostAsync(CancellationToken cancellationToken) => SearchAsync(cancellationToken);

    private async Task SearchAsync(CancellationToken cancellationToken)
    {
        var today = await siteCourant.TodayAsync(cancellationToken);
        var held = db.Fonctions.Where(f => f.Du <= today && (f.Au == null || today <= f.Au));
        var found = db.Correspondants.AsNoTracking();
        if (CleAnnuaire.Of(TexteSaisi.Repair(Q, Limites.Nom) ?? "") is { Length: > 0 } cle)
        {
            found = found.Where(c => c.NomCle.StartsWith(cle) || c.NomCle.Contains(" " + cle) || c.NomUsageCle!.StartsWith(cle) || c.NomUsageCle!.Contains(" " + cle)
                || c.CourrielCle!.StartsWith(cle) || db.AdressesCorrespondants.Any(a => a.CorrespondantId == c.Id && a.Genre == GenreAdresse.Electronique && a.Cle.StartsWith(cle)));
        }

        if (Elus)
        {
            found = found.Where(c => held.Any(f => f.CorrespondantId == c.Id));
        }

        var page = await found.OrderBy(c => c.NomCle).ThenBy(c => c.Id).Take(Taille).ToListAsync(cancellationToken);
        var ids = page.ConvertAll(c => c.Id);
        var fonctions = (await held.AsNoTracking().Where(f => ids.Contains(f.CorrespondantId)).ToListAsync(cancellationToken)).ToLookup(f => f.CorrespondantId);
        Lignes = page.ConvertAll(c => new Ligne(
            c, fonctions[c.Id].OrderBy(f => f.Nature).FirstOrDefault() is { } f ? TitresFonctions.EnMots(f, c.Civilite) : null));
    }
}
