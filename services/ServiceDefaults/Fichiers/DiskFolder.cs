using System.Runtime.InteropServices;

namespace SuiviCourrier.ServiceDefaults.Fichiers;

/// <summary>Makes the names in a folder durable: on Linux a renamed file may lose its name in a crash until its folder is flushed.</summary>
public static partial class DiskFolder
{
    /// <exception cref="IOException">The system refused.</exception>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS journals renames; a folder cannot be flushed there.
        }

        var descriptor = Open(path, 0); // O_RDONLY
        if (descriptor < 0)
        {
            throw new IOException($"open {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw new IOException($"fsync {path}: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
