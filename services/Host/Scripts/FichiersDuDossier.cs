using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace SuiviCourrier.Host.Scripts;

/// <summary>
/// The regular files below a folder, whatever the bytes of their names. On Unix a name is bytes: those that are not UTF-8 cannot be opened
/// through .NET's paths, so that names are listed by <c>find</c> and opened by the system itself.
/// </summary>
internal sealed partial class FichiersDuDossier
{
    private readonly byte[] _folder;

    private FichiersDuDossier(string folder, IReadOnlyList<byte[]> names)
    {
        _folder = Encoding.UTF8.GetBytes(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar);
        Names = names;
    }

    /// <summary>Paths below the folder, in the order of their bytes.</summary>
    public IReadOnlyList<byte[]> Names { get; }

    public static string TextOf(byte[] name) => Encoding.UTF8.GetString(name);

    public static async Task<FichiersDuDossier> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var names = OperatingSystem.IsWindows() ? ListOnWindows(folder) : await ListByFindAsync(folder, cancellationToken);
        names.Sort((one, other) => one.AsSpan().SequenceCompareTo(other));
        return new FichiersDuDossier(folder, names);
    }

    /// <exception cref="IOException">It cannot be read; the message is in French.</exception>
    public FileStream Open(byte[] name)
    {
        byte[] path = [.. _folder, .. name];
        if (OperatingSystem.IsWindows())
        {
            return File.OpenRead(Encoding.UTF8.GetString(path));
        }

        const int ReadOnlyCloseOnExec = 0x80000;
        var handle = OpenFile([.. path, 0], OperatingSystem.IsLinux() ? ReadOnlyCloseOnExec : 0);
        if (handle.IsInvalid)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        }

        return new FileStream(handle, FileAccess.Read, bufferSize: 64 << 10);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial SafeFileHandle OpenFile(byte[] path, int flags);

    private static List<byte[]> ListOnWindows(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Select(f => Encoding.UTF8.GetBytes(Path.GetRelativePath(folder, f)))];

    private static async Task<List<byte[]>> ListByFindAsync(string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("find", [".", "-type", "f", "-print0"]) { RedirectStandardOutput = true, WorkingDirectory = folder };
        using var find = Process.Start(start) ?? throw new RefusedException("Le programme « find » est introuvable.");
        using var listed = new MemoryStream();
        await find.StandardOutput.BaseStream.CopyToAsync(listed, cancellationToken);
        await find.WaitForExitAsync(cancellationToken);
        var names = new List<byte[]>();
        var rest = listed.ToArray().AsSpan();
        while (rest.IndexOf((byte)0) is >= 0 and var end)
        {
            // « ./name »
            names.Add(rest[2..end].ToArray());
            rest = rest[(end + 1)..];
        }

        return names;
    }
}
