namespace SuiviCourrier.Host.Embedded;

/// <summary>A lock file held through the operating system: it falls with its process, <c>kill -9</c> included.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <returns>Null when another process holds it.</returns>
    public static FolderLock? TryTake(string path, bool isShared = false)
    {
        try
        {
            return new FolderLock(isShared
                ? new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read)
                : new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException held) when (IsHeldElsewhere(held))
        {
            return null;
        }
    }

    /// <summary>Waits for its turn.</summary>
    public static async Task<FolderLock> TakeAsync(string path, bool isShared, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake(path, isShared) is { } taken)
            {
                return taken;
            }

            await Task.Delay(50, cancellationToken);
        }
    }

    public void Dispose() => _file.Dispose();

    private static bool IsHeldElsewhere(IOException failure) =>
        OperatingSystem.IsWindows() ? failure.HResult == unchecked((int)0x80070020) : failure.HResult is 11 or 35; // EWOULDBLOCK of Linux, of macOS
}
