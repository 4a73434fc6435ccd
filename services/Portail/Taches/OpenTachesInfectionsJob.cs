using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.ServiceDefaults.Jobs;

namespace SuiviCourrier.Portail.Taches;

/// <summary>Opens a task for each file in which the scanner has found something: whoever follows the courrier, and supervisors, see it on their home page.</summary>
public sealed class OpenTachesInfectionsJob(PortailDbContext db, TimeProvider clock) : IRecurringJob
{
    public Task RunAsync(CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""
        INSERT INTO portail.taches (id, kind, cle, courrier_id, opened_at)
        SELECT gen_random_uuid(), {nameof(KindTache.PieceInfectee)}, 'piece-infectee:' || p.piece_id, p.courrier_id, {clock.GetUtcNow()}
        FROM ingestion.lecture_pieces p
        JOIN portail.dossiers d ON d.courrier_id = p.courrier_id
        WHERE p.etat_analyse = 'Infectee'
        ON CONFLICT (cle) DO NOTHING
        """,
        cancellationToken);
}
