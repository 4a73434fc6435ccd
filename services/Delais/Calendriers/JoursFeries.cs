namespace SuiviCourrier.Delais;

/// <summary>
/// Public holidays of a zone, year by year: the official data set where it speaks, the dated laws before it, today's law
/// projected (and flagged) after it. Without the entries of a site: see <see cref="Calendrier"/>.
/// </summary>
public static class JoursFeries
{
    /// <summary>Holidays of the year in date order, one per day.</summary>
    /// <param name="zone">Territory.</param>
    /// <param name="annee">Civil year; before 1802 there is no legal holiday.</param>
    /// <param name="jeu">Official data; the embedded ones when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The year is outside what Easter can be computed for.</exception>
    public static IReadOnlyList<JourFerie> ForYear(Zone zone, int annee, JeuOfficiel? jeu = null)
    {
        jeu ??= JeuOfficiel.Embarque;

        return jeu.ForYear(zone, annee)
            ?? Merge(LoisDatees.ForYear(zone, annee), IsAfter(jeu, zone, annee) ? OrigineJourFerie.Projection : OrigineJourFerie.LoiDatee);
    }

    /// <summary>Whether the holidays of that year are projected, because the official data end before it.</summary>
    public static bool IsProjection(Zone zone, int annee, JeuOfficiel? jeu = null) => IsAfter(jeu ?? JeuOfficiel.Embarque, zone, annee);

    internal static IReadOnlyList<JourFerie> Merge(IEnumerable<(DateOnly Date, string Nom)> fetes, OrigineJourFerie origine) =>
    [
        .. fetes
            .GroupBy(fete => fete.Date, fete => fete.Nom)
            .OrderBy(day => day.Key)
            .Select(day => new JourFerie(day.Key, [.. day.Distinct().Order(StringComparer.Ordinal)], origine)),
    ];

    private static bool IsAfter(JeuOfficiel jeu, Zone zone, int annee) => jeu.DerniereAnnee(zone) is { } derniere && annee > derniere;
}
