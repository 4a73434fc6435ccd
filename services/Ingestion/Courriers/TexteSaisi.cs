using System.Globalization;
using System.Text;

namespace SuiviCourrier.Ingestion.Courriers;

/// <summary>What free text must be to be kept: well formed, without invisible control characters, in Unicode form C. Any script, emoji and direction is welcome.</summary>
public static class TexteSaisi
{
    /// <summary>The text as it is kept: form C, one kind of line end, no space around; null when nothing visible is left.</summary>
    /// <param name="refus">Why it cannot be kept, a sentence in French; null when it can.</param>
    public static string? Read(string? typed, int limit, out string? refus)
    {
        refus = null;
        if (string.IsNullOrEmpty(typed))
        {
            return null;
        }

        if (!IsWellFormed(typed))
        {
            refus = "Ce texte contient un caractère coupé en deux : retapez-le";
            return null;
        }

        if (typed.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
        {
            refus = "Ce texte contient un caractère invisible qui ne peut pas être enregistré : retapez-le";
            return null;
        }

        var text = typed.ReplaceLineEndings("\n").Normalize(NormalizationForm.FormC).Trim();
        if (!text.EnumerateRunes().Any(IsVisible))
        {
            return null;
        }

        var length = LengthOf(text);
        if (length > limit)
        {
            refus = $"Ce texte compte {Number(length)} caractères : {Number(limit)} au plus";
            return null;
        }

        return text;
    }

    /// <summary>As <see cref="Read"/>, and on one line: line ends and tabulations become spaces.</summary>
    public static string? ReadLine(string? typed, int limit, out string? refus) =>
        Read(typed is null ? null : string.Join(' ', typed.Split(['\n', '\r', '\t'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)), limit, out refus);

    /// <summary>Whatever bytes a message held, made fit to be kept: what is malformed or invisible goes, and what is too long is cut between two graphemes, never inside one.</summary>
    public static string? Repair(string? received, int limit)
    {
        if (received is null)
        {
            return null;
        }

        var kept = new StringBuilder(received.Length);
        foreach (var rune in received.ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t' || !Rune.IsControl(rune))
            {
                kept.Append(rune);
            }
        }

        var text = kept.ToString().Normalize(NormalizationForm.FormC).Trim();
        return text.EnumerateRunes().Any(IsVisible) ? Cut(text, limit) : null;
    }

    /// <summary>At most so many characters, an ellipsis included when something is left out; never cut inside a grapheme.</summary>
    public static string Cut(string text, int limit)
    {
        if (LengthOf(text) <= limit)
        {
            return text;
        }

        var kept = new StringBuilder(limit);
        var length = 1;
        var graphemes = StringInfo.GetTextElementEnumerator(text);
        while (graphemes.MoveNext())
        {
            var grapheme = graphemes.GetTextElement();
            length += LengthOf(grapheme);
            if (length > limit)
            {
                break;
            }

            kept.Append(grapheme);
        }

        return kept.ToString().TrimEnd() + "…";
    }

    /// <summary>Characters as PostgreSQL counts them: Unicode code points.</summary>
    public static int LengthOf(string text) => text.EnumerateRunes().Count();

    private static bool IsVisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.NonSpacingMark);

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static string Number(int value) => value.ToString("#,0", CultureInfo.GetCultureInfo("fr-FR"));
}
