using System.Buffers.Binary;
using System.Text;

namespace SuiviCourrier.Ingestion.Tests.Courriers.Fichiers;

/// <summary>Compound files ([MS-CFB]) with the streams a test needs, and those that another program has saved.</summary>
internal static class FichiersAnciens
{
    private const int Sector = 512;
    private const uint End = 0xFFFFFFFE;
    private const uint Free = 0xFFFFFFFF;

    public static byte[] Saved(string nom) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Courriers", "Fichiers", "Anciens", nom));

    /// <summary>One table of allocation, the directory, then each stream in sectors that follow one another; no short stream is packed apart.</summary>
    public static byte[] Compose(params (string Nom, byte[] Contenu)[] streams)
    {
        var directory = (streams.Length + 1 + 3) / 4;
        var fat = Enumerable.Repeat(Free, Sector / sizeof(uint)).ToArray();
        var next = 1;
        fat[0] = 0xFFFFFFFD;
        Chain(directory);
        var entries = new byte[directory * Sector];
        Entry(entries, "Root Entry", 5, End, 0);
        using var body = new MemoryStream();
        foreach (var (rank, (nom, contenu)) in streams.Index())
        {
            var sectors = (contenu.Length + Sector - 1) / Sector;
            Entry(entries.AsSpan((rank + 1) * 128), nom, 2, sectors == 0 ? End : (uint)next, contenu.Length);
            Chain(sectors);
            body.Write(contenu);
            body.Write(new byte[sectors * Sector - contenu.Length]);
        }

        var header = new byte[Sector];
        byte[] signature = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        signature.CopyTo(header, 0);
        (header[0x1A], header[0x1C], header[0x1D], header[0x1E], header[0x20]) = (3, 0xFE, 0xFF, 9, 6);
        Put(header, 0x2C, 1);
        Put(header, 0x30, 1);
        Put(header, 0x3C, End);
        Put(header, 0x44, End);
        for (var i = 0; i < 109; i++)
        {
            Put(header, 0x4C + (i * 4), i == 0 ? 0 : Free);
        }

        var table = new byte[Sector];
        foreach (var (i, sector) in fat.Index())
        {
            Put(table, i * 4, sector);
        }

        return [.. header, .. table, .. entries, .. body.ToArray()];

        void Chain(int sectors)
        {
            for (var i = 0; i < sectors; i++, next++)
            {
                fat[next] = i == sectors - 1 ? End : (uint)next + 1;
            }
        }
    }

    /// <summary>A document of Word 97 in two pieces, of one byte a character and of two: as after a change.</summary>
    /// <param name="flags">0x0100: encrypted.</param>
    public static byte[] Word(string first, string second, int flags = 0)
    {
        var document = new byte[2048];
        var bytes = Encoding.Latin1.GetBytes(first);
        bytes.CopyTo(document, 1024);
        Encoding.Unicode.GetBytes(second).CopyTo(document, 1536);
        Short(document, 0, 0xA5EC);
        Short(document, 2, 0xC1);
        Short(document, 0x0A, flags | 0x0200);
        byte[] clx = new byte[5 + 12 + 16];
        clx[0] = 2;
        Put(clx, 1, 28);
        Put(clx, 9, (uint)first.Length);
        Put(clx, 13, (uint)(first.Length + second.Length));
        Put(clx, 19, (1024 * 2) | (1u << 30));
        Put(clx, 27, 1536);
        byte[] properties = [1, 4, 0, 0, 0, 0, 0];
        Put(document, 0x1A2, 0);
        Put(document, 0x1A6, (uint)(properties.Length + clx.Length));
        return Compose(("WordDocument", document), ("1Table", [.. properties, .. clx]));
    }

    /// <summary>Word 95: the text stands in one piece.</summary>
    public static byte[] Word95(string text)
    {
        var document = new byte[1024];
        Short(document, 0, 0xA5DC);
        Short(document, 2, 104);
        Put(document, 0x18, 768);
        Put(document, 0x1C, (uint)(768 + text.Length));
        Encoding.Latin1.GetBytes(text).CopyTo(document, 768);
        return Compose(("WordDocument", document));
    }

    /// <summary>Two slides: a title in UTF-16, a line in one byte a character.</summary>
    public static byte[] PowerPoint(string title, string line) => Compose(("PowerPoint Document",
    [
        .. Record(0xF, 1000, [.. Record(0, 0x0FA0, Encoding.Unicode.GetBytes(title)), .. Record(0, 1, new byte[40]), .. Record(0, 0x0FA8, Encoding.Latin1.GetBytes(line))]),
    ]));

    public static byte[] Outlook(string subject, string text, string attachment) => Compose(
        ("__properties_version1.0", new byte[32]),
        ("__substg1.0_1000001F", Encoding.Unicode.GetBytes(text)),
        ("__substg1.0_0037001E", Encoding.Latin1.GetBytes(subject)),
        ("__substg1.0_3707001F", Encoding.Unicode.GetBytes(attachment)));

    /// <summary>Marked as kept by a password, as its directory and its entry say.</summary>
    public static byte[] Protected(byte[] zip)
    {
        var marked = (byte[])zip.Clone();
        for (var i = 0; i + 10 < marked.Length; i++)
        {
            if (marked.AsSpan(i).StartsWith("PK\u0003\u0004"u8))
            {
                marked[i + 6] |= 1;
            }
            else if (marked.AsSpan(i).StartsWith("PK\u0001\u0002"u8))
            {
                marked[i + 8] |= 1;
            }
        }

        return marked;
    }

    private static byte[] Record(int version, int type, byte[] content)
    {
        var header = new byte[8];
        Short(header, 0, version);
        Short(header, 2, type);
        Put(header, 4, (uint)content.Length);
        return [.. header, .. content];
    }

    private static void Entry(Span<byte> at, string nom, byte type, uint start, int length)
    {
        Encoding.Unicode.GetBytes(nom).CopyTo(at);
        BinaryPrimitives.WriteUInt16LittleEndian(at[64..], (ushort)((nom.Length + 1) * 2));
        at[66] = type;
        BinaryPrimitives.WriteUInt32LittleEndian(at[116..], start);
        BinaryPrimitives.WriteUInt32LittleEndian(at[120..], (uint)length);
    }

    private static void Put(byte[] bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);

    private static void Short(byte[] bytes, int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), (ushort)value);
}
