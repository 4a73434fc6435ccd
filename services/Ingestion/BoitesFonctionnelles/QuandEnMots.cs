using SuiviCourrier.Presentation.Mots;
using Site = SuiviCourrier.ServiceDefaults.Time.Site;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>Instants as the pages of the mailboxes say them.</summary>
public static class QuandEnMots
{
    /// <summary>« le 23/11/2026 à 10:42, il y a 3 minutes ».</summary>
    public static string Quand(this Site site, DateTimeOffset instant, DateTimeOffset now) => $"le {site.DateEtHeure(instant)}, il y a {Duree(now - instant)}";

    /// <summary>« 3 minutes », rounded down.</summary>
    public static string Duree(TimeSpan duree) => duree switch
    {
        { TotalMinutes: < 1 } => "moins d’une minute",
        { TotalMinutes: < 2 } => "1 minute",
        { TotalHours: < 1 } => $"{(int)duree.TotalMinutes} minutes",
        { TotalHours: < 2 } => "1 heure",
        { TotalDays: < 2 } => $"{(int)duree.TotalHours} heures",
        _ => $"{(int)duree.TotalDays} jours",
    };

    /// <summary>« 0,8 seconde », « 12 secondes », then as <see cref="Duree"/>: how long something took.</summary>
    public static string Delai(TimeSpan delai) => delai switch
    {
        { TotalSeconds: < 2 } => $"{Math.Max(0, delai.TotalSeconds).ToString("0.#", System.Globalization.CultureInfo.GetCultureInfo("fr-FR"))} seconde",
        { TotalMinutes: < 1 } => $"{(int)delai.TotalSeconds} secondes",
        _ => Duree(delai),
    };
}
