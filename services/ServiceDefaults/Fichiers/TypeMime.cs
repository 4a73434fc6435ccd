using System.Text;

namespace SuiviCourrier.ServiceDefaults.Fichiers;

/// <summary>Media types, recognised from the first bytes of a content: a name proves nothing.</summary>
public static class TypeMime
{
    public const string Pdf = "application/pdf";
    public const string Png = "image/png";
    public const string Jpeg = "image/jpeg";
    public const string Tiff = "image/tiff";
    public const string Message = "message/rfc822";
    public const string Html = "text/html";
    public const string Zip = "application/zip";
    public const string Rtf = "application/rtf";

    /// <summary>A compound file ([MS-CFB]): Word, Excel and PowerPoint of before 2007, a message saved by Outlook, anything with a password of Office.</summary>
    public const string Compose = "application/x-ole-storage";
    public const string Programme = "application/x-executable";
    public const string Inconnu = "application/octet-stream";

    /// <summary>How many bytes are looked at.</summary>
    public const int Sniffed = 1024;

    private static readonly (byte[] Prefix, string Type)[] s_signatures =
    [
        ("MZ"u8.ToArray(), Programme),
        ("\u007fELF"u8.ToArray(), Programme),
        ("#!"u8.ToArray(), Programme),
        ([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A], Png),
        ([0xFF, 0xD8, 0xFF], Jpeg),
        ("II*\0"u8.ToArray(), Tiff),
        ("MM\0*"u8.ToArray(), Tiff),
        ("PK\u0003\u0004"u8.ToArray(), Zip),
        ("{\\rtf"u8.ToArray(), Rtf),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], Compose),
    ];

    /// <summary>What a browser may show beside our pages: no script of ours runs in it, nor one of its own in our name.</summary>
    public static bool IsShownInline(string type) => type is Pdf or Png or Jpeg or Tiff;

    /// <summary>What a scanner makes.</summary>
    public static bool IsScan(string type) => type is Pdf or Png or Jpeg or Tiff;

    /// <param name="first">At least the first kilobyte, or the whole of a shorter content.</param>
    public static string Of(ReadOnlySpan<byte> first)
    {
        foreach (var (prefix, type) in s_signatures)
        {
            if (first.StartsWith(prefix))
            {
                return type;
            }
        }

        var text = Encoding.Latin1.GetString(first.StartsWith(Encoding.UTF8.Preamble) ? first[3..] : first).TrimStart();
        if (text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
        {
            return Html;
        }

        // Scanners and mail gateways may put a few bytes before the header; readers accept it within the first kilobyte.
        if (first.IndexOf("%PDF-"u8) >= 0)
        {
            return Pdf;
        }

        return IsMessage(text) ? Message : Inconnu;
    }

    /// <summary>Two lines at least of the form <c>Name: …</c>, one of them a header that messages have.</summary>
    private static bool IsMessage(string text)
    {
        string[] known = ["from:", "to:", "received:", "return-path:", "date:", "message-id:", "delivered-to:", "subject:", "mime-version:"];
        var headers = 0;
        var isKnown = false;
        foreach (var line in text.Split('\n').Take(8))
        {
            if (headers > 0 && line.StartsWith(' ') || line.StartsWith('\t'))
            {
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || !line[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            {
                break;
            }

            headers++;
            isKnown |= known.Any(k => line.StartsWith(k, StringComparison.OrdinalIgnoreCase));
        }

        return headers >= 2 && isKnown;
    }
}
