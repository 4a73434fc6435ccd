namespace SuiviCourrier.Ingestion.Courriers;

/// <summary>Codes of services and types come from lists; what is sent in their place may be anything.</summary>
internal static class CodeConnu
{
    /// <summary>Whether it can be a code at all: a null character, for one, cannot even be asked of the database.</summary>
    public static bool IsPossible(string code) => code.Length <= 100 && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
