namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

/// <summary>Counts what is really unpacked, and stops where it becomes absurd.</summary>
/// <param name="packed">Bytes of the whole file it comes from.</param>
/// <param name="before">Bytes unpacked from the same file before.</param>
internal sealed class FluxDecompresse(Stream inner, long packed, long before) : Stream
{
    /// <summary>Bytes unpacked from one file.</summary>
    public const long MaxUnpacked = 200L << 20;

    /// <summary>Unpacked bytes for one packed; looked at from this many on, since a sheet of one value is packed well.</summary>
    private const int MaxRatio = 100;
    private const long RatioFrom = 4L << 20;

    /// <summary>With what was unpacked before.</summary>
    public long Count { get; private set; } = before;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

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

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
