using System.Security.Cryptography;

namespace SuiviCourrier.Ingestion.Courriers;

/// <summary>
/// What gives access to the follow-up of one courrier, to whoever holds it: 130 random bits, never derived from the chrono. It is written on paper
/// and typed back, so that no character looks like another (Crockford's alphabet). It stands in no log, trace, message or read view.
/// </summary>
public static class JetonSuivi
{
    public const int Longueur = 26;

    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    public static string New() => RandomNumberGenerator.GetString(Alphabet, Longueur);

    /// <summary>As it was typed from a letter: capitals, and letters taken for digits.</summary>
    /// <returns>Null when it cannot be one.</returns>
    public static string? Read(string? typed)
    {
        var read = typed?.ToLowerInvariant().Replace('o', '0').Replace('i', '1').Replace('l', '1');
        return read is { Length: Longueur } && read.All(c => Alphabet.Contains(c, StringComparison.Ordinal)) ? read : null;
    }
}
