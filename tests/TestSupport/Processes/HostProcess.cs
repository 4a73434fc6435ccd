using System.Text.RegularExpressions;
using NUnit.Framework;

namespace SuiviCourrier.TestSupport.Processes;

/// <summary>The program as an operator starts it: a process of its own, that can be killed.</summary>
public sealed partial class HostProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private HostProcess(ChildProcess process) => _process = process;

    /// <summary>The program as it was built with these tests.</summary>
    public static string BuiltProgram { get; } =
        Path.Combine(Repository.Root, "services", "Host", "bin", Repository.Configuration, new DirectoryInfo(AppContext.BaseDirectory).Name, "Host.dll");

    public int Id => _process.Id;

    public string Output => _process.Output;

    public bool HasExited => _process.HasExited;

    /// <param name="folder">Donnees:Dossier.</param>
    /// <param name="settings">As environment variables: <c>"Messages__Transport", "…"</c>.</param>
    /// <param name="user">Account to run it under; only root may choose.</param>
    /// <param name="input">What is typed into it before the end of its input; null: it has no keyboard of ours.</param>
    public static HostProcess Start(
        string folder, IEnumerable<string>? arguments = null, IReadOnlyDictionary<string, string?>? settings = null, string? user = null, string? program = null,
        string? input = null)
    {
        var environment = new Dictionary<string, string?>
        {
            ["Donnees__Dossier"] = folder,
            ["ConnectionStrings__Courrier"] = null,
            ["ConnectionStrings__CourrierMigration"] = null,
            ["ASPNETCORE_URLS"] = null,
            ["ASPNETCORE_ENVIRONMENT"] = null,
            ["DOTNET_ENVIRONMENT"] = null,
            ["DOTNET_CLI_HOME"] = Path.GetTempPath(),
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
        {
            environment[name] = value;
        }

        string[] command = user is null ? [] : ["setpriv", $"--reuid={user}", "--regid=nogroup", "--clear-groups", "--"];
        command = [.. command, "dotnet", program ?? BuiltProgram, .. arguments ?? []];
        return new HostProcess(ChildProcess.Start(command[0], command[1..], environment, input: input));
    }

    /// <summary>Waits until it says that it is ready, and until <c>/sante/pret</c> says so too.</summary>
    /// <returns>The address of its pages.</returns>
    public async Task<Uri> ReadyAsync()
    {
        Match said = Match.Empty;
        await Eventually.EventuallyAsync("The Host never said where it listens", () =>
        {
            Assert.That(HasExited, Is.False, () => $"The Host has stopped: {Output}");
            said = Listening().Match(Output);
            return Task.FromResult(said.Success);
        }, TimeSpan.FromMinutes(5));
        var address = new Uri(said.Groups[1].Value);
        await UntilReadyAsync(address);
        return address;
    }

    /// <summary>Again, after something it needs was away.</summary>
    public async Task UntilReadyAsync(Uri address)
    {
        using var client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };
        await _process.UntilAnswersAsync(client, "/sante/pret");
    }

    public Task<int> ExitAsync() => _process.ExitAsync(TimeSpan.FromMinutes(5));

    public Task<int> StopAsync() => _process.StopAsync(within: TimeSpan.FromMinutes(1));

    public Task KillAsync() => _process.KillAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    [GeneratedRegex(@"Courrier est prêt : (\S+)")]
    private static partial Regex Listening();
}
