using Microsoft.EntityFrameworkCore;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Jobs;

namespace SuiviCourrier.ServiceDefaults.Idempotence;

/// <summary>Forgets the keys that nobody sends again: after 90 days, in batches, so that no request waits.</summary>
public sealed class PurgeClesIdempotenceJob(MessagerieDbContext db) : IRecurringJob
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private const int BatchSize = 5000;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM messagerie.cles_idempotence WHERE (appelant, cle) IN (
                SELECT appelant, cle FROM messagerie.cles_idempotence WHERE created_at < now() - {Kept} ORDER BY created_at LIMIT {BatchSize})
            """,
            cancellationToken) == BatchSize)
        {
        }
    }
}
