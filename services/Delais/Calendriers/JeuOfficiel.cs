using System.Globalization;

namespace SuiviCourrier.Delais;

/// <summary>
/// The official list of public holidays (etalab/jours-feries-france-data, Licence Ouverte; see seeds/jours-feries/SOURCE.md).
/// It prevails for every year it covers, zone by zone.
/// </summary>
public sealed class JeuOfficiel
{
    private const string Entete = "date,annee,zone,nom_jour_ferie";

    private static readonly Lazy<JeuOfficiel> EmbarqueLazy = new(ReadEmbedded);

    private readonly Dictionary<Zone, Dictionary<int, IReadOnlyList<JourFerie>>> years;

    private JeuOfficiel(Dictionary<Zone, Dictionary<int, IReadOnlyList<JourFerie>>> years) => this.years = years;

    /// <summary>The data set built into the assembly: 13 zones, 2006 to 2031.</summary>
    public static JeuOfficiel Embarque => EmbarqueLazy.Value;

    /// <summary>No official year at all: every day then comes from the dated laws.</summary>
    public static JeuOfficiel Vide { get; } = new([]);

    /// <summary>Reads the content of the official CSV files, one per zone (header <c>date,annee,zone,nom_jour_ferie</c>).</summary>
    /// <exception cref="FormatException">The header or a line is not what the data set announces; the message names the line.</exception>
    public static JeuOfficiel Parse(IReadOnlyDictionary<Zone, string> csvByZone)
    {
        ArgumentNullException.ThrowIfNull(csvByZone);

        return new(csvByZone.ToDictionary(entry => entry.Key, entry => ParseZone(entry.Key, entry.Value)));
    }

    public bool Covers(Zone zone, int annee) => years.TryGetValue(zone, out var byYear) && byYear.ContainsKey(annee);

    /// <summary>Last year of the data set for the zone; null when it has none.</summary>
    public int? DerniereAnnee(Zone zone) => years.TryGetValue(zone, out var byYear) && byYear.Count > 0 ? byYear.Keys.Max() : null;

    internal IReadOnlyList<JourFerie>? ForYear(Zone zone, int annee) =>
        years.TryGetValue(zone, out var byYear) && byYear.TryGetValue(annee, out var jours) ? jours : null;

    private static Dictionary<int, IReadOnlyList<JourFerie>> ParseZone(Zone zone, string csv)
    {
        var lines = csv.Split('\n', StringSplitOptions.TrimEntries);

        if (lines[0].TrimStart('\uFEFF') != Entete)
        {
            throw new FormatException($"Jours fériés, zone {zone.Code()} : en-tête attendu « {Entete} ».");
        }

        return lines
            .Select((line, index) => (line, number: index + 1))
            .Skip(1)
            .Where(entry => entry.line.Length > 0)
            .Select(entry => ParseLine(zone, entry.line, entry.number))
            .GroupBy(jour => jour.Date.Year)
            .ToDictionary(year => year.Key, year => JoursFeries.Merge(year, OrigineJourFerie.JeuOfficiel));
    }

    private static (DateOnly Date, string Nom) ParseLine(Zone zone, string line, int number)
    {
        var fields = line.Split(',', 4);

        if (fields.Length == 4
            && fields[3].Length > 0
            && DateOnly.TryParseExact(fields[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return (date, fields[3].Replace('\'', '’'));
        }

        throw new FormatException($"Jours fériés, zone {zone.Code()}, ligne {number} : « {line} » illisible.");
    }

    private static JeuOfficiel ReadEmbedded() => Parse(Zones.Toutes.ToDictionary(zone => zone, zone =>
    {
        var name = $"jours_feries_{zone.Code()}.csv";
        using var stream = typeof(JeuOfficiel).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly lacks its resource {name}.");
        using var reader = new StreamReader(stream);

        return reader.ReadToEnd();
    }));
}
