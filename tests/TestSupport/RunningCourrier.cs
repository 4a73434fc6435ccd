using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SuiviCourrier.Host;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Schemas;
using SuiviCourrier.TestSupport.Brokers;

namespace SuiviCourrier.TestSupport;

/// <summary>The whole application in the test's process: real HTTP on a free port of loopback, a database of its own, every worker running.</summary>
public sealed class RunningCourrier : IAsyncDisposable
{
    private readonly RabbitMqHost? _broker;

    private RunningCourrier(WebApplication app, TestDatabase database, string folder, RabbitMqHost? broker)
    {
        App = app;
        Database = database;
        Folder = folder;
        _broker = broker;
        BaseAddress = new Uri(app.Urls.Single());
    }

    public WebApplication App { get; }
    public TestDatabase Database { get; }

    /// <summary>Files, incoming and outgoing mail of this run.</summary>
    public string Folder { get; }

    public Uri BaseAddress { get; }

    /// <param name="settings">Configuration, as <c>"Messages:MelangerEtDoubler", "true"</c>.</param>
    /// <param name="transport"><c>interne</c> or <c>rabbitmq</c>, whatever the transport of this run.</param>
    public static async Task<RunningCourrier> StartAsync(
        IReadOnlyDictionary<string, string?>? settings = null, Action<WebApplicationBuilder>? configure = null, ServiceRoles roles = ServiceRoles.All,
        string? transport = null)
    {
        var database = await TestDatabase.CreateAsync(MigrateAsync);
        var folder = Directory.CreateTempSubdirectory("courrier-test-").FullName;
        var broker = await Transport.HostAsync(transport);
        var app = Build(database.ConnectionStrings, folder, With(broker, settings), configure, roles);
        await app.StartAsync();
        return new RunningCourrier(app, database, folder, broker);
    }

    /// <summary>A scope of the running application, to call a handler directly.</summary>
    public AsyncServiceScope Scope() => App.Services.CreateAsyncScope();

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }
    }

    /// <summary>Waits until every fact published has been applied by all its consumers, or has failed for good.</summary>
    public Task UntilAppliedAsync() => Eventually.EventuallyAsync("The facts were never all applied", async () =>
        await Database.ScalarAsync<long>("SELECT (SELECT count(*) FROM messagerie.outbox) + (SELECT count(*) FROM messagerie.livraisons)") == 0
        && await Transport.IsIdleAsync(_broker, Database));

    /// <summary>Waits until nothing is left to do: facts are applied, mail has left, and what became of it is known everywhere.</summary>
    public Task UntilAtRestAsync() => Eventually.EventuallyAsync("There was always something left to do", async () =>
        await new Auditor(Database, Folder).IsAtRestAsync() && await Transport.IsIdleAsync(_broker, Database));

    /// <summary>In this run every delivery is made twice, in an order shuffled by the seed in <c>COURRIER_TESTS_SHUFFLED</c>.</summary>
    public static bool AreDeliveriesShuffled => Environment.GetEnvironmentVariable("COURRIER_TESTS_SHUFFLED") is { Length: > 0 };

    /// <summary>Settings of this run, beneath those of a test.</summary>
    internal static IEnumerable<KeyValuePair<string, string?>> ShuffledDeliveries() => !AreDeliveriesShuffled
        ? []
        : [new("Messages:MelangerEtDoubler", "true"), new("Messages:Graine", Environment.GetEnvironmentVariable("COURRIER_TESTS_SHUFFLED"))];

    /// <summary>Settings of a test, with those of the broker of this run.</summary>
    internal static Dictionary<string, string?> With(RabbitMqHost? broker, IReadOnlyDictionary<string, string?>? settings)
    {
        var all = broker?.Settings() ?? [];
        foreach (var (key, value) in settings ?? new Dictionary<string, string?>())
        {
            all[key] = value;
        }

        return all;
    }

    /// <summary>Brings an empty database to the current version, with the reference data: for <see cref="TestDatabase.CreateAsync"/>.</summary>
    public static async Task MigrateAsync(ConnectionStrings connectionStrings)
    {
        await using var app = Build(connectionStrings, Path.GetTempPath(), null, null, ServiceRoles.None);
        await app.Services.GetRequiredService<SchemaMigrator>().MigrateAsync(CancellationToken.None);
        await app.Services.GetRequiredService<SeedRunner>().SeedAsync(SeedRunner.DefaultFolder, CancellationToken.None);
    }

    internal static WebApplication Build(
        ConnectionStrings connectionStrings, string folder, IReadOnlyDictionary<string, string?>? settings,
        Action<WebApplicationBuilder>? configure, ServiceRoles roles) =>
        CourrierApplication.Build([], connectionStrings, roles, builder =>
        {
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.Configuration["Donnees:Dossier"] = folder;
            foreach (var (key, value) in ShuffledDeliveries().Concat(settings ?? new Dictionary<string, string?>()))
            {
                builder.Configuration[key] = value;
            }

            configure?.Invoke(builder);
        });
}
