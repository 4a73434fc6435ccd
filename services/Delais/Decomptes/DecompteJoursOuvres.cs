namespace SuiviCourrier.Delais;

/// <summary>Jours ouvrés: the n-th working day of the site strictly after day 0 (Qual-e-pref limits, R112-11-2).</summary>
public static class DecompteJoursOuvres
{
    public static DateOnly Date(Calendrier calendrier, DateOnly depart, int longueur)
    {
        ArgumentNullException.ThrowIfNull(calendrier);
        ArgumentOutOfRangeException.ThrowIfLessThan(longueur, 1);

        return calendrier.AddJoursOuvres(depart, longueur);
    }

    internal static (IReadOnlyList<JourTrace> Trace, string Reason) Trace(Calendrier calendrier, DateOnly depart, int longueur)
    {
        var end = Date(calendrier, depart, longueur);
        var trace = new List<JourTrace>(end.DayNumber - depart.DayNumber + 1) { new(depart, 0, null) };
        var feries = new List<DateOnly>();
        var closed = new List<(DateOnly Date, Fermeture Fermeture)>();

        var number = 0;
        for (var date = depart.AddDays(1); date <= end; date = date.AddDays(1))
        {
            var motif = calendrier.MotifNonOuvre(date);
            trace.Add(new JourTrace(date, motif is null ? ++number : null, motif));
            if (motif is null || date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
            {
                continue;
            }

            if (calendrier.Ferie(date) is not null)
            {
                feries.Add(date);
            }
            else if (calendrier.FermetureDecomptee(date) is { } fermeture)
            {
                closed.Add((date, fermeture));
            }
        }

        return (trace, Say(feries) + Say(closed));
    }

    private static string Say(List<DateOnly> feries) => feries.Count switch
    {
        0 => "",
        1 => $", {DatesEnFrancais.Enumerer(feries)} férié",
        _ => $", {DatesEnFrancais.Enumerer(feries)} fériés",
    };

    private static string Say(List<(DateOnly Date, Fermeture Fermeture)> closed) => string.Concat(closed
        .GroupBy(day => day.Fermeture, day => day.Date)
        .Select(days => (days.Key.Libelle, First: days.First(), Last: days.Last()))
        .Select(days => days.First == days.Last
            ? $", {DatesEnFrancais.JourEtMois(days.First)} fermé ({days.Libelle})"
            : $", fermé du {DatesEnFrancais.JourEtMois(days.First)} au {DatesEnFrancais.JourEtMois(days.Last)} ({days.Libelle})"));
}
