using System.Security.Cryptography;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>Temporary files: a message is parsed from the disk, never from memory, and leaves no trace when it is done with.</summary>
public static class Spool
{
    private const int MaxHeaders = 1 << 20;

    /// <summary>An empty file that disappears when it is closed; where names and files are apart, also when the process is killed.</summary>
    public static FileStream NewFile(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, 64 << 10, FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(path);
        }

        return file;
    }

    /// <summary>A copy that nobody changes while it is read: of the whole message, or of its headers when it is too large to be kept.</summary>
    public static async Task<FileStream> CopyAsync(Stream message, string folder, long maxKept, CancellationToken cancellationToken)
    {
        var copy = NewFile(folder);
        try
        {
            if (message.Length > maxKept)
            {
                await CopyHeadersAsync(message, copy, cancellationToken);
            }
            else
            {
                await message.CopyToAsync(copy, cancellationToken);
            }

            return copy;
        }
        catch
        {
            await copy.DisposeAsync();
            throw;
        }
    }

    /// <summary>SHA-256 of the whole copy, in hexadecimal: two files of one name, length and date are told apart by it.</summary>
    public static async Task<string> HashAsync(FileStream copy, CancellationToken cancellationToken)
    {
        copy.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(copy, cancellationToken));
    }

    /// <summary>Keeps the header block of a message too large to be kept whole.</summary>
    private static async Task CopyHeadersAsync(Stream message, Stream headers, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxHeaders];
        var read = await message.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var end = EndOfHeaders(buffer.AsSpan(0, read));
        await headers.WriteAsync(buffer.AsMemory(0, end), cancellationToken);
    }

    private static int EndOfHeaders(ReadOnlySpan<byte> bytes)
    {
        var crlf = bytes.IndexOf("\r\n\r\n"u8);
        var lf = bytes.IndexOf("\n\n"u8);
        return (crlf, lf) switch
        {
            ( >= 0, _) when lf < 0 || crlf < lf => crlf + 4,
            (_, >= 0) => lf + 2,
            _ => bytes.Length,
        };
    }
}
