using Hangfire;
using Hangfire.Storage;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.ServiceDefaults.Time;
using RecurringJob = SuiviCourrier.ServiceDefaults.Jobs.RecurringJob;

namespace SuiviCourrier.Echeances.Jobs;

/// <summary>Every recurring job of every service, with its last run and the next. Administrators only.</summary>
[Authorize(Policy = HangfireScheduling.AdministratorsPolicy)]
public sealed class IndexModel(IEnumerable<RecurringJob> jobs, JobStorage storage, SiteCourant sites) : PageModel
{
    public IReadOnlyList<Line> Lines { get; private set; } = [];
    public Site Site { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Site = await sites.GetAsync(cancellationToken);
        using var connection = storage.GetConnection();
        var known = connection.GetRecurringJobs().ToDictionary(j => j.Id, StringComparer.Ordinal);
        Lines = [.. jobs.OrderBy(j => j.Id, StringComparer.Ordinal).Select(j => new Line(j, known.GetValueOrDefault(j.Id)))];
    }

    public sealed record Line(RecurringJob Job, RecurringJobDto? Known)
    {
        public DateTimeOffset? Last => Instant(Known?.LastExecution);
        public DateTimeOffset? Next => Instant(Known?.NextExecution);

        /// <summary>How often, in words; the expression itself when it is not one of ours.</summary>
        public string Rythme => Job.Cron.Split(' ') switch
        {
            ["*", "*", "*", "*", "*"] => "chaque minute",
            [var minute, "*", "*", "*", "*"] => $"chaque heure, à {minute} min",
            [var minute, var heure, "*", "*", "*"] => $"chaque jour à {heure} h {minute.PadLeft(2, '0')}",
            _ => Job.Cron,
        };

        public string Etat => Known switch
        {
            null => "pas encore planifiée",
            { LastExecution: null } => "n’a pas encore tourné",
            { LastJobState: "Succeeded" } => "faite",
            { LastJobState: "Processing" or "Enqueued" or "Scheduled" } => "en cours",
            _ => "échouée : voir le journal du serveur",
        };

        private static DateTimeOffset? Instant(DateTime? utc) =>
            utc is null ? null : new DateTimeOffset(DateTime.SpecifyKind(utc.Value, DateTimeKind.Utc));
    }
}
