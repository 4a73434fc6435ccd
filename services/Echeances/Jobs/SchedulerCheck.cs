using Hangfire;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.Echeances.Jobs;

/// <summary>The storage of the scheduler answers, and a scheduler lives somewhere: without one no reminder leaves.</summary>
public sealed class SchedulerCheck(JobStorage storage, EcheancesDbContext db) : IHealthCheck
{
    /// <summary>Six heartbeats: a scheduler that stops properly is gone at once, one that was killed is believed for so long.</summary>
    private static readonly TimeSpan s_silence = TimeSpan.FromMinutes(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Heartbeats are written with the clock of the database.
            var servers = storage.GetMonitoringApi().Servers();
            var now = (await db.NowAsync(cancellationToken)).UtcDateTime;
            var alive = servers.Count(server => now - server.Heartbeat < s_silence);
            var data = new Dictionary<string, object> { ["ordonnanceurs"] = alive };
            return alive > 0
                ? HealthCheckResult.Healthy("L’ordonnanceur travaille.", data)
                : HealthCheckResult.Unhealthy("Aucun ordonnanceur ne travaille : les relances ne partent pas.", data: data);
        }
        catch (NpgsqlException)
        {
            return HealthCheckResult.Unhealthy("Les tables de l’ordonnanceur ne répondent pas : les relances ne partent pas.");
        }
    }
}
