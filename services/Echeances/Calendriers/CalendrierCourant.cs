using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Echeances.Calendriers;

/// <summary>The site's working days, in their present version or an earlier one. Each version is built once per process.</summary>
public sealed class CalendrierCourant(SiteCourant sites)
{
    private readonly ConcurrentDictionary<(string Zone, int Version), Calendrier> _built = [];

    public async Task<Calendrier> GetAsync(EcheancesDbContext db, CancellationToken cancellationToken) =>
        await GetAsync(db, await VersionAsync(db, cancellationToken), cancellationToken);

    public async Task<Calendrier> GetAsync(EcheancesDbContext db, int version, CancellationToken cancellationToken)
    {
        var zone = (await sites.GetAsync(cancellationToken)).ZoneFeries;
        if (_built.TryGetValue((zone, version), out var known))
        {
            return known;
        }

        var entrees = await db.EntreesCalendrier.AsNoTracking()
            .Where(e => e.DepuisVersion <= version && (e.JusquaVersion == null || e.JusquaVersion > version))
            .ToListAsync(cancellationToken);
        return _built.GetOrAdd((zone, version), _ => new Calendrier(Reglage(Zones.Parse(zone), version, entrees)));
    }

    public static Task<int> VersionAsync(EcheancesDbContext db, CancellationToken cancellationToken) =>
        db.Calendriers.AsNoTracking().Select(c => c.Version).SingleAsync(cancellationToken);

    /// <summary>A new version, inside the caller's transaction: open clocks of an earlier one are computed again (<see cref="RecalculJob"/>).</summary>
    internal static async Task<int> NextVersionAsync(EcheancesDbContext db, CancellationToken cancellationToken) =>
        (await db.Database
            .SqlQuery<int>($"""UPDATE echeances.calendriers SET version = version + 1 RETURNING version AS "Value" """)
            .ToListAsync(cancellationToken)).Single();

    private static ReglageCalendrier Reglage(Zone zone, int version, List<EntreeCalendrier> entrees) => new()
    {
        Zone = zone,
        Version = version,
        VendrediSaintTravaille = entrees.Exists(e => e.Kind == KindEntree.VendrediSaintTravaille),
        LundiPentecoteTravaille = entrees.Exists(e => e.Kind == KindEntree.LundiPentecoteTravaille),
        JoursAjoutes = [.. entrees.Where(e => e.Kind == KindEntree.JourAjoute).Select(e => new JourAjoute(e.Du!.Value, e.Libelle, e.ChaqueAnnee))],
        JoursRetires = [.. entrees.Where(e => e.Kind == KindEntree.JourRetire).Select(e => new JourRetire(e.Du!.Value, e.ChaqueAnnee))],
        Fermetures =
        [
            .. entrees.Where(e => e.Kind == KindEntree.Fermeture)
                .Select(e => new Fermeture(e.Du!.Value, e.Au ?? e.Du.Value, e.Libelle, e.ArreteLeDecompte)),
        ],
    };
}
