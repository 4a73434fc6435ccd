namespace SuiviCourrier.Delais;

/// <summary>
/// Months, from date to date, or to the last day of the month when it has no such day: 31 December + 2 months is 28 February
/// (29 in leap years). Always counted from day 0 itself, never month after month. A deadline on a Sunday stays there: the date of
/// an implicit decision is not moved (CRPA L231-1, L231-4).
/// </summary>
public static class DecompteMois
{
    public static DateOnly Date(DateOnly depart, int longueur)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(longueur, 1);

        return depart.AddMonths(longueur);
    }

    internal static (IReadOnlyList<JourTrace> Trace, string Reason) Trace(DateOnly depart, int longueur)
    {
        var trace = Enumerable.Range(0, longueur + 1)
            .Select(month => depart.AddMonths(month))
            .Select((date, month) => new JourTrace(date, month, date.Day < depart.Day ? "dernier jour du mois" : null))
            .ToArray();

        return (trace, trace[^1].Motif is { } motif ? $", {motif}" : "");
    }
}
