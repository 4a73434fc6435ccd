namespace SuiviCourrier.ServiceDefaults.Fichiers;

/// <summary>
/// Where contents are kept, named by their SHA-256. Storing comes first and is durable when it returns; then the caller's transaction
/// names the content (<see cref="ReferencesFichiers.ReferenceAsync"/>). A content that no transaction has named after an hour is removed.
/// </summary>
public interface IFileStore
{
    /// <summary>Streams the content to the store; durable when it returns (file and folder flushed to disk).</summary>
    /// <param name="maxBytes">Largest size accepted.</param>
    /// <exception cref="FichierTropGrosException">More than <paramref name="maxBytes"/> came; nothing is kept.</exception>
    Task<Fichier> StoreAsync(Stream content, long maxBytes, CancellationToken cancellationToken);

    /// <summary>The content, checked while it is read: the last bytes are given only when the whole has its hash.</summary>
    /// <exception cref="FichierManquantException">The store has no such content.</exception>
    /// <exception cref="FichierAltereException">Thrown by the read that reaches the end, when the content is not what was stored.</exception>
    Stream OpenRead(string sha256);

    /// <summary>Keeps a content that is not named yet for another hour.</summary>
    /// <returns>False when the store does not have it.</returns>
    bool TryKeep(string sha256);
}

/// <summary>The content is larger than accepted.</summary>
public sealed class FichierTropGrosException(long maxBytes) : Exception($"The content has more than {maxBytes} bytes")
{
    /// <summary>Largest size accepted, in bytes.</summary>
    public long MaxBytes { get; } = maxBytes;
}

/// <summary>The store does not have a content that was asked for.</summary>
public sealed class FichierManquantException(string sha256) : Exception($"The store has no content {sha256}");

/// <summary>A stored content is no longer what was stored.</summary>
public sealed class FichierAltereException(string sha256) : Exception($"The content stored as {sha256} has another hash");
