using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using NUnit.Framework;

namespace SuiviCourrier.TestSupport.Processes;

/// <summary>A program of the test: its output is kept, and it does not outlive its owner.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Standard output and error, as far as they have come.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? workingDirectory = null,
        string? input = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = input is not null,
            WorkingDirectory = workingDirectory ?? Path.GetTempPath(),
        };
        // They live for seconds: instrumented code, compiled again later, would be most of what they do.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        var child = new ChildProcess(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) => child.Keep(line.Data);
        child._process.ErrorDataReceived += (_, line) => child.Keep(line.Data);
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        if (input is not null)
        {
            child._process.StandardInput.Write(input);
            child._process.StandardInput.Close();
        }

        return child;
    }

    /// <summary>Runs a program to its end; fails with its output when it fails.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        await using var child = Start(program, arguments);
        Assert.That(await child.ExitAsync(TimeSpan.FromMinutes(5)), Is.Zero, () => $"{program} {string.Join(' ', arguments)}: {child.Output}");
        return child.Output;
    }

    /// <summary>In megabytes, as the system counts the memory of a process.</summary>
    /// <param name="field"><c>VmRSS</c>: now; <c>VmHWM</c>: at most since <see cref="ForgetPeak"/>.</param>
    public static int MemoryOf(int process, string field) => int.Parse(
        File.ReadLines($"/proc/{process}/status").Single(l => l.StartsWith(field + ":", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1024;

    /// <summary>The largest memory of a process is counted from now on (proc(5), clear_refs).</summary>
    public static void ForgetPeak(int process) => File.WriteAllText($"/proc/{process}/clear_refs", "5");

    /// <summary>Processes it has started, and those they have started.</summary>
    public static IReadOnlyList<int> DescendantsOf(int process)
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Select(f => Path.GetFileName(f)).Where(f => f.All(char.IsAsciiDigit)))
        {
            try
            {
                // « pid (name) state parent … »: the name may hold anything.
                var stat = File.ReadAllText($"/proc/{folder}/stat");
                parents[int.Parse(folder, CultureInfo.InvariantCulture)] =
                    int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }

        List<int> found = [process];
        for (var at = 0; at < found.Count; at++)
        {
            found.AddRange(parents.Where(p => p.Value == found[at]).Select(p => p.Key));
        }

        return found[1..];
    }

    /// <summary>Waits until it answers 200 there; fails with what it has said when it stops, or never does.</summary>
    public Task UntilAnswersAsync(HttpClient client, string path)
    {
        var said = "nothing";
        return Eventually.EventuallyAsync($"{client.BaseAddress}{path[1..]} never answered 200", async () =>
        {
            if (HasExited)
            {
                throw new AssertionException($"{_process.StartInfo.FileName} stopped: {Output}");
            }

            try
            {
                using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
                said = await answer.Content.ReadAsStringAsync();
                return answer.IsSuccessStatusCode;
            }
            catch (Exception notYet) when (notYet is HttpRequestException or SocketException or TaskCanceledException)
            {
                said = notYet.Message;
                return false;
            }
        }, TimeSpan.FromMinutes(4), () => $"{said}\n{Output}");
    }

    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{_process.StartInfo.FileName} is still running after {within.TotalSeconds:0} s:\n{Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>SIGKILL, to it alone: what it has started goes on, as after a crash.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to stop (SIGTERM unless told otherwise), and waits until it has.</summary>
    public async Task<int> StopAsync(string signal = "TERM", TimeSpan? within = null)
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-" + signal, Id.ToString()]);
            await kill.WaitForExitAsync();
        }

        return await ExitAsync(within ?? TimeSpan.FromMinutes(2));
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }
        }
    }
}
