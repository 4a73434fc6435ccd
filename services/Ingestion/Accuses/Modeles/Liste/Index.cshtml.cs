using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Accuses.Modeles.Liste;

public sealed class IndexModel(IngestionDbContext db, SiteCourant siteCourant) : PageModele
{
    /// <param name="Modele">Newest version, whatever its state.</param>
    public sealed record Ligne(VersionModele Modele, VersionModele? EnVigueur, int? Brouillon, int? AVenir, int Demandes);

    public IReadOnlyList<Ligne> Lignes { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var today = await siteCourant.TodayAsync(cancellationToken);
        var versions = await db.VersionsModeles.AsNoTracking().OrderBy(v => v.Code).ThenBy(v => v.Version).ToListAsync(cancellationToken);
        var demandes = await db.DemandesModeles.Where(d => d.TraiteeLe == null).GroupBy(d => d.Code)
            .Select(g => new { Code = g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Code, g => g.Count, cancellationToken);
        Lignes = [.. versions.GroupBy(v => v.Code).Select(g => new Ligne(
            g.Last(),
            ModelesEnVigueur.Valid(g, today),
            g.FirstOrDefault(v => v.Etat == EtatModele.Brouillon)?.Version,
            g.LastOrDefault(v => v.ValableDu > today)?.Version,
            demandes.GetValueOrDefault(g.Key)))];
    }
}
