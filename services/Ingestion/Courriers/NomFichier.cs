using System.Globalization;
using System.Text;

namespace SuiviCourrier.Ingestion.Courriers;

/// <summary>A file name as it came, made fit to be shown and saved: no path, no character that hides its end.</summary>
public static class NomFichier
{
    public static string Of(string? received, string instead)
    {
        if (received is null)
        {
            return instead;
        }

        var name = new StringBuilder();
        foreach (var rune in received.Split('/', '\\')[^1].EnumerateRunes())
        {
            // Format characters are those that reverse the reading of a name (U+202E) or hide in it.
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                && !"<>:\"|?*".Contains(rune.ToString(), StringComparison.Ordinal))
            {
                name.Append(rune);
            }
        }

        var clean = name.ToString().Normalize(NormalizationForm.FormC).Trim(' ', '.');
        if (clean.Length == 0)
        {
            return instead;
        }

        var extension = Path.GetExtension(clean);
        return TexteSaisi.LengthOf(clean) <= Limites.NomFichier || extension.Length > 10
            ? TexteSaisi.Cut(clean, Limites.NomFichier)
            : TexteSaisi.Cut(Path.GetFileNameWithoutExtension(clean), Limites.NomFichier - extension.Length) + extension;
    }
}
