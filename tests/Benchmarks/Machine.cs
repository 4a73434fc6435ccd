using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace SuiviCourrier.Benchmarks;

/// <summary>Where and when the figures were taken: they say nothing without it.</summary>
internal static class Machine
{
    /// <summary>How many processes wanted a core in the last minute: 0 is a machine at rest.</summary>
    public static double LoadAverage() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    public static async Task<IReadOnlyList<string>> DescribeAsync(string postgresVersion, double loadAtStart)
    {
        var cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(": ", 2)[1] ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = long.Parse(File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024 / 1024;
        var system = File.ReadLines("/etc/os-release").Single(l => l.StartsWith("PRETTY_NAME=", StringComparison.Ordinal)).Split('=', 2)[1].Trim('"');
        var changed = await GitAsync("status", "--porcelain", "--untracked-files=no", "--", "services", "tests", "contracts") is { Length: > 0 } ? " with changes" : "";
        return
        [
            $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, commit {await GitAsync("rev-parse", "--short", "HEAD")}{changed}",
            $"{Environment.ProcessorCount} cores ({cpu}), {memory} GB, {system}, kernel {Environment.OSVersion.Version}",
            $".NET {Environment.Version}, PostgreSQL {postgresVersion} (fsync, synchronous_commit and full_page_writes on, otherwise as `initdb` leaves it), everything on this machine",
            Row.Text($"one write of 4 KB made durable (fsync): median {FlushMilliseconds():0.00} ms; load average when the run began: {loadAtStart:0.00}"),
        ];
    }

    private static double FlushMilliseconds()
    {
        var path = Path.Combine(Path.GetTempPath(), $"courrier-mesure-{Environment.ProcessId}");
        var times = new List<double>();
        using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose))
        {
            var page = new byte[4096];
            for (var write = 0; write < 300; write++)
            {
                var started = Stopwatch.GetTimestamp();
                file.Write(page);
                file.Flush(flushToDisk: true);
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        return Measure.Percentile(times, 0.5);
    }

    private static async Task<string> GitAsync(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, WorkingDirectory = TestSupport.Repository.Root })!;
        var said = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();
        return said.Trim();
    }
}
