using System.Globalization;

namespace SuiviCourrier.Delais;

/// <summary>A deadline seen from today, in the words of a list.</summary>
public static class EcartEnFrancais
{
    /// <summary>
    /// « aujourd’hui », « demain », « dans 12 jours ouvrés » (working days left, the last one included) or « dans 60 jours », by the
    /// unit in which the delay itself is counted; once the day has ended, « en retard de 3 jours »: calendar days, so that a letter
    /// due on Friday is already late on Saturday.
    /// </summary>
    public static string Dire(Calendrier calendrier, DateOnly aujourdhui, DateOnly echeance, UniteDelai unite)
    {
        ArgumentNullException.ThrowIfNull(calendrier);

        var days = echeance.DayNumber - aujourdhui.DayNumber;

        return days switch
        {
            < 0 => $"en retard de {Number(-days)} {(days == -1 ? "jour" : "jours")}",
            0 => "aujourd’hui",
            1 => "demain",
            _ when unite == UniteDelai.JoursOuvres => Ouvres(calendrier.JoursOuvresEntre(aujourdhui, echeance), days),
            _ => Calendaires(days),
        };
    }

    // A due date that no longer follows the working days (calendar changed since) may have none left before it.
    private static string Ouvres(int ouvres, int days) => ouvres switch
    {
        0 => Calendaires(days),
        1 => "dans 1 jour ouvré",
        _ => $"dans {Number(ouvres)} jours ouvrés",
    };

    private static string Calendaires(int days) => $"dans {Number(days)} jours";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
