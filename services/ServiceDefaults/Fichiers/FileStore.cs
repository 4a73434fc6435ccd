using System.Buffers;
using System.Security.Cryptography;

namespace SuiviCourrier.ServiceDefaults.Fichiers;

/// <summary>
/// The store in a folder (a shared volume when roles are split): temporary file, SHA-256, flush, rename, flush of the folder. A crash
/// leaves at most a temporary file or a content that nothing names: both are collected.
/// </summary>
/// <param name="folder">Root of the contents.</param>
/// <param name="diskClock">The clock of the disk, with which files get their dates: never the shifted one.</param>
public sealed class FileStore(string folder, TimeProvider diskClock) : IFileStore
{
    private const int BufferSize = 128 * 1024;

    /// <summary>Root of the contents.</summary>
    public string Folder { get; } = folder;

    internal string TemporaryFolder => Path.Combine(Folder, "en-cours");

    public async Task<Fichier> StoreAsync(Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(TemporaryFolder);
        var temporary = Path.Combine(TemporaryFolder, Guid.NewGuid().ToString("N"));
        try
        {
            var fichier = await WriteAsync(content, temporary, maxBytes, cancellationToken);
            Publish(temporary, fichier);
            return fichier;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    public Stream OpenRead(string sha256)
    {
        try
        {
            return new VerifiedStream(File.OpenRead(PathOf(sha256)), sha256);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FichierManquantException(sha256);
        }
    }

    public bool TryKeep(string sha256)
    {
        try
        {
            File.SetLastWriteTimeUtc(PathOf(sha256), diskClock.GetUtcNow().UtcDateTime);
            return true;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Whether a file of the store has not been written nor kept for so long.</summary>
    internal bool IsOlderThan(string path, TimeSpan age) => File.GetLastWriteTimeUtc(path) < diskClock.GetUtcNow().UtcDateTime - age;

    internal string PathOf(string sha256)
    {
        if (sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigitLower))
        {
            throw new ArgumentException("Not a SHA-256 in lower-case hex digits", nameof(sha256));
        }

        return Path.Combine(Folder, sha256[..2], sha256[2..]);
    }

    private async Task<Fichier> WriteAsync(Stream content, string temporary, long maxBytes, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            await using var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
            var first = new byte[TypeMime.Sniffed];
            long size = 0;
            int read;
            while ((read = await content.ReadAtLeastAsync(buffer.AsMemory(0, BufferSize), BufferSize, throwOnEndOfStream: false, cancellationToken)) > 0)
            {
                if (size < first.Length)
                {
                    buffer.AsSpan(0, Math.Min(read, first.Length - (int)size)).CopyTo(first.AsSpan((int)size));
                }

                size += read;
                if (size > maxBytes)
                {
                    throw new FichierTropGrosException(maxBytes);
                }

                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            file.Flush(flushToDisk: true);
            return new Fichier
            {
                Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset()),
                Taille = size,
                TypeMime = TypeMime.Of(first.AsSpan(0, (int)Math.Min(size, first.Length))),
                CreatedAt = diskClock.GetUtcNow(),
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// Gives the temporary file its name. It replaces a content of that name: the same bytes if all is well, the right ones if the disk
    /// had altered them. Its age begins again, so that it is not collected before the caller names it.
    /// </summary>
    private void Publish(string temporary, Fichier fichier)
    {
        var path = PathOf(fichier.Sha256);
        var parent = Path.GetDirectoryName(path)!;
        var isNew = !Directory.Exists(parent);
        Directory.CreateDirectory(parent);
        File.Move(temporary, path, overwrite: true);
        DiskFolder.Flush(parent);
        if (isNew)
        {
            DiskFolder.Flush(Folder);
        }
    }
}
