using System.Text;
using SuiviCourrier.Ingestion.Courriers;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>Makes foreign text fit to be stored and shown: what a sender wrote, never what a sender wants the screen to do.</summary>
public static class TexteRecu
{
    public const string SansObjet = "(sans objet)";

    /// <summary>One line, repaired, without the marks that turn the direction of what follows, cut between two graphemes.</summary>
    /// <param name="limit">In Unicode code points, as PostgreSQL counts them.</param>
    /// <returns>Null when nothing visible is left.</returns>
    public static string? Line(string? text, int limit)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        // A header of megabytes is not turned over whole to keep a few words of it.
        var start = text.Length > limit * 20 ? text[..(limit * 20)] : text;
        var line = string.Join(' ', WithoutDirection(start).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return TexteSaisi.Repair(line, limit);
    }

    /// <summary>Several lines; the rest as <see cref="Line"/>.</summary>
    public static string? Text(string text, int limit) => TexteSaisi.Repair(WithoutDirection(text), limit);

    public static string Objet(string? subject) => Line(subject, Limites.Objet) ?? SansObjet;

    private static string WithoutDirection(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is not (>= 0x202A and <= 0x202E) and not (>= 0x2066 and <= 0x2069) and not 0x200E and not 0x200F and not 0x061C and not 0xFEFF)
            {
                kept.Append(rune.ToString());
            }
        }

        return kept.ToString();
    }
}
