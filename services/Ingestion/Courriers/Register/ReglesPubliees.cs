using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Courriers.Register;

/// <summary>
/// The rules and the calendar as Echeances publishes them, kept in this process under their version. Nothing is kept without asking: the version is
/// read from the database each time, so that what an agent has changed holds for the very next registration, in every process.
/// </summary>
public sealed class ReglesPubliees(SiteCourant siteCourant)
{
    private volatile Connues? _connues;

    /// <summary>Asks, in the caller's round trip, which version is the present one.</summary>
    public static void AskVersion(RoundTrip trip, Action<int> found) =>
        trip.Ask($"SELECT version FROM echeances.lecture_version_regles", row => found(row.GetInt32(0)));

    /// <summary>Those of this moment.</summary>
    public async Task<ReglesAnnoncees> GetAsync(IngestionDbContext db, CancellationToken cancellationToken)
    {
        var version = 0;
        var trip = new RoundTrip();
        AskVersion(trip, found => version = found);
        await trip.ExecuteAsync(db, cancellationToken);
        return await GetAsync(db, version, cancellationToken);
    }

    /// <param name="version">As <see cref="AskVersion"/> has just said: without a change since, nothing is read.</param>
    public async Task<ReglesAnnoncees> GetAsync(IngestionDbContext db, int version, CancellationToken cancellationToken)
    {
        var zone = (await siteCourant.GetAsync(cancellationToken)).ZoneFeries;
        while (true)
        {
            if (_connues is { } connues && connues.Version == version && connues.Zone == zone)
            {
                return connues.Regles;
            }

            // A change that commits between these two reads shows as another version: both are read again.
            var regimes = await RegimesAsync(db, cancellationToken);
            var calendrier = await CalendrierAsync(db, zone, cancellationToken);
            if (calendrier.Reglage.Version != version)
            {
                version = calendrier.Reglage.Version;
                continue;
            }

            var lues = new ReglesAnnoncees(regimes, calendrier);
            if (regimes.Tous.Count == 0)
            {
                return lues; // not kept: the first rules come without a new version
            }

            _connues = new Connues(zone, version, lues);
        }
    }

    private static async Task<Regimes> RegimesAsync(IngestionDbContext db, CancellationToken cancellationToken)
    {
        var rules = await db.Database.SqlQuery<RegimePublie>(
            $"""
            SELECT code, version, ordre, libelle, canaux, natures, types, categories, services, longueur, unite, valide_du, valide_au
            FROM echeances.lecture_regimes
            """).OrderBy(r => r.Ordre).ToListAsync(cancellationToken);
        return new Regimes(rules.Select(r => new Regime
        {
            Code = r.Code,
            Version = r.Version,
            Libelle = r.Libelle,
            Conditions = new ConditionsRegime
            {
                Canaux = ConditionsRegime.Codes(r.Canaux),
                Natures = ConditionsRegime.Codes(r.Natures),
                Types = ConditionsRegime.Codes(r.Types),
                CategoriesExpediteur = ConditionsRegime.Codes(r.Categories),
                Services = ConditionsRegime.Codes(r.Services),
            },
            Delai = r is { Longueur: { } longueur, Unite: { } unite } ? new Delai(longueur, Enum.Parse<UniteDelai>(unite)) : null,
            ValideDu = r.ValideDu,
            ValideAu = r.ValideAu,
        }));
    }

    private static async Task<Calendrier> CalendrierAsync(IngestionDbContext db, string zone, CancellationToken cancellationToken)
    {
        var entries = await db.Database.SqlQuery<EntreePubliee>(
            $"SELECT version, kind, du, au, libelle, chaque_annee, arrete_le_decompte FROM echeances.lecture_calendrier").ToListAsync(cancellationToken);
        return new Calendrier(new ReglageCalendrier
        {
            Zone = Zones.Parse(zone),
            Version = entries[0].Version,
            VendrediSaintTravaille = entries.Exists(e => e.Kind == "VendrediSaintTravaille"),
            LundiPentecoteTravaille = entries.Exists(e => e.Kind == "LundiPentecoteTravaille"),
            JoursAjoutes = [.. entries.Where(e => e.Kind == "JourAjoute").Select(e => new JourAjoute(e.Du!.Value, e.Libelle!, e.ChaqueAnnee is true))],
            JoursRetires = [.. entries.Where(e => e.Kind == "JourRetire").Select(e => new JourRetire(e.Du!.Value, e.ChaqueAnnee is true))],
            Fermetures =
            [
                .. entries.Where(e => e.Kind == "Fermeture").Select(e => new Fermeture(e.Du!.Value, e.Au ?? e.Du.Value, e.Libelle!, e.ArreteLeDecompte is true)),
            ],
        });
    }

    private sealed record RegimePublie(
        string Code, int Version, int Ordre, string Libelle, string[] Canaux, string[] Natures, string[] Types, string[] Categories, string[] Services,
        int? Longueur, string? Unite, DateOnly? ValideDu, DateOnly? ValideAu);

    private sealed record EntreePubliee(int Version, string? Kind, DateOnly? Du, DateOnly? Au, string? Libelle, bool? ChaqueAnnee, bool? ArreteLeDecompte);

    private sealed record Connues(string Zone, int Version, ReglesAnnoncees Regles);
}
