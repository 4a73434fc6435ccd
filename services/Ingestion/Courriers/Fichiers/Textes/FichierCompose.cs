using System.Buffers.Binary;
using System.Text;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

/// <summary>
/// The streams of an OLE compound file ([MS-CFB]), in which Office wrote before 2007 and Outlook saves a message. Read here because no package that is
/// kept up reads them without bringing drawing and cryptography along: only what finds the streams of words.
/// </summary>
internal sealed class FichierCompose
{
    private const int HeaderLength = 512;
    private const int FatsInHeader = 109;
    private const int EntryLength = 128;
    private const uint LastSector = 0xFFFFFFFA; // this one and those above mark ends and free sectors

    private readonly Stream _file;
    private readonly int _sector;
    private readonly int _miniSector;
    private readonly uint _miniBelow;
    private readonly uint[] _fat;
    private readonly uint[] _miniFat;
    private readonly byte[] _mini;
    private readonly List<Flux> _streams = [];

    /// <param name="Nom">Of the stream, without the storages that hold it.</param>
    private sealed record Flux(string Nom, uint Debut, long Taille);

    /// <param name="file">Seekable, and known to begin with the signature.</param>
    /// <exception cref="InvalidDataException">It is cut or contradicts itself.</exception>
    public FichierCompose(Stream file)
    {
        _file = file;
        var header = new byte[HeaderLength];
        file.Position = 0;
        file.ReadExactly(header);
        (_sector, _miniSector) = (SizeOf(header, 0x1E, 9, 12), SizeOf(header, 0x20, 6, 6));
        _miniBelow = Number(header, 0x38);
        _fat = ReadFat(header);
        _miniFat = Numbers(ReadChain(Number(header, 0x3C), _file.Length));
        _mini = ReadEntries(ReadChain(Number(header, 0x30), _file.Length)) is { } root ? ReadChain(root.Debut, root.Taille) : [];
    }

    private static int SizeOf(byte[] header, int at, int least, int most) =>
        BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(at)) is var shift && shift >= least && shift <= most ? 1 << shift : throw new InvalidDataException("Size of sector");

    private static uint Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static uint[] Numbers(ReadOnlySpan<byte> bytes)
    {
        var numbers = new uint[bytes.Length / sizeof(uint)];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Number(bytes, i * sizeof(uint));
        }

        return numbers;
    }

    public bool Contains(string nom) => _streams.Any(s => s.Nom == nom);

    /// <returns>The first stream of that name, the outermost in what Office writes; null when there is none.</returns>
    public byte[]? Find(string nom) => _streams.Find(s => s.Nom == nom) is { } stream ? Read(stream) : null;

    /// <summary>Streams whose name begins so, in the order of the directory.</summary>
    public IEnumerable<byte[]> FindAll(string debut) => _streams.Where(s => s.Nom.StartsWith(debut, StringComparison.Ordinal)).Select(Read);

    /// <summary>The sectors of the allocation table: the first named in the header, the others in a chain of sectors.</summary>
    private uint[] ReadFat(byte[] header)
    {
        var fats = Numbers(header.AsSpan(0x4C, FatsInHeader * sizeof(uint))).ToList();
        var (next, most) = (Number(header, 0x44), _file.Length / _sector);
        for (var read = 0L; next < LastSector; read++)
        {
            var sector = Numbers(read <= most ? Sector(next) : throw new InvalidDataException("A chain without end"));
            fats.AddRange(sector[..^1]);
            next = sector[^1];
        }

        return [.. fats.Where(f => f < LastSector).Take((int)Math.Min(most, int.MaxValue)).SelectMany(f => Numbers(Sector(f)))];
    }

    private byte[] Sector(uint number)
    {
        var bytes = new byte[_sector];
        _file.Position = (number + 1L) * _sector;
        return _file.ReadAtLeast(bytes, _sector, throwOnEndOfStream: false) > 0 // the last one may be short
            ? bytes
            : throw new InvalidDataException("A sector behind the end of the file");
    }

    /// <returns>The root, which holds the short streams.</returns>
    private Flux? ReadEntries(byte[] directory)
    {
        Flux? root = null;
        for (var at = 0; at + EntryLength <= directory.Length; at += EntryLength)
        {
            var entry = directory.AsSpan(at, EntryLength);
            var length = Math.Clamp(BinaryPrimitives.ReadUInt16LittleEndian(entry[64..]) - 2, 0, 62);
            var stream = new Flux(Encoding.Unicode.GetString(entry[..length]), Number(entry, 116), Number(entry, 120));
            switch (entry[66])
            {
                case 2:
                    _streams.Add(stream);
                    break;
                case 5:
                    root ??= stream;
                    break;
            }
        }

        return root;
    }

    private byte[] Read(Flux stream) => stream.Taille >= _miniBelow
        ? ReadChain(stream.Debut, stream.Taille)
        : Follow(stream.Debut, stream.Taille, _miniFat, _miniSector, n => _mini.AsSpan((int)Math.Min((long)n * _miniSector, _mini.Length)));

    private byte[] ReadChain(uint first, long length) => Follow(first, length, _fat, _sector, n => Sector(n));

    private delegate ReadOnlySpan<byte> SectorOf(uint number);

    /// <summary>No more than the file holds, whatever its entries announce; so a chain that bites its tail ends too.</summary>
    private byte[] Follow(uint first, long length, uint[] next, int size, SectorOf sectorOf)
    {
        using var bytes = new MemoryStream();
        var wanted = Math.Min(length, _file.Length);
        for (var at = first; at < LastSector && bytes.Length < wanted; at = next[at])
        {
            if (at >= next.Length)
            {
                throw new InvalidDataException("A chain that leaves the file");
            }

            var sector = sectorOf(at);
            bytes.Write(sector[..(int)Math.Min(Math.Min(size, sector.Length), wanted - bytes.Length)]);
            if (sector.Length == 0)
            {
                break;
            }
        }

        return bytes.ToArray();
    }
}
