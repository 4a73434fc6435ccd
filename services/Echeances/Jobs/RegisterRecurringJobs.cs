using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SuiviCourrier.ServiceDefaults.Jobs;
using SuiviCourrier.ServiceDefaults.Time;
using RecurringJob = SuiviCourrier.ServiceDefaults.Jobs.RecurringJob;

namespace SuiviCourrier.Echeances.Jobs;

/// <summary>
/// Gives the declared jobs to the scheduler, and takes back those no longer declared. It tries again until it succeeds: a lock left by a
/// killed process makes the registration throw for a minute, and must not keep the application from starting.
/// </summary>
public sealed partial class RegisterRecurringJobs(
    IRecurringJobManagerV2 manager, JobStorage storage, IEnumerable<RecurringJob> jobs, SiteCourant sites, ILogger<RegisterRecurringJobs> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!await TryRegisterAsync(stoppingToken))
        {
            await Task.Delay(s_pause, stoppingToken);
        }
    }

    private async Task<bool> TryRegisterAsync(CancellationToken cancellationToken)
    {
        try
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById((await sites.GetAsync(cancellationToken)).Fuseau);
            foreach (var job in jobs)
            {
                manager.AddOrUpdate<RecurringJobRunner>(
                    job.Id, runner => runner.RunAsync(job.Id, CancellationToken.None), job.Cron, new RecurringJobOptions { TimeZone = zone });
            }

            using var connection = storage.GetConnection();
            foreach (var known in connection.GetRecurringJobs().Where(known => !jobs.Any(j => j.Id == known.Id)))
            {
                manager.RemoveIfExists(known.Id);
            }

            return true;
        }
#pragma warning disable CA1031 // Whatever prevents it now (database away, no site yet, a stale lock) may be gone in ten seconds.
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogWillRetry(failure);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The recurring jobs could not be registered; it will be tried again")]
    private partial void LogWillRetry(Exception failure);
}

/// <summary>What the scheduler runs: the declared job, in a scope of its own. A failed run is not repeated, the next tick is; the log is the alarm.</summary>
public sealed partial class RecurringJobRunner(IServiceScopeFactory scopes, IEnumerable<RecurringJob> jobs, ILogger<RecurringJobRunner> logger)
{
    [AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    public async Task RunAsync(string id, CancellationToken cancellationToken)
    {
        var job = jobs.SingleOrDefault(j => j.Id == id) ?? throw new InvalidOperationException($"No recurring job is named {id}");
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            await ((IRecurringJob)scope.ServiceProvider.GetRequiredService(job.JobType)).RunAsync(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(failure, id);
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Recurring job {JobId} failed; it runs again at its next time")]
    private partial void LogFailed(Exception failure, string jobId);
}
