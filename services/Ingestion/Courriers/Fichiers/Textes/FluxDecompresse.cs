using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

/// <summary>Counts what is really unpacked, and stops where it becomes absurd.</summary>
/// <param name="packed">Bytes of the whole file it comes from.</param>
/// <param name="before">Bytes unpacked from the same file before.</param>
internal sealed class FluxDecompresse(Stream inner, long packed, long before) : ForwardStream
{
    /// <summary>Bytes unpacked from one file.</summary>
    public const long MaxUnpacked = 200L << 20;

    /// <summary>Unpacked bytes for one packed; looked at from this many on, since a sheet of one value is packed well.</summary>
    private const int MaxRatio = 100;
    private const long RatioFrom = 4L << 20;

    /// <summary>With what was unpacked before.</summary>
    public long Count { get; private set; } = before;

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        Count += read;
        if (Count > MaxUnpacked || (Count > RatioFrom && Count / MaxRatio > packed))
        {
            throw new TropGrosException();
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
