namespace SuiviCourrier.Delais.Tests;

/// <summary>
/// The law, written a second time for the tests, plainly and from the texts: code du travail L3133-1 (national days), L3134-13
/// (Alsace-Moselle), décret n° 83-1003 (abolition days), with the dated laws for the years before. Easter comes from the printed table.
/// </summary>
internal static class DroitDesJoursFeries
{
    public static SortedDictionary<DateOnly, string[]> ForYear(Zone zone, int annee)
    {
        var paques = TableDePaques.Dimanche(annee);
        var fetes = new List<(DateOnly, string)>
        {
            (new(annee, 1, 1), "1er janvier"),
            (paques.AddDays(1), "Lundi de Pâques"),
            (paques.AddDays(39), "Ascension"),
            (paques.AddDays(50), "Lundi de Pentecôte"),
            (new(annee, 7, 14), "14 juillet"),
            (new(annee, 8, 15), "Assomption"),
            (new(annee, 11, 1), "Toussaint"),
            (new(annee, 12, 25), "Jour de Noël"),
        };

        if (annee >= 1922)
        {
            fetes.Add((new(annee, 11, 11), "11 novembre"));
        }

        if (annee >= 1947)
        {
            fetes.Add((new(annee, 5, 1), "1er mai"));
        }

        if (annee is >= 1953 and <= 1958 or 1965 or >= 1982)
        {
            fetes.Add((new(annee, 5, 8), "8 mai"));
        }

        if (zone == Zone.AlsaceMoselle)
        {
            fetes.Add((paques.AddDays(-2), "Vendredi saint"));
            fetes.Add((new(annee, 12, 26), "2ème jour de Noël"));
        }

        if (Abolition(zone, annee) is { } abolition)
        {
            fetes.Add((abolition, "Abolition de l’esclavage"));
        }

        return new(fetes
            .GroupBy(fete => fete.Item1, fete => fete.Item2)
            .ToDictionary(day => day.Key, day => day.Order(StringComparer.Ordinal).ToArray()));
    }

    private static DateOnly? Abolition(Zone zone, int annee) => (zone, annee) switch
    {
        (Zone.LaReunion, >= 1983) => new(annee, 12, 20),
        (_, < 1984) => null,
        (Zone.Guadeloupe, _) => new(annee, 5, 27),
        (Zone.Guyane, _) => new(annee, 6, 10),
        (Zone.Martinique, _) => new(annee, 5, 22),
        (Zone.Mayotte, _) => new(annee, 4, 27),

        // Communes of Guadeloupe before; 9 October as the data set has it since its first year, 2006.
        (Zone.SaintBarthelemy, < 2006) => new(annee, 5, 27),
        (Zone.SaintBarthelemy, _) => new(annee, 10, 9),

        // 28 May since the circular of 4 May 2018.
        (Zone.SaintMartin, < 2018) => new(annee, 5, 27),
        (Zone.SaintMartin, _) => new(annee, 5, 28),
        _ => null,
    };
}
