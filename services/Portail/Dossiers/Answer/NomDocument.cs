using System.Globalization;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Portail.Dossiers.Answer;

/// <summary>The name of the document of an answer, to show and to save under: no path, no character that hides its end.</summary>
internal static class NomDocument
{
    public static string Of(string received, string type)
    {
        var name = string.Concat(received.Split('/', '\\')[^1].Where(c => !char.IsControl(c) && char.GetUnicodeCategory(c) != UnicodeCategory.Format && !char.IsSurrogate(c)));
        return name.Trim(' ', '.') is { Length: > 0 and <= 150 } kept ? kept : type == TypeMime.Pdf ? "reponse.pdf" : "reponse";
    }
}
