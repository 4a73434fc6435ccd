using System.Globalization;

namespace SuiviCourrier.Host.Embedded;

/// <summary>What PostgreSQL says of itself in <c>postmaster.pid</c>: line 1 its process, 4 its port, 8 whether it is ready.</summary>
internal sealed record PostmasterFile(int Pid, int Port, bool IsReady)
{
    public static string PathIn(string data) => Path.Combine(data, "postmaster.pid");

    /// <returns>Null when there is none, or when it is being written.</returns>
    public static PostmasterFile? Read(string data)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(PathIn(data));
        }
        catch (IOException)
        {
            return null;
        }

        return lines.Length > 0 && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            ? new PostmasterFile(
                pid,
                lines.Length > 3 && int.TryParse(lines[3], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0,
                lines.Length > 7 && lines[7].Trim() == "ready")
            : null;
    }

    /// <summary>
    /// Whether that process is the PostgreSQL of these data. Not a process that was given the same number later, nor one that is
    /// dead and that nobody has collected, as happens in containers.
    /// </summary>
    public bool IsAlive(string data)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Exists;
        }

        try
        {
            var state = File.ReadAllText($"/proc/{Pid}/stat");
            return state[(state.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X')
                && File.ReadAllText($"/proc/{Pid}/cmdline").Contains(data, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Some process has this number.</summary>
    public bool Exists
    {
        get
        {
            try
            {
                using var process = System.Diagnostics.Process.GetProcessById(Pid);
                return true;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
    }
}
