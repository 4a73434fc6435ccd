using System.Globalization;
using SuiviCourrier.Delais;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Presentation.Mots;

/// <summary>Instants as people of the site read them, whatever the culture of the machine.</summary>
public static class Instants
{
    /// <summary>« 23/11/2026 à 10:42 ».</summary>
    public static string DateEtHeure(this Site site, DateTimeOffset instant)
    {
        var local = site.LocalTimeOf(instant);
        return $"{DatesEnFrancais.DateCourte(DateOnly.FromDateTime(local))} à {local.ToString("HH':'mm", CultureInfo.InvariantCulture)}";
    }

    /// <summary>« 10:42 ».</summary>
    public static string Heure(this Site site, DateTimeOffset instant) =>
        site.LocalTimeOf(instant).ToString("HH':'mm", CultureInfo.InvariantCulture);
}
