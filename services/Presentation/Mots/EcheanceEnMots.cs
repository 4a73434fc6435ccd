using System.Globalization;
using SuiviCourrier.Delais;

namespace SuiviCourrier.Presentation.Mots;

/// <summary>A due date seen from today, in the words of a list.</summary>
public static class EcheanceEnMots
{
    /// <summary>Beyond it, calendar days say more than working days: « dans 60 jours ».</summary>
    private const int Proche = 31;

    /// <param name="calendrier">Working days of the site; null: everything is said in calendar days.</param>
    public static string Dire(DateOnly due, DateOnly today, Calendrier? calendrier)
    {
        var days = due.DayNumber - today.DayNumber;
        if (calendrier is not null)
        {
            return EcartEnFrancais.Dire(calendrier, today, due, days <= Proche ? UniteDelai.JoursOuvres : UniteDelai.JoursCalendaires);
        }

        return days switch
        {
            < 0 => $"en retard de {Number(-days)} {(days == -1 ? "jour" : "jours")}",
            0 => "aujourd’hui",
            1 => "demain",
            _ => $"dans {Number(days)} jours",
        };
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
