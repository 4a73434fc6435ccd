using System.Globalization;

namespace SuiviCourrier.Delais;

/// <summary>Dates in French words, whatever the culture of the machine or of the request.</summary>
public static class DatesEnFrancais
{
    private static readonly string[] Jours = ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"];

    private static readonly string[] NomsDesMois =
    [
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ];

    /// <summary>« mercredi ».</summary>
    public static string JourDeSemaine(DateOnly date) => Jours[(int)date.DayOfWeek];

    /// <summary>« mai ».</summary>
    public static string Mois(DateOnly date) => NomsDesMois[date.Month - 1];

    /// <summary>« 6 », « 1er ».</summary>
    public static string Quantieme(DateOnly date) => date.Day == 1 ? "1er" : date.Day.ToString(CultureInfo.InvariantCulture);

    /// <summary>« 6 mai », « 1er mai ».</summary>
    public static string JourEtMois(DateOnly date) => $"{Quantieme(date)} {Mois(date)}";

    /// <summary>« 6 mai 2026 ».</summary>
    public static string Date(DateOnly date) => $"{JourEtMois(date)} {date.Year.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>« mercredi 6 mai 2026 »: the form to use where a date engages someone.</summary>
    public static string DateComplete(DateOnly date) => $"{JourDeSemaine(date)} {Date(date)}";

    /// <summary>« 06/05/2026 ».</summary>
    public static string DateCourte(DateOnly date) => date.ToString("dd'/'MM'/'yyyy", CultureInfo.InvariantCulture);

    /// <summary>« 06/05 », for lists.</summary>
    public static string JourMoisCourt(DateOnly date) => date.ToString("dd'/'MM", CultureInfo.InvariantCulture);

    /// <summary>Days in one breath, in order: « 8 et 14 mai », « 1er, 8 et 25 mai », « 25 mai et 14 juillet », « 1er et 8 mai, 14 juillet ».</summary>
    internal static string Enumerer(IEnumerable<DateOnly> dates)
    {
        var months = dates
            .Order()
            .GroupBy(date => (date.Year, date.Month))
            .Select(month => month.ToArray())
            .ToArray();
        var words = months.Select(month => $"{Join(month.Select(Quantieme))} {Mois(month[0])}");

        return months.All(month => month.Length == 1) ? Join(words) : string.Join(", ", words);
    }

    private static string Join(IEnumerable<string> words)
    {
        var all = words.ToArray();

        return all.Length < 2 ? string.Concat(all) : $"{string.Join(", ", all[..^1])} et {all[^1]}";
    }
}
