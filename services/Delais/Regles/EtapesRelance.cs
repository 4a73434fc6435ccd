namespace SuiviCourrier.Delais;

/// <summary>Dates the steps of a clock.</summary>
public static class EtapesRelance
{
    /// <summary>
    /// The dated steps of a clock, in the order of their dates, then ranks. A step on or before a deadline that falls on a non-working day counts
    /// back from the working day before it; a step after it counts forward: −k leaves exactly k jours ouvrés to the deadline, +k comes
    /// after exactly k.
    /// </summary>
    public static IReadOnlyList<EtapeDatee> DateSteps(Calendrier calendrier, DateOnly echeance, IEnumerable<EtapeRelance> etapes)
    {
        ArgumentNullException.ThrowIfNull(calendrier);
        ArgumentNullException.ThrowIfNull(etapes);

        return
        [
            .. etapes
                .Select(etape => new EtapeDatee(etape, Date(calendrier, echeance, etape.Decalage)))
                .OrderBy(etape => etape.Date)
                .ThenBy(etape => etape.Etape.Rang),
        ];
    }

    /// <summary>
    /// Steps already due when a clock opens (late registration, stock import) fire as one, the highest; a step due today is already due.
    /// Between equal ranks, the later step is the higher.
    /// </summary>
    public static EtapesALOuverture WhichFireOnOpening(IEnumerable<EtapeDatee> etapes, DateOnly today)
    {
        var ordered = etapes.OrderBy(etape => etape.Date).ThenBy(etape => etape.Etape.Rang).ToArray();
        var due = ordered.Where(etape => etape.Date <= today).OrderBy(etape => etape.Etape.Rang).ThenBy(etape => etape.Date).ToArray();

        return new EtapesALOuverture(
            due.LastOrDefault(),
            due.Length == 0 ? [] : due[..^1],
            [.. ordered.Where(etape => etape.Date > today)]);
    }

    private static DateOnly Date(Calendrier calendrier, DateOnly echeance, int decalage) => decalage <= 0
        ? calendrier.AddJoursOuvres(calendrier.JourOuvreAuPlusTard(echeance), decalage)
        : calendrier.AddJoursOuvres(echeance, decalage);
}
