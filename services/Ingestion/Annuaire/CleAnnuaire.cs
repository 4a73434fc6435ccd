using System.Globalization;
using System.Text;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>What two spellings of one name share: letters and digits, in lower case, without accents, one space between words.</summary>
public static class CleAnnuaire
{
    public static string Of(string text)
    {
        var key = new StringBuilder(text.Length);
        foreach (var character in text.Normalize(NormalizationForm.FormKD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark)
            {
                continue;
            }

            if (char.IsLetterOrDigit(character) || char.IsSurrogate(character) || character is '@' or '.')
            {
                key.Append(char.ToLowerInvariant(character));
            }
            else if (key.Length > 0 && key[^1] != ' ')
            {
                key.Append(' ');
            }
        }

        return key.ToString().TrimEnd();
    }
}
