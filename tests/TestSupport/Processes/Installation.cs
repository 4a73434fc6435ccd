using SuiviCourrier.Host.Embedded;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.TestSupport.Brokers;

namespace SuiviCourrier.TestSupport.Processes;

/// <summary>
/// One installation apart from any process: a database, a folder, an address. The Host runs on it as its own process, and may be
/// killed, stopped, moved in time and started again.
/// </summary>
public sealed class Installation : IAsyncDisposable
{
    private readonly Dictionary<string, string?> _settings;
    private ChildProcess? _host;

    private readonly RabbitMqHost? _broker;

    private Installation(TestDatabase database, IReadOnlyDictionary<string, string?>? settings, RabbitMqHost? broker)
    {
        Database = database;
        _settings = RunningCourrier.With(broker, settings);
        _broker = broker;
        BaseAddress = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        Http = new HttpClient { BaseAddress = BaseAddress };
    }

    public TestDatabase Database { get; }

    /// <summary>Files, incoming and outgoing mail.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("courrier-installation-").FullName;

    public Uri BaseAddress { get; }

    /// <summary>Somebody who has not signed in; the process may come and go.</summary>
    public HttpClient Http { get; }

    /// <summary>The running Host, as the system knows it.</summary>
    public int ProcessId => _host?.Id ?? throw new InvalidOperationException("The Host does not run");

    /// <summary>What the Host has printed since it was last started.</summary>
    public string Output => _host?.Output ?? string.Empty;

    /// <param name="broker">Carries its messages, and goes with it; null: as the other tests of this run.</param>
    public static async Task<Installation> CreateAsync(IReadOnlyDictionary<string, string?>? settings = null, RabbitMqHost? broker = null) =>
        new(await TestDatabase.CreateAsync(RunningCourrier.MigrateAsync), settings, broker ?? await Transport.HostAsync());

    /// <summary>On a server of the test's own, which may be killed too.</summary>
    public static async Task<Installation> CreateAsync(EmbeddedPostgres server, IReadOnlyDictionary<string, string?> settings) =>
        new(await TestDatabase.OnAsync(server, RunningCourrier.MigrateAsync), settings, await Transport.HostAsync());

    /// <summary>Nothing waits any more, in the tables or at the broker.</summary>
    public async Task<bool> IsAtRestAsync() => await new Auditor(Database, Folder).IsAtRestAsync() && await IsIdleAsync();

    /// <summary>No delivery waits or is being worked on, whatever else is to be done.</summary>
    public Task<bool> IsIdleAsync() => Transport.IsIdleAsync(_broker, Database);

    /// <summary>Starts the Host and waits until it says it can work.</summary>
    /// <param name="clockShift">How far its clock is moved from the real one.</param>
    public async Task StartAsync(TimeSpan clockShift = default)
    {
        Launch(clockShift);
        await UntilReadyAsync();
    }

    /// <summary>Waits until the Host that was launched says it can work.</summary>
    public Task UntilReadyAsync() => _host!.UntilAnswersAsync(Http, "/sante/pret");

    /// <summary>Starts the Host and does not wait.</summary>
    public ChildProcess Launch(TimeSpan clockShift = default) => _host = Launch(BaseAddress, [], clockShift);

    /// <summary>Starts one of several processes on this installation.</summary>
    internal ChildProcess Launch(Uri address, IEnumerable<string> arguments, TimeSpan clockShift = default)
    {
        var environment = new Dictionary<string, string?>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ConnectionStrings__Courrier"] = Database.ConnectionStrings.Courrier,
            ["ConnectionStrings__CourrierMigration"] = Database.ConnectionStrings.Migration,
            ["Donnees__Dossier"] = Folder,
            ["Horloge__Decalage"] = clockShift.ToString("c"),
            ["Logging__LogLevel__Default"] = "Warning",
        };
        foreach (var (key, value) in RunningCourrier.ShuffledDeliveries().Concat(_settings))
        {
            environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        var program = Path.Combine(Repository.Root, "services", "Host", "bin", Repository.Configuration, "net10.0", "Host.dll");
        return ChildProcess.Start("dotnet", [program, "--urls", address.GetLeftPart(UriPartial.Authority), .. arguments], environment);
    }

    /// <summary>SIGKILL: nothing is finished, nothing is put away.</summary>
    public async Task KillAsync()
    {
        if (_host is not null)
        {
            await _host.KillAsync();
            await _host.DisposeAsync();
            _host = null;
        }
    }

    /// <summary>Just after a kill: conversations with the mail server it has cut after DATA. So many messages may become uncertain, and no more.</summary>
    public async Task<int> CutsInDataAsync() => (int)await Database.ScalarAsync<long>(
        "SELECT count(*) FROM messagerie.courriels_sortants WHERE etat = 'EnCours' AND data_started AND leased_until > clock_timestamp()");

    /// <summary>SIGTERM, and waits until everything is put away.</summary>
    public async Task StopAsync()
    {
        if (_host is not null)
        {
            var exitCode = await _host.StopAsync();
            if (exitCode != 0)
            {
                throw new InvalidOperationException($"The Host ended with {exitCode}: {_host.Output}");
            }

            await _host.DisposeAsync();
            _host = null;
        }
    }

    /// <summary>Calls the application's own code on this installation, without any worker.</summary>
    public async Task<T> InProcessAsync<T>(Func<IServiceProvider, Task<T>> callAsync)
    {
        await using var app = RunningCourrier.Build(Database.ConnectionStrings, Folder, _settings, null, ServiceRoles.None);
        await using var scope = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.CreateAsyncScope(app.Services);
        return await callAsync(scope.ServiceProvider);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Http.Dispose();
        await Database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }
    }
}
