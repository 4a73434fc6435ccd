using System.Security.Cryptography;

namespace SuiviCourrier.ServiceDefaults.Fichiers;

/// <summary>Reads once, forwards, and lets the last bytes out only when the whole has the expected hash.</summary>
internal sealed class VerifiedStream(FileStream file, string sha256) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly long _length = file.Length;
    private bool _isVerified;

    public override long Length => _length;
    public override long Position { get => file.Position; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer) => Verified(file.Read(buffer), buffer);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Verified(await file.ReadAsync(buffer, cancellationToken), buffer.Span);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Verified(int read, ReadOnlySpan<byte> buffer)
    {
        if (_isVerified)
        {
            return read;
        }

        _hash.AppendData(buffer[..read]);
        if (file.Position >= _length)
        {
            if (Convert.ToHexStringLower(_hash.GetHashAndReset()) != sha256)
            {
                throw new FichierAltereException(sha256);
            }

            _isVerified = true;
        }

        return read;
    }
}
