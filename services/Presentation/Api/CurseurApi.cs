using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SuiviCourrier.Presentation.Api;

/// <summary>
/// Where the next page of a list starts: opaque to its caller, good for the list that gave it and for no other. It says where to go on,
/// never what may be seen.
/// </summary>
public static class CurseurApi
{
    /// <param name="liste">What the cursor is good for: the operation with its filters, or with the database it reads.</param>
    public static string Write(string liste, string position) => Base64Url.EncodeToString([.. MarkOf(liste), .. MarkOf(position), .. Encoding.UTF8.GetBytes(position)]);

    /// <exception cref="DemandeRefuseeException">It was given by nobody here, or for another list (<paramref name="other"/>).</exception>
    public static string Read(string curseur, string liste, Probleme other)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(curseur.Length)];
        if (curseur.Length > 400 || !Base64Url.IsValid(curseur) || !Base64Url.TryDecodeFromChars(curseur, bytes, out var length) || length <= 16)
        {
            throw new DemandeRefuseeException(Probleme.CurseurIllisible, null, [Expected]);
        }

        var position = Encoding.UTF8.GetString(bytes.AsSpan(16, length - 16));
        if (!bytes.AsSpan(8, 8).SequenceEqual(MarkOf(position)))
        {
            throw new DemandeRefuseeException(Probleme.CurseurIllisible, null, [Expected]);
        }

        return bytes.AsSpan(0, 8).SequenceEqual(MarkOf(liste)) ? position : throw new DemandeRefuseeException(
            other,
            other == Probleme.CurseurPerime ? "Redemandez les changements sans curseur." : "Gardez les mêmes filtres d’une page à la suivante, ou recommencez sans curseur.",
            [Expected]);
    }

    private static ErreurChamp Expected { get; } = new("curseur", "la valeur donnée par la page précédente de la même liste, telle quelle");

    private static byte[] MarkOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text))[..8];
}
