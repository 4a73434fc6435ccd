namespace SuiviCourrier.ServiceDefaults.Jobs;

/// <summary>A recurring job of a service, run by the scheduler under the role <c>echeances</c>; one page lists them all.</summary>
/// <param name="Id">Stable, prefixed by the service: <c>echeances.relances</c>.</param>
/// <param name="Libelle">In French, for the page.</param>
/// <param name="Cron">In the site's zone.</param>
/// <param name="JobType">Resolved from the container for each run.</param>
public sealed record RecurringJob(string Id, string Libelle, string Cron, Type JobType);

/// <summary>What a recurring job does. A run may be killed and come again: its effects are unique in the database, not in the scheduler.</summary>
public interface IRecurringJob
{
    Task RunAsync(CancellationToken cancellationToken);
}
