using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

/// <summary>
/// The words of the files Office wrote before 2007 ([MS-DOC], [MS-PPT]; [MS-XLS] by ExcelDataReader) and of messages saved by Outlook ([MS-OXMSG]).
/// Word 6 and 95 too: people keep their letters.
/// </summary>
internal static class TexteAncien
{
    /// <param name="file">Seekable, and known to begin with the signature of such files (<see cref="ServiceDefaults.Fichiers.TypeMime.Compose"/>).</param>
    public static TexteLu Read(Stream file, int caracteres, CancellationToken cancellationToken)
    {
        var compose = new FichierCompose(file);
        if (compose.Contains("EncryptedPackage"))
        {
            return new TexteLu(LecturePiece.Protegee); // a new file around which a password was put: [MS-OFFCRYPTO] 2.3
        }

        if (compose.Find("WordDocument") is { } document)
        {
            return OfWord(document, compose);
        }

        if (compose.Find("PowerPoint Document") is { } slides)
        {
            return compose.Contains("EncryptedSummary") ? new TexteLu(LecturePiece.Protegee) : new TexteLu(LecturePiece.Lue, OfSlides(slides));
        }

        if (compose.Contains("Workbook") || compose.Contains("Book"))
        {
            return OfSheets(file, caracteres, cancellationToken);
        }

        return compose.Contains("__properties_version1.0") ? new TexteLu(LecturePiece.Lue, OfOutlook(compose)) : new TexteLu(LecturePiece.SansObjet);
    }

    /// <summary>The text in the order of its pieces, which changes have scattered over the document ([MS-DOC] 2.4.1).</summary>
    private static TexteLu OfWord(byte[] document, FichierCompose compose)
    {
        const int isEncrypted = 0x0100;
        const int isInSecondTable = 0x0200;
        const int firstOfWord97 = 0xC1;
        var flags = Short(document, 0x0A);
        if ((flags & isEncrypted) != 0)
        {
            return new TexteLu(LecturePiece.Protegee);
        }

        if (Short(document, 2) < firstOfWord97)
        {
            var (from, to) = (Number(document, 0x18), Number(document, 0x1C));
            return new TexteLu(LecturePiece.Lue, Readable(TexteDePiece.Windows1252.GetString(document.AsSpan(from, to - from))));
        }

        var table = compose.Find((flags & isInSecondTable) != 0 ? "1Table" : "0Table") ?? throw new InvalidDataException("A document without its table");
        var pieces = PiecesOf(table.AsSpan(Number(document, 0x1A2), Number(document, 0x1A6)));
        return new TexteLu(LecturePiece.Lue, Readable(TextOf(document, pieces)));
    }

    /// <summary>Behind the properties that are shared, the piece table: where each run of characters begins, then where its bytes are.</summary>
    private static ReadOnlySpan<byte> PiecesOf(ReadOnlySpan<byte> clx)
    {
        var at = 0;
        while (clx[at] == 1)
        {
            at += 3 + Short(clx, at + 1);
        }

        return clx[at] == 2 ? clx.Slice(at + 5, Number(clx, at + 1)) : throw new InvalidDataException("A document without its piece table");
    }

    private static string TextOf(byte[] document, ReadOnlySpan<byte> pieces)
    {
        const int isOneByte = 1 << 30;
        var text = new StringBuilder();
        var count = (pieces.Length - sizeof(int)) / 12;
        for (var i = 0; i < count && text.Length <= document.Length; i++)
        {
            var length = Number(pieces, (i + 1) * sizeof(int)) - Number(pieces, i * sizeof(int));
            var place = Number(pieces, (count + 1) * sizeof(int) + i * 8 + 2);
            text.Append((place & isOneByte) != 0
                ? TexteDePiece.Windows1252.GetString(document.AsSpan((place & ~isOneByte) / 2, length))
                : Encoding.Unicode.GetString(document.AsSpan(place, checked(length * 2))));
        }

        return text.ToString();
    }

    /// <summary>Cells and paragraphs part words; what a field computes is kept, not how; anchors of pictures and notes are dropped.</summary>
    private static string Readable(string raw)
    {
        const char fieldBegins = '\x13';
        const char fieldResult = '\x14';
        const char fieldEnds = '\x15';
        var text = new StringBuilder(raw.Length);
        var fields = new Stack<bool>(); // for each field around: whether its code goes on
        var codes = 0;
        foreach (var c in raw)
        {
            switch (c)
            {
                case fieldBegins:
                    fields.Push(true);
                    codes++;
                    break;
                case fieldResult when fields.TryPop(out var isCode):
                    fields.Push(false);
                    codes -= isCode ? 1 : 0;
                    break;
                case fieldEnds when fields.TryPop(out var isCode):
                    codes -= isCode ? 1 : 0;
                    break;
                case '\r' or '\a' or '\v' or '\f' when codes == 0:
                    text.Append('\n');
                    break;
                case '\x1E' when codes == 0:
                    text.Append('-');
                    break;
                case >= ' ' or '\t' when codes == 0:
                    text.Append(c);
                    break;
            }
        }

        return text.ToString();
    }

    /// <summary>A row of records, containers around others: those of text are atoms ([MS-PPT] 2.3.1).</summary>
    private static string OfSlides(ReadOnlySpan<byte> records)
    {
        const int header = 8;
        const int container = 0xF;
        var text = new StringBuilder();
        for (var at = 0; at + header <= records.Length;)
        {
            var (version, type, length) = (Short(records, at) & 0xF, Short(records, at + 2), Number(records, at + 4));
            at += header;
            if (version == container)
            {
                continue;
            }

            var atom = records.Slice(at, Math.Min(length, records.Length - at));
            at += atom.Length;
            switch (type)
            {
                case 0x0FA0:
                    text.Append(Encoding.Unicode.GetString(atom)).Append('\n');
                    break;
                case 0x0FA8:
                    text.Append(Encoding.Latin1.GetString(atom)).Append('\n');
                    break;
            }
        }

        return text.Replace('\r', '\n').Replace('\v', '\n').ToString();
    }

    private static TexteLu OfSheets(Stream file, int caracteres, CancellationToken cancellationToken)
    {
        file.Position = 0;
        try
        {
            using var sheets = ExcelReaderFactory.CreateBinaryReader(file, new ExcelReaderConfiguration { LeaveOpen = true, FallbackEncoding = TexteDePiece.Windows1252 });
            var text = new StringBuilder();
            do
            {
                text.Append(sheets.Name).Append('\n');
                while (text.Length <= caracteres && sheets.Read())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    for (var column = 0; column < sheets.FieldCount; column++)
                    {
                        text.Append(sheets.GetValue(column) is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value} ") : string.Empty);
                    }

                    text.Append('\n');
                }
            }
            while (text.Length <= caracteres && sheets.NextResult());

            return new TexteLu(LecturePiece.Lue, text.ToString());
        }
        catch (InvalidPasswordException)
        {
            return new TexteLu(LecturePiece.Protegee);
        }
    }

    /// <summary>Subject, sender, text and names of attachments, also of the messages it holds: in UTF-16, or as older versions wrote.</summary>
    private static string OfOutlook(FichierCompose compose)
    {
        string[] properties = ["0037", "0C1A", "1000", "3707"];
        return string.Join('\n', properties.SelectMany(p =>
            compose.FindAll($"__substg1.0_{p}001F").Select(Encoding.Unicode.GetString).Concat(compose.FindAll($"__substg1.0_{p}001E").Select(TexteDePiece.Windows1252.GetString))));
    }

    private static int Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static int Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
}
