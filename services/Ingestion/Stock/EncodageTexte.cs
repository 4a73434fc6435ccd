using System.Buffers;
using System.Text;

namespace SuiviCourrier.Ingestion.Stock;

/// <summary>
/// Tells UTF-8 from Windows-1252 by reading the whole file: what is valid UTF-8 is UTF-8. A file that is mostly UTF-8 and broken somewhere is
/// refused there: read as Windows-1252, every accent of it would be wrong, silently.
/// </summary>
internal static class EncodageTexte
{
    private static readonly byte[] s_mark = [0xEF, 0xBB, 0xBF];

    /// <exception cref="FichierCsvException">It is another kind of file, or a broken one.</exception>
    public static Encoding Detect(Stream content)
    {
        var buffer = new byte[1 << 16];
        var (kept, line, multibytes, broken) = (0, 1, 0L, 0L);
        int? brokenLine = null;
        var (isFirst, hasMark, isLast) = (true, false, false);
        while (!isLast)
        {
            var read = content.Read(buffer, kept, buffer.Length - kept);
            isLast = read == 0;
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, kept + read);
            if (isFirst)
            {
                Refuse(rest);
                hasMark = rest.StartsWith(s_mark);
                isFirst = false;
            }

            while (rest.Length > 0)
            {
                if (rest[0] < 0x80)
                {
                    if (rest[0] == 0)
                    {
                        throw new FichierCsvException(line, "Ce n’est pas un texte : un caractère nul s’y trouve. Enregistrez le fichier au format « CSV UTF-8 »");
                    }

                    line += rest[0] == '\n' ? 1 : 0;
                    rest = rest[1..];
                    continue;
                }

                var status = Rune.DecodeFromUtf8(rest, out _, out var length);
                if (status == OperationStatus.NeedMoreData && !isLast)
                {
                    break;
                }

                if (status == OperationStatus.Done)
                {
                    multibytes++;
                }
                else
                {
                    broken++;
                    brokenLine ??= line;
                }

                rest = rest[length..];
            }

            kept = rest.Length;
            rest.CopyTo(buffer);
        }

        if (broken == 0)
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        }

        return hasMark || multibytes > broken
            ? throw new FichierCsvException(brokenLine, "Ce fichier est en UTF-8, mais un caractère y est abîmé : enregistrez-le de nouveau au format « CSV UTF-8 »")
            : CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
    }

    private static void Refuse(ReadOnlySpan<byte> first)
    {
        if (first.StartsWith("PK\u0003\u0004"u8))
        {
            throw new FichierCsvException(null, "Ce fichier est un classeur : enregistrez-le au format « CSV UTF-8 »");
        }

        if (first.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || first.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            throw new FichierCsvException(null, "Ce fichier est en UTF-16 : enregistrez-le au format « CSV UTF-8 »");
        }
    }
}
