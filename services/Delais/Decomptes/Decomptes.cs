namespace SuiviCourrier.Delais;

/// <summary>
/// Computes deadlines: chooses the way of counting by the unit of the delay. The starting day is day 0 (a delay starts the day after
/// its event) whatever day of the week it is: received on a Saturday, Monday is day 1.
/// </summary>
public static class Decomptes
{
    /// <summary>The deadline alone, without its reason: the fast path, for sweeps and recomputations.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Start or result is outside the calendar (1900–2199).</exception>
    public static DateOnly Date(Calendrier calendrier, DateOnly depart, Delai delai)
    {
        ArgumentNullException.ThrowIfNull(calendrier);

        return delai.Unite switch
        {
            UniteDelai.JoursOuvres => DecompteJoursOuvres.Date(calendrier, depart, delai.Longueur),
            UniteDelai.JoursCalendaires => DecompteJoursCalendaires.Date(depart, delai.Longueur),
            UniteDelai.Mois => DecompteMois.Date(depart, delai.Longueur),
        };
    }

    /// <summary>The deadline with its trace and its computation in words, equal to <see cref="Date"/>.</summary>
    /// <param name="calendrier">Working days of the site.</param>
    /// <param name="depart">Day of the event, day 0.</param>
    /// <param name="delai">Length and unit.</param>
    /// <param name="evenement">What happened on day 0, as the sentence begins.</param>
    /// <exception cref="ArgumentOutOfRangeException">Start or result is outside the calendar (1900–2199).</exception>
    public static Echeance Compute(Calendrier calendrier, DateOnly depart, Delai delai, string evenement = "reçu le")
    {
        ArgumentNullException.ThrowIfNull(calendrier);

        var (trace, reason) = delai.Unite switch
        {
            UniteDelai.JoursOuvres => DecompteJoursOuvres.Trace(calendrier, depart, delai.Longueur),
            UniteDelai.JoursCalendaires => DecompteJoursCalendaires.Trace(depart, delai.Longueur),
            UniteDelai.Mois => DecompteMois.Trace(depart, delai.Longueur),
        };
        var date = trace[^1].Date;
        var projected = delai.Unite == UniteDelai.JoursOuvres && calendrier.IsProjection(date);

        return new Echeance
        {
            Depart = depart,
            Delai = delai,
            Date = date,
            Trace = trace,
            Calcul = $"{evenement} {DatesEnFrancais.DateComplete(depart)}, {delai.Libelle}{reason}{(projected ? ", jours fériés projetés" : "")} : {DatesEnFrancais.DateComplete(date)}",
            EstProjection = projected,
            VersionCalendrier = calendrier.Reglage.Version,
        };
    }
}
