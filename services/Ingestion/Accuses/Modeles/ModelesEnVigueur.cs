using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>The text that letters of today are written from: the newest approved one whose day has come; the one shipped while nothing was seeded.</summary>
public sealed class ModelesEnVigueur(IngestionDbContext db, IReadOnlyList<Modele> livres, SiteCourant siteCourant)
{
    /// <exception cref="InvalidOperationException">There is no text of this kind: a mistake of the installation.</exception>
    public async Task<Modele> OfAsync(GenreModele genre, SupportModele support, CancellationToken cancellationToken)
    {
        var today = await siteCourant.TodayAsync(cancellationToken);
        var version = await db.VersionsModeles.AsNoTracking()
            .Where(v => v.Genre == genre && v.Support == support && v.Etat == EtatModele.Approuve && v.ValableDu <= today)
            .OrderByDescending(v => v.ValableDu).ThenByDescending(v => v.Version)
            .FirstOrDefaultAsync(cancellationToken);
        return version?.ToModele()
            ?? livres.FirstOrDefault(m => m.Genre == genre && m.Support == support)
            ?? throw new InvalidOperationException($"There is no text for {genre} by {support}");
    }

    /// <summary>The version of one text that is valid on this day; null when none is.</summary>
    public static VersionModele? Valid(IEnumerable<VersionModele> versions, DateOnly day) => versions
        .Where(v => v.Etat == EtatModele.Approuve && v.ValableDu <= day)
        .OrderByDescending(v => v.ValableDu).ThenByDescending(v => v.Version)
        .FirstOrDefault();
}
