using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Health;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Antivirus;

/// <summary>Scans files as they come, one at a time. A scanner that is away is waited for: nothing else is.</summary>
public sealed partial class ScanPieces(IServiceScopeFactory scopes, IOptions<AntivirusOptions> options, ILogger<ScanPieces> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => UnParUn.WorkAsync<ScanPiece>(
        scopes, (next, token) => next.ExecuteAsync(token), options.Value.Poll, options.Value.Repos, LogWillRetry, stoppingToken);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Files cannot be scanned at the moment: they stay « non analysé »; it will be tried again")]
    private partial void LogWillRetry(Exception failure);
}

/// <summary>Letters are registered without a scanner: its absence is said, and stops nothing.</summary>
internal sealed class AntivirusCheck(Clamd clamd) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await clamd.PingAsync(cancellationToken);
            return HealthCheckResult.Healthy("L’antivirus répond.");
        }
        catch (AntivirusException away)
        {
            return HealthCheckResult.Degraded($"{away.Message} : les pièces restent « non analysé ».");
        }
    }
}

public static class AntivirusRegistration
{
    /// <summary>Scanning of files, when a scanner is named.</summary>
    public static IHostApplicationBuilder AddAntivirus(this IHostApplicationBuilder builder, ServiceRoles roles)
    {
        var section = builder.Configuration.GetSection("Antivirus");
        builder.Services.Configure<AntivirusOptions>(section);
        builder.Services.AddSingleton<Clamd>();
        builder.Services.AddScoped<ScanPiece>();
        if (roles.HasFlag(ServiceRoles.Ingestion) && !string.IsNullOrWhiteSpace(section["Adresse"]))
        {
            builder.Services.AddHostedService<ScanPieces>();
            builder.Services.AddHealthChecks().AddControle<AntivirusCheck>("antivirus", HealthStatus.Degraded);
        }

        return builder;
    }
}
