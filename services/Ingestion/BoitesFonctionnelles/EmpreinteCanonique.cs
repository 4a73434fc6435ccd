using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>
/// SHA-256 of a message without what its journey added: two deliveries of one message have the same. Line ends and blank lines at the end do
/// not count.
/// </summary>
public static class EmpreinteCanonique
{
    private const int MaxFieldName = 80;

    private static readonly HashSet<string> s_trace = new(StringComparer.OrdinalIgnoreCase)
    {
        "Received", "Return-Path", "Delivered-To", "X-Delivered-To", "X-Original-To", "X-Received", "Envelope-To", "X-Envelope-To", "Delivery-Date",
        "Authentication-Results", "Received-SPF", "Status", "X-Status", "X-Keywords", "X-UID", "X-UIDL", "X-Mozilla-Status", "X-Mozilla-Status2",
        "X-Virus-Scanned", "X-Virus-Status",
    };

    private static readonly string[] s_tracePrefixes = ["ARC-", "X-Spam", "X-MS-Exchange-", "X-Rspamd"];

    public static async Task<string> ComputeAsync(Stream message, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var reader = new Reader(hash);
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            int read;
            while ((read = await message.ReadAsync(buffer, cancellationToken)) > 0)
            {
                reader.Read(buffer.AsSpan(0, read));
            }

            reader.Flush();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed class Reader(IncrementalHash hash)
    {
        private readonly byte[] _output = new byte[64 << 10];
        private readonly List<byte> _name = new(MaxFieldName);
        private int _count;
        private long _pendingNewLines;
        private bool _isInHeaders = true;
        private bool _isLineStart = true;
        private bool _isNaming;
        private bool _isKept = true;

        public void Read(ReadOnlySpan<byte> bytes)
        {
            foreach (var value in bytes)
            {
                if (value is (byte)'\r')
                {
                    continue;
                }

                if (_isInHeaders)
                {
                    ReadHeader(value);
                }
                else
                {
                    Keep(value);
                }
            }
        }

        public void Flush()
        {
            EndName();
            hash.AppendData(_output, 0, _count);
            _count = 0;
        }

        private void ReadHeader(byte value)
        {
            if (value is (byte)'\n')
            {
                if (_isLineStart)
                {
                    _isInHeaders = false;
                }

                EndName();
                if (_isKept)
                {
                    Keep(value);
                }

                _isLineStart = true;
                return;
            }

            if (_isLineStart)
            {
                _isLineStart = false;
                if (value is not ((byte)' ' or (byte)'\t'))
                {
                    _isNaming = true;
                    _name.Clear();
                }
            }

            if (_isNaming)
            {
                _name.Add(value);
                if (value is (byte)':' || _name.Count == MaxFieldName)
                {
                    EndName();
                }
            }
            else if (_isKept)
            {
                Keep(value);
            }
        }

        /// <summary>The name is read: the field is kept or not, and so are the lines that continue it.</summary>
        private void EndName()
        {
            if (!_isNaming)
            {
                return;
            }

            _isNaming = false;
            var name = Encoding.Latin1.GetString([.. _name]).TrimEnd(':', ' ');
            _isKept = !s_trace.Contains(name) && !s_tracePrefixes.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase));
            if (_isKept)
            {
                foreach (var value in _name)
                {
                    Keep(value);
                }
            }
        }

        private void Keep(byte value)
        {
            if (value is (byte)'\n')
            {
                _pendingNewLines++;
                return;
            }

            for (; _pendingNewLines > 0; _pendingNewLines--)
            {
                Write((byte)'\n');
            }

            Write(value);
        }

        private void Write(byte value)
        {
            if (_count == _output.Length)
            {
                hash.AppendData(_output);
                _count = 0;
            }

            _output[_count++] = value;
        }
    }
}
