using System.IO.Compression;
using System.Text;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.ServiceDefaults.Fichiers;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Exceptions;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

/// <summary>What was found in a file.</summary>
/// <param name="Texte">Null unless <see cref="LecturePiece.Lue"/>.</param>
public sealed record TexteLu(LecturePiece Etat, string? Texte = null);

/// <summary>
/// The words of a file, whatever it is: pure reading, without database or network. It runs over bytes somebody unknown has sent: it may take any
/// time and any memory, and whoever calls it limits both.
/// </summary>
public static class TexteDePiece
{
    /// <summary>Bytes of text worth reading.</summary>
    private const int MaxText = 4 << 20;

    private const int MaxPages = 2_000;

    /// <summary>What French programs wrote before UTF-8, and most of them still do where nothing says otherwise.</summary>
    internal static Encoding Windows1252 { get; } = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>Extensions of files that are plain text: no first bytes tell.</summary>
    private static readonly HashSet<string> s_text = new(StringComparer.OrdinalIgnoreCase) { ".txt", ".csv", ".tsv", ".md", ".ics", ".vcf", ".log", ".json", ".xml" };

    /// <summary>Whether a file of this kind may hold words: an image does not, and a program is never opened.</summary>
    /// <param name="extension">Of its name, with its dot; decides only where the bytes say nothing.</param>
    public static bool MayHoldWords(string typeMime, string extension) => typeMime switch
    {
        TypeMime.Pdf or TypeMime.Html or TypeMime.Message or TypeMime.Zip or TypeMime.Compose or TypeMime.Rtf or Texte => true,
        TypeMime.Inconnu => s_text.Contains(extension) || s_office.Contains(extension),
        _ => false,
    };

    private const string Texte = "text/plain";

    /// <summary>What says that it is an office file, and is none by its bytes, is said to be unreadable.</summary>
    private static readonly HashSet<string> s_office = new(StringComparer.OrdinalIgnoreCase)
    {
        ".doc", ".xls", ".ppt", ".rtf", ".docx", ".docm", ".xlsx", ".xlsm", ".pptx", ".pptm", ".msg",
    };

    /// <param name="file">Seekable.</param>
    /// <param name="caracteres">Characters kept.</param>
    public static TexteLu Read(Stream file, string typeMime, string extension, int caracteres, CancellationToken cancellationToken) =>
        Read(file, typeMime, extension, caracteres, isInArchive: false, cancellationToken);

    /// <param name="isInArchive">It was unpacked from an archive: one in it is not opened.</param>
    internal static TexteLu Read(Stream file, string typeMime, string extension, int caracteres, bool isInArchive, CancellationToken cancellationToken)
    {
        try
        {
            file.Position = 0;
            return typeMime switch
            {
                TypeMime.Pdf => Found(OfPdf(file, caracteres, cancellationToken), caracteres),
                TypeMime.Zip => Kept(OfZip(file, caracteres, isInArchive, cancellationToken), caracteres),
                TypeMime.Compose => Kept(TexteAncien.Read(file, caracteres, cancellationToken), caracteres),
                TypeMime.Rtf => Found(TexteRtf.Read(file, caracteres, cancellationToken), caracteres),
                TypeMime.Html => Found(HtmlRecu.TextOf(Decoded(file)), caracteres),
                TypeMime.Message => Found(OfMessage(file, cancellationToken), caracteres),
                Texte => Found(Decoded(file), caracteres),
                _ => OfUnknown(file, extension, caracteres),
            };
        }
        catch (PdfDocumentEncryptedException)
        {
            return new TexteLu(LecturePiece.Protegee);
        }
        catch (TropGrosException)
        {
            return new TexteLu(LecturePiece.TropGrosse);
        }
        catch (OutOfMemoryException)
        {
            return new TexteLu(LecturePiece.TropGrosse);
        }
#pragma warning disable CA1031 // Hostile bytes lead a parser anywhere.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return new TexteLu(LecturePiece.Illisible);
        }
    }

    private static TexteLu Found(string? text, int caracteres) =>
        TexteRecu.Text(text ?? string.Empty, caracteres) is { } kept ? new TexteLu(LecturePiece.Lue, kept) : new TexteLu(LecturePiece.SansTexte);

    private static TexteLu Kept(TexteLu lu, int caracteres) => lu.Etat == LecturePiece.Lue ? Found(lu.Texte, caracteres) : lu;

    private static TexteLu OfZip(Stream file, int caracteres, bool isInArchive, CancellationToken cancellationToken)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        return TexteBureautique.Read(zip, file.Length, caracteres, cancellationToken)
            ?? (isInArchive ? new TexteLu(LecturePiece.SansObjet) : TexteArchive.Read(zip, file.Length, caracteres, cancellationToken));
    }

    private static string OfPdf(Stream file, int caracteres, CancellationToken cancellationToken)
    {
        using var document = PdfDocument.Open(file, new ParsingOptions { UseLenientParsing = true, SkipMissingFonts = true });
        var text = new StringBuilder();
        foreach (var page in document.GetPages().Take(MaxPages))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var word in page.GetWords())
            {
                text.Append(word.Text).Append(' ');
            }

            text.Append('\n');
            if (text.Length > caracteres)
            {
                break;
            }
        }

        return text.ToString();
    }

    private static string OfMessage(Stream file, CancellationToken cancellationToken)
    {
        var lu = MessageLu.Read(file, MaxText * 10L, cancellationToken);
        return string.Join(
            '\n',
            [lu.Faits?.Objet, lu.Contenu.Texte ?? (lu.Contenu.Html is { } html ? HtmlRecu.TextOf(html) : null), .. lu.Contenu.Pieces.Select(p => p.Nom)]);
    }

    private static TexteLu OfUnknown(Stream file, string extension, int caracteres)
    {
        if (!s_text.Contains(extension))
        {
            return new TexteLu(LecturePiece.Illisible); // says that it is an office file, and is none
        }

        file.Position = 0;
        var text = Decoded(file);
        return text.Contains('\0', StringComparison.Ordinal) ? new TexteLu(LecturePiece.SansObjet) : Found(text, caracteres);
    }

    /// <summary>UTF-8 or UTF-16 when it says so or is; otherwise Windows-1252, which is what French programs wrote before.</summary>
    private static string Decoded(Stream file)
    {
        var bytes = new byte[Math.Min(file.Length - file.Position, MaxText)];
        file.ReadExactly(bytes);
        if (bytes is [0xFF, 0xFE, ..])
        {
            return Encoding.Unicode.GetString(bytes.AsSpan(2));
        }

        if (bytes is [0xFE, 0xFF, ..])
        {
            return Encoding.BigEndianUnicode.GetString(bytes.AsSpan(2));
        }

        // The last character may have been cut with the text.
        return System.Text.Unicode.Utf8.IsValid(bytes) || (bytes.Length == MaxText && System.Text.Unicode.Utf8.IsValid(bytes.AsSpan(0, LastWhole(bytes))))
            ? Encoding.UTF8.GetString(bytes)
            : Windows1252.GetString(bytes);
    }

    private static int LastWhole(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.Length;
        while (end > bytes.Length - 4 && (bytes[end - 1] & 0xC0) == 0x80)
        {
            end--;
        }

        return end - 1;
    }
}

/// <summary>More was unpacked than the file promised or than is read.</summary>
internal sealed class TropGrosException : Exception
{
    public TropGrosException()
        : base("More was unpacked than is read")
    {
    }
}
