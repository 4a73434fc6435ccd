using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.ServiceDefaults.Health;

internal sealed class DatabaseCheck(ConnectionStrings connectionStrings) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionStrings.For(MessagerieDbContext.Role));
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy("La base répond.");
        }
        catch (NpgsqlException)
        {
            return HealthCheckResult.Unhealthy("La base de données ne répond pas.");
        }
    }
}

/// <summary>The transport works, and the relay that feeds it comes round.</summary>
internal sealed class BusCheck(IBus bus, Pulse relay, IOptions<SanteOptions> options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await bus.CheckAsync(cancellationToken) is { } wrong ? HealthCheckResult.Unhealthy(wrong)
            : relay.Silence > options.Value.SilenceMaxRelais ? HealthCheckResult.Unhealthy($"Le relais des messages n’a rien relevé depuis {relay.Silence.TotalSeconds:0} s : il est arrêté ou bloqué.")
            : HealthCheckResult.Healthy($"Transport « {bus.Name} ».");
}

/// <summary>Facts wait: for a moment, normal; for minutes, the relay is stuck or gone.</summary>
internal sealed class OutboxCheck(ConnectionStrings connectionStrings, IOptions<SanteOptions> options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var connection = new NpgsqlConnection(connectionStrings.For(MessagerieDbContext.Role));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT coalesce(extract(epoch FROM clock_timestamp() - min(not_before) FILTER (WHERE not_before <= clock_timestamp())), 0)::float8,
                   coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8
            FROM messagerie.outbox
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var late = TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(0)));
        var data = new Dictionary<string, object> { ["retard_s"] = Math.Round(late.TotalSeconds, 1), ["age_s"] = Math.Round(Math.Max(0, reader.GetDouble(1)), 1) };
        return late > options.Value.RetardMaxEnvoi
            ? HealthCheckResult.Unhealthy($"Le plus ancien message à envoyer attend depuis {late.TotalSeconds:0} s.", data: data)
            : HealthCheckResult.Healthy("Les messages partent.", data);
    }
}

/// <summary>Dates are decided with this machine's clock, before Horloge:Decalage: it must agree with the database's.</summary>
internal sealed class ClockCheck(ConnectionStrings connectionStrings, IOptions<SanteOptions> options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var connection = new NpgsqlConnection(connectionStrings.For(MessagerieDbContext.Role));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var asked = Stopwatch.StartNew();
        var theirs = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!, TimeSpan.Zero);
        var gap = TimeProvider.System.GetUtcNow() - (asked.Elapsed / 2) - theirs;
        var data = new Dictionary<string, object> { ["ecart_s"] = Math.Round(gap.TotalSeconds, 1) };
        return gap.Duration() > options.Value.EcartMaxHorloge
            ? HealthCheckResult.Unhealthy($"L’horloge de cette machine et celle de la base diffèrent de {gap.Duration().TotalSeconds:0} s.", data: data)
            : HealthCheckResult.Healthy("Les horloges concordent.", data);
    }
}

/// <summary>
/// How far each service is behind the facts of the others: age of the oldest fact one of its consumers has not applied. Deliveries
/// that failed for good hold nothing up any more: they only degrade.
/// </summary>
internal sealed class ProjectionCheck(
    ConnectionStrings connectionStrings, IEnumerable<Consumer> consumers, IEnumerable<IProjectionLag> projections, IOptions<SanteOptions> options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var lags = await LagOfServicesAsync(cancellationToken);
        foreach (var projection in projections)
        {
            lags[projection.Name] = await projection.MeasureAsync(cancellationToken);
        }

        var failures = await FailuresAsync(cancellationToken);
        var data = lags.ToDictionary(l => l.Key, l => (object)Math.Round(l.Value.TotalSeconds, 1));
        data["echecs"] = failures;
        var late = lags.Where(l => l.Value > options.Value.RetardMaxProjection).Select(l => l.Key).ToList();
        return late.Count > 0 ? HealthCheckResult.Unhealthy($"En retard : {string.Join(", ", late)}.", data: data)
            : failures > 0 ? HealthCheckResult.Degraded($"{failures} message(s) attendent une décision sur la page des échecs.", data: data)
            : HealthCheckResult.Healthy("Les copies sont à jour.", data);
    }

    private async Task<Dictionary<string, TimeSpan>> LagOfServicesAsync(CancellationToken cancellationToken)
    {
        var known = consumers.ToList();
        var lags = known.Select(c => c.Service).Distinct().ToDictionary(name => name, _ => TimeSpan.Zero);
        await using var connection = new NpgsqlConnection(connectionStrings.For(MessagerieDbContext.Role));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT c.name, extract(epoch FROM clock_timestamp() - min(o.created_at))::float8
            FROM messagerie.outbox o
            JOIN unnest($1::text[], $2::text[]) AS c(type, name) ON c.type = o.type AND (o.consumer IS NULL OR o.consumer = c.name)
            WHERE NOT EXISTS (SELECT FROM messagerie.inbox i WHERE i.message_id = o.message_id AND i.consumer = c.name)
            GROUP BY c.name
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = known.Select(c => FactJson.NameOf(c.FactType)).ToArray() },
                new() { Value = known.Select(c => c.Name).ToArray() },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var service = known.First(c => c.Name == reader.GetString(0)).Service;
            var lag = TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(1)));
            lags[service] = lag > lags[service] ? lag : lags[service];
        }

        return lags;
    }

    private async Task<long> FailuresAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionStrings.For(MessagerieDbContext.Role));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT count(*) FROM messagerie.echecs WHERE resolved_at IS NULL", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
