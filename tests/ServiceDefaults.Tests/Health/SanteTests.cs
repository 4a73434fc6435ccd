using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.ServiceDefaults.Health;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.ServiceDefaults.Tests.Health;

/// <summary>Each thing that <c>/sante/pret</c> watches, made bad, then good again.</summary>
[Parallelizable(ParallelScope.Children)]
public sealed class SanteTests
{
    [Test]
    public async Task Pret_WhenAllIsWell_NamesEachControlAndItsMeasures()
    {
        await using var courrier = await StartAsync();

        var (status, controles) = await AskAsync(courrier);

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(controles.Keys, Is.SupersetOf(new[] { "base", "bus", "envois", "horloge", "projections", "taches" }));
        Assert.That(controles.Values.Select(c => c.Etat), Is.All.EqualTo("ok"));
        Assert.That(controles["projections"].Mesures, Is.SupersetOf(new[] { "echeances", "portail" }), "a lag for each service");
    }

    [Test]
    public async Task Pret_WhileTheDatabaseIsAway_SaysSo()
    {
        await using var courrier = await StartAsync();
        await using var elsewhere = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(courrier.Database.ConnectionStrings.Migration) { Database = "postgres", Pooling = false }.ConnectionString);
        await elsewhere.OpenAsync();

        await ExecuteAsync(
            elsewhere,
            $"ALTER DATABASE {courrier.Database.Name} ALLOW_CONNECTIONS false; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{courrier.Database.Name}'");

