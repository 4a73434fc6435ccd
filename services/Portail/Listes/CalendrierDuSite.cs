using System.Collections.Concurrent;
using SuiviCourrier.Delais;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Listes;

/// <summary>The working days used to say how far a date is. The dates themselves come from Echeances, with the entries of the site.</summary>
public sealed class CalendrierDuSite(SiteCourant site)
{
    private readonly ConcurrentDictionary<Zone, Calendrier> _byZone = new();

    public async Task<Calendrier> GetAsync(CancellationToken cancellationToken) =>
        _byZone.GetOrAdd(Zones.Parse((await site.GetAsync(cancellationToken)).ZoneFeries), zone => new Calendrier(zone));
}
