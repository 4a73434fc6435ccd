namespace SuiviCourrier.Delais;

/// <summary>Calendar days: every day counts from the day after day 0; a deadline on a Sunday stays there (the 60 days outside the label).</summary>
public static class DecompteJoursCalendaires
{
    public static DateOnly Date(DateOnly depart, int longueur)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(longueur, 1);

        return depart.AddDays(longueur);
    }

    internal static (IReadOnlyList<JourTrace> Trace, string Reason) Trace(DateOnly depart, int longueur) =>
        ([.. Enumerable.Range(0, longueur + 1).Select(day => new JourTrace(depart.AddDays(day), day, null))], "");
}
