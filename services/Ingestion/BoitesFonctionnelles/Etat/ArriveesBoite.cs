using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.Etat;

/// <summary>What has come into a mailbox lately.</summary>
/// <param name="Dernier">Instants of the newest message: when its server, or the one before it, had it; when it had its fate here.</param>
/// <param name="PlusLong">Longest time between the two, today; null when nothing came from a server.</param>
public sealed record ArriveesBoite((DateTimeOffset RecuA, DateTimeOffset TraiteLe)? Dernier, TimeSpan? PlusLong, int Enregistres, int Rattaches, int MisDeCote)
{
    public int Arrives => Enregistres + Rattaches + MisDeCote;

    public TimeSpan? Retard => Dernier is { } dernier ? dernier.TraiteLe - dernier.RecuA : null;
}

/// <summary>Reads them.</summary>
public sealed class ArriveesBoites(IngestionDbContext db, SiteCourant siteCourant, TimeProvider clock)
{
    public async Task<ArriveesBoite> ReadAsync(string code, CancellationToken cancellationToken)
    {
        var site = await siteCourant.GetAsync(cancellationToken);
        var (from, to) = site.BoundsOf(site.DayOf(clock.GetUtcNow()));
        var messages = db.MessagesRecus.AsNoTracking().Where(m => m.BoiteCode == code);
        var last = await messages.OrderByDescending(m => m.TraiteLe).Select(m => new { m.RecuA, m.TraiteLe }).FirstOrDefaultAsync(cancellationToken);
        var today = messages.Where(m => m.TraiteLe >= from && m.TraiteLe < to);
        var fates = await today.GroupBy(m => m.Sort).Select(g => new { Sort = g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Sort, g => g.Count, cancellationToken);
        var longest = await today.Where(m => m.Uid != null).Select(m => (TimeSpan?)(m.TraiteLe - m.RecuA)).MaxAsync(cancellationToken);
        return new ArriveesBoite(
            last is null ? null : (last.RecuA, last.TraiteLe), longest,
            fates.GetValueOrDefault(SortMessage.Courrier), fates.GetValueOrDefault(SortMessage.Rattache), fates.GetValueOrDefault(SortMessage.Ecarte));
    }
}
