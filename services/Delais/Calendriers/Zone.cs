namespace SuiviCourrier.Delais;

/// <summary>
/// A territory with its own list of public holidays, as cut by the official data set (etalab/jours-feries-france-data).
/// The code used in files, settings and database is given by <see cref="Zones.Code"/>.
/// </summary>
public enum Zone
{
    Metropole,
    AlsaceMoselle,
    Guadeloupe,
    Guyane,
    Martinique,
    Mayotte,
    LaReunion,
    SaintBarthelemy,
    SaintMartin,
    SaintPierreEtMiquelon,
    NouvelleCaledonie,
    PolynesieFrancaise,
    WallisEtFutuna,
}

/// <summary>Codes (as in the official file names) and French names of the zones.</summary>
public static class Zones
{
    private static readonly Dictionary<string, Zone> ByCode =
        Enum.GetValues<Zone>().ToDictionary(zone => zone.Code(), StringComparer.Ordinal);

    public static IReadOnlyList<Zone> Toutes { get; } = Enum.GetValues<Zone>();

    /// <summary>Code of the zone, exactly as in the official file name: <c>metropole</c>, <c>alsace-moselle</c>…</summary>
    public static string Code(this Zone zone) => zone switch
    {
        Zone.Metropole => "metropole",
        Zone.AlsaceMoselle => "alsace-moselle",
        Zone.Guadeloupe => "guadeloupe",
        Zone.Guyane => "guyane",
        Zone.Martinique => "martinique",
        Zone.Mayotte => "mayotte",
        Zone.LaReunion => "la-reunion",
        Zone.SaintBarthelemy => "saint-barthelemy",
        Zone.SaintMartin => "saint-martin",
        Zone.SaintPierreEtMiquelon => "saint-pierre-et-miquelon",
        Zone.NouvelleCaledonie => "nouvelle-caledonie",
        Zone.PolynesieFrancaise => "polynesie-francaise",
        Zone.WallisEtFutuna => "wallis-et-futuna",
    };

    /// <summary>Name shown to agents.</summary>
    public static string Libelle(this Zone zone) => zone switch
    {
        Zone.Metropole => "Métropole",
        Zone.AlsaceMoselle => "Alsace-Moselle",
        Zone.Guadeloupe => "Guadeloupe",
        Zone.Guyane => "Guyane",
        Zone.Martinique => "Martinique",
        Zone.Mayotte => "Mayotte",
        Zone.LaReunion => "La Réunion",
        Zone.SaintBarthelemy => "Saint-Barthélemy",
        Zone.SaintMartin => "Saint-Martin",
        Zone.SaintPierreEtMiquelon => "Saint-Pierre-et-Miquelon",
        Zone.NouvelleCaledonie => "Nouvelle-Calédonie",
        Zone.PolynesieFrancaise => "Polynésie française",
        Zone.WallisEtFutuna => "Wallis-et-Futuna",
    };

    public static bool TryParse(string? code, out Zone zone)
    {
        zone = default;

        return code is not null && ByCode.TryGetValue(code, out zone);
    }

    /// <exception cref="FormatException">The code is none of the thirteen.</exception>
    public static Zone Parse(string code) => TryParse(code, out var zone)
        ? zone
        : throw new FormatException($"Zone de jours fériés inconnue : « {code} ». Zones connues : {string.Join(", ", ByCode.Keys)}.");
}
