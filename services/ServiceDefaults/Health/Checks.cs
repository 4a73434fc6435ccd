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
        await using var connection = new NpgsqlConnection(connectionStrings.For(MessagerieDbContext.Role));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        await command.ExecuteScalarAsync(cancellationToken);
        return HealthCheckResult.Healthy("La base répond.");
    }
}

internal sealed class BusCheck(IBus bus) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await bus.CheckAsync(cancellationToken) is { } wrong
            ? HealthCheckResult.Unhealthy(wrong)
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

internal sealed class ProjectionCheck(IEnumerable<IProjectionLag> projections, IOptions<SanteOptions> options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>();
        var late = new List<string>();
        foreach (var projection in projections)
        {
            var lag = await projection.MeasureAsync(cancellationToken);
            data[projection.Name] = Math.Round(lag.TotalSeconds, 1);
            if (lag > options.Value.RetardMaxProjection)
            {
                late.Add(projection.Name);
            }
        }

        return late.Count > 0
            ? HealthCheckResult.Unhealthy($"En retard : {string.Join(", ", late)}.", data: data)
            : HealthCheckResult.Healthy("Les copies sont à jour.", data);
    }
}
