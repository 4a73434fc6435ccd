using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.ServiceDefaults.Jobs;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Taches;

/// <summary>
/// Opens a task for each acknowledgement by e-mail that no server has accepted when its clock runs out (one working day, CRPA R112-11-2): its sender
/// is to be written to on paper. Refused ones have theirs already.
/// </summary>
public sealed class OpenTachesAccusesJob(PortailDbContext db, SiteCourant sites, ClockGuard guard, TimeProvider clock) : IRecurringJob
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await guard.EnsureAsync(db, cancellationToken);
        var (today, now) = (await sites.TodayAsync(cancellationToken), clock.GetUtcNow());
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO portail.taches (id, kind, cle, courrier_id, opened_at)
            SELECT gen_random_uuid(), {nameof(KindTache.AccuseNonParti)}, 'accuse-non-parti:' || a.accuse_id, a.courrier_id, {now}
            FROM ingestion.lecture_accuses a
            JOIN echeances.lecture_echeances e ON e.courrier_id = a.courrier_id AND e.kind = 'AccuseEnregistrement' AND e.closed_on IS NULL AND e.due_on < {today}
            JOIN portail.dossiers d ON d.courrier_id = a.courrier_id
            WHERE a.canal = 'Courriel' AND a.etat IN ('AEnvoyer', 'Incertain')
            ON CONFLICT (cle) DO NOTHING
            """,
            cancellationToken);
    }
}
