using System.Globalization;

namespace SuiviCourrier.Delais.Tests;

/// <summary>The official files of seeds/jours-feries, read from the disk by the shortest code that can.</summary>
internal static class FichiersOfficiels
{
    public const int PremiereAnnee = 2006;
    public const int DerniereAnnee = 2031;

    private static readonly Dictionary<Zone, string> Contents = Zones.Toutes.ToDictionary(
        zone => zone,
        zone => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "jours-feries", $"jours_feries_{zone.Code()}.csv")));

    public static IReadOnlyDictionary<Zone, string> ParZone => Contents;

    public static (DateOnly Date, string Nom)[] ForYear(Zone zone, int annee) =>
    [
        .. Contents[zone]
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Select(line => line.TrimEnd('\r').Split(','))
            .Where(fields => fields[1] == annee.ToString(CultureInfo.InvariantCulture))
            .Select(fields => (DateOnly.Parse(fields[0], CultureInfo.InvariantCulture), fields[3].Replace('\'', '’'))),
    ];
}
