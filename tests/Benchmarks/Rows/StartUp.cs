using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.Benchmarks.Rows;

/// <summary>
/// All roles in one process on an existing embedded database: from the command to the first page, beside a command of the same program that does
/// nothing; then the memory held after its lists have been asked for by several people at once.
/// </summary>
internal static partial class StartUp
{
    private const int Starts = 5;
    private const int Readers = 4;
    private const int Reads = 2_000;

    private static readonly string[] s_lists = ["/", "/corbeille"];

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var installation = new EmbeddedFolder();
        await using (var first = HostProcess.Start(installation.Folder, ["serve", "--urls", NewAddress().OriginalString]))
        {
            await first.ReadyAsync();
            await installation.RestAsync();
            await first.StopAsync();
        }

        var firstPage = new Measure("first page");
        var nothing = new Measure("dotnet Host.dll --help");
        for (var start = 0; start < Starts; start++)
        {
            nothing.Add(await TimeAsync(installation.Folder, ["--help"], host => host.ExitAsync()));
            var address = NewAddress();
            await using var host = await TimeStartAsync(installation.Folder, address, firstPage);
            Progress.Say(Row.Text($"  start {start + 1} of {Starts}: median {firstPage.P(50):0} ms, nothing {nothing.P(50):0} ms"));
            if (start == Starts - 1)
            {
                var (idle, loaded) = await MemoryAsync(host, address);
                await host.StopAsync();
                return [StartLine(firstPage, nothing), MemoryLine(idle, loaded)];
            }

            await host.StopAsync();
        }

        throw new InvalidOperationException("No start was measured");
    }

    private static Row StartLine(Measure firstPage, Measure nothing) => new()
    {
        What = "all roles in one process: first page, existing embedded database",
        Measured = Row.Text($"median {firstPage.P(50) / 1000:0.00} s, worst of {Starts} {firstPage.P(100) / 1000:0.00} s"),
        Limit = Row.Text($"`{nothing.Name}`: {nothing.P(50) / 1000:0.00} s"),
        Ratio = Row.Text($"{firstPage.P(50) / nothing.P(50):0.0} ×"),
        Bar = "≤ 5 s",
        IsMet = firstPage.P(100) <= 5000,
    };

    private static Row MemoryLine(int idle, int loaded) => new()
    {
        What = $"all roles in one process: memory after {Reads:N0} list pages (demonstration data, not 1 M courriers)",
        Measured = $"VmRSS {loaded} MB",
        Limit = $"before the pages: {idle} MB",
        Ratio = Row.Text($"{(double)loaded / idle:0.0} ×"),
        Bar = "≤ 350 MB",
        IsMet = loaded <= 350,
    };

    private static Uri NewAddress() => new($"http://127.0.0.1:{FreePort.Next()}");

    private static async Task<double> TimeAsync(string folder, string[] arguments, Func<HostProcess, Task> untilAsync)
    {
        var started = Stopwatch.GetTimestamp();
        await using var host = HostProcess.Start(folder, arguments);
        await untilAsync(host);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static async Task<HostProcess> TimeStartAsync(string folder, Uri address, Measure measure)
    {
        using var http = new HttpClient { BaseAddress = address };
        var started = Stopwatch.GetTimestamp();
        var host = HostProcess.Start(folder, ["serve", "--urls", address.OriginalString]);
        await Eventually.EventuallyAsync("the first page never came", async () =>
        {
            try
            {
                using var page = await http.GetAsync(new Uri("/connexion", UriKind.Relative));
                return page.StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return host.HasExited ? throw new InvalidOperationException(host.Output) : false;
            }
        });
        measure.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        await host.ReadyAsync();
        return host;
    }

    private static async Task<(int IdleMb, int LoadedMb)> MemoryAsync(HostProcess host, Uri address)
    {
        var idle = ChildProcess.MemoryOf(host.Id, "VmRSS");
        using var http = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = address };
        var password = (await File.ReadAllTextAsync(Path.Combine(DataFolderOf(host), "demonstration.motdepasse"))).Trim();
        using var agent = SignedInClient.Anonymous(address, "nadia.belkacem@indre-et-loire.invalid");
        using (var signedIn = await agent.SignInAsync(password))
        {
            if (signedIn.StatusCode != HttpStatusCode.Redirect)
            {
                throw new InvalidOperationException("The agent of the demonstration could not sign in");
            }
        }

        var asked = 0;
        await Parallel.ForAsync(0, Reads, new ParallelOptions { MaxDegreeOfParallelism = Readers }, async (_, _) =>
            await agent.ReadAsync(s_lists[Interlocked.Increment(ref asked) % s_lists.Length]));
        return (idle, ChildProcess.MemoryOf(host.Id, "VmRSS"));
    }

    private static string DataFolderOf(HostProcess host) => DataFolder().Match(host.Output).Groups[1].Value;

    [GeneratedRegex(@"Données : (.+)")]
    private static partial Regex DataFolder();
}
