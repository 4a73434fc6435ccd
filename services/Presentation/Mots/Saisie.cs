using System.Globalization;

namespace SuiviCourrier.Presentation.Mots;

/// <summary>What free text may be, whoever typed or pasted it. Any script, emoji and direction are welcome.</summary>
public static class Saisie
{
    /// <returns>The sentence to show beside the field; null when the text is accepted.</returns>
    public static string? Refus(string? text, int maxLength, bool isRequired = true)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return isRequired ? "Ce champ est à remplir" : null;
        }

        if (text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
        {
            return "Ce texte contient un caractère invisible qui ne peut pas être enregistré : effacez-le et retapez ce passage";
        }

        if (HasLoneSurrogate(text))
        {
            return "Ce texte contient un caractère coupé en deux : effacez-le et retapez ce passage";
        }

        return text.Trim().Length > maxLength
            ? $"Ce texte compte {Number(text.Trim().Length)} caractères : {Number(maxLength)} au plus"
            : null;
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return true;
            }

            i++;
        }

        return false;
    }

    private static string Number(int value) => value.ToString("#,0", CultureInfo.GetCultureInfo("fr-FR"));
}