        await BadThenAsync(courrier, "base", "La base de données ne répond pas");
        using var alive = new HttpClient { BaseAddress = courrier.BaseAddress };
        Assert.That((await alive.GetAsync("/sante/vivant")).StatusCode, Is.EqualTo(HttpStatusCode.OK), "a process without its database still lives");
        await ExecuteAsync(elsewhere, $"ALTER DATABASE {courrier.Database.Name} ALLOW_CONNECTIONS true");
        await GoodAgainAsync(courrier);
    }

    /// <summary>A consumer that cannot go on holds everything up: each control sees it once its own limit is passed.</summary>
    [TestCase("RetardMaxEnvoi", "envois", "attend depuis")]
    [TestCase("RetardMaxProjection", "projections", "En retard : echeances")]
    [TestCase("SilenceMaxRelais", "bus", "Le relais des messages n’a rien relevé depuis")]
    public async Task Pret_WhileAConsumerIsStuck_SaysWhatWaits(string limit, string controle, string reason)
    {
        await using var courrier = await StartAsync(new() { [$"Sante:{limit}"] = "00:00:01" });
        var courrierId = Guid.CreateVersion7();
        await using var holder = new NpgsqlConnection(courrier.Database.ConnectionStrings.Migration);
        await holder.OpenAsync();
        await ExecuteAsync(holder, $"SELECT pg_advisory_lock(hashtextextended('echeances:{courrierId}', 0))");

        await using (var scope = courrier.Scope())
        {
            var db = scope.ServiceProvider.GetRequiredService<PortailDbContext>();
            db.Outbox.Publish(new CourrierQualified
            {
                Source = "portail",
                CourrierId = courrierId,
                Version = 1,
                Etat = new EtatDossier { Etat = EtatCourrier.Enregistre },
            });
            await db.SaveChangesAsync();
        }

        await BadThenAsync(courrier, controle, reason);
        await ExecuteAsync(holder, "SELECT pg_advisory_unlock_all()");
        await GoodAgainAsync(courrier);
    }

    [Test]
    public async Task Pret_WhileAControlFindsNoAnswer_SaysSoInTime()
    {
        await using var courrier = await RunningCourrier.StartAsync(configure: builder => builder.Services.AddHealthChecks().AddControle<Silent>("muet"));

        var (status, controles) = await AskAsync(courrier);

        Assert.That(status, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That((controles["muet"].Etat, controles["muet"].Message), Is.EqualTo(("en panne", "Sans réponse en 5 s.")));
    }

    private sealed class Silent : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return HealthCheckResult.Healthy();
        }
    }

    [Test]
    public async Task Pret_WithoutAnySchedulerAlive_SaysThatRemindersDoNotLeave()
    {
        await using var courrier = await StartAsync(roles: ServiceRoles.Portail | ServiceRoles.Ingestion);

        await BadThenAsync(courrier, "taches", "Aucun ordonnanceur ne travaille");
        await using var connection = new NpgsqlConnection(courrier.Database.ConnectionStrings.Migration);
        await connection.OpenAsync();
        await ExecuteAsync(connection, "INSERT INTO hangfire.server (id, data, lastheartbeat) VALUES ('ailleurs', '{\"StartedAt\": \"2026-05-06T08:00:00Z\"}', now() - interval '10 minutes')");
        await BadThenAsync(courrier, "taches", "Aucun ordonnanceur ne travaille");
        await ExecuteAsync(connection, "UPDATE hangfire.server SET lastheartbeat = now()");
        await GoodAgainAsync(courrier);
    }

    [Test]
    public async Task Pret_WithoutTheTablesOfTheScheduler_SaysSo()
    {
        await using var courrier = await StartAsync();
        await using var connection = new NpgsqlConnection(courrier.Database.ConnectionStrings.Migration);
        await connection.OpenAsync();

        await ExecuteAsync(connection, "ALTER TABLE hangfire.server RENAME TO ailleurs");

        await BadThenAsync(courrier, "taches", "Les tables de l’ordonnanceur ne répondent pas");
        await ExecuteAsync(connection, "ALTER TABLE hangfire.ailleurs RENAME TO server");
        await GoodAgainAsync(courrier);
    }

    [Test]
    public async Task Pret_WithADeliveryThatFailedForGood_IsDegradedAndStillReady()
    {
        await using var courrier = await StartAsync();
        await using var connection = new NpgsqlConnection(courrier.Database.ConnectionStrings.Migration);
        await connection.OpenAsync();

        await ExecuteAsync(
            connection,
            """
            INSERT INTO messagerie.echecs (id, message_id, consumer, type, payload, erreur, attempts, failed_at)
            VALUES (gen_random_uuid(), gen_random_uuid(), 'portail.essai', 'Courriers.Essai', '{}', 'essai', 6, now())
            """);

        var (status, controles) = await AskAsync(courrier);
        Assert.That((status, controles["projections"].Etat), Is.EqualTo((HttpStatusCode.OK, "degrade")));
        Assert.That(controles["projections"].Message, Does.Contain("page des échecs"));
    }

    /// <summary>Everything but what is under test may take its time.</summary>
    private static async Task<RunningCourrier> StartAsync(Dictionary<string, string?>? settings = null, ServiceRoles roles = ServiceRoles.All)
    {
        var courrier = await RunningCourrier.StartAsync(settings, roles: roles);
        if (roles.HasFlag(ServiceRoles.Echeances))
        {
            await GoodAgainAsync(courrier);
        }

        return courrier;
    }

    private static Task BadThenAsync(RunningCourrier courrier, string controle, string reason) =>
        EventuallyAsync($"« {reason} » was never said", async () =>
        {
            var (status, controles) = await AskAsync(courrier);
            return status == HttpStatusCode.ServiceUnavailable
                && controles[controle].Etat == "en panne"
                && controles[controle].Message.Contains(reason, StringComparison.Ordinal);
        });

    private static Task GoodAgainAsync(RunningCourrier courrier) =>
        EventuallyAsync("it never was ready", async () => (await AskAsync(courrier)).Status == HttpStatusCode.OK);

    private static async Task<(HttpStatusCode Status, Dictionary<string, Controle> Controles)> AskAsync(RunningCourrier courrier)
    {
        using var http = new HttpClient { BaseAddress = courrier.BaseAddress };
        using var answer = await http.GetAsync("/sante/pret");
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return (answer.StatusCode, body.RootElement.GetProperty("controles").EnumerateArray().ToDictionary(
            c => c.GetProperty("nom").GetString()!,
            c => new Controle(
                c.GetProperty("etat").GetString()!, c.GetProperty("message").GetString()!, [.. c.GetProperty("mesures").EnumerateObject().Select(m => m.Name)])));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private sealed record Controle(string Etat, string Message, IReadOnlyList<string> Mesures);
}
