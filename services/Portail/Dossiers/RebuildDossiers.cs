using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Data;

namespace SuiviCourrier.Portail.Dossiers;

/// <summary>
/// Fills every copy of every dossier again from the read views of their owners; the state of the work is not touched. For a
/// restored database, or in doubt. May run at any time, beside the facts.
/// </summary>
public sealed class RebuildDossiers(PortailDbContext db, DossierOpener opener)
{
    /// <returns>Number of courriers read.</returns>
    public async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(30));
        var count = await opener.CopyAllRegistrationsAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE portail.dossiers d SET due_on = e.due_on, regime_code = e.regime_code
            FROM portail.dossiers t LEFT JOIN echeances.lecture_echeances e ON e.courrier_id = t.courrier_id AND e.kind = 'Reponse'
            WHERE t.courrier_id = d.courrier_id AND (d.due_on IS DISTINCT FROM e.due_on OR d.regime_code IS DISTINCT FROM e.regime_code)
            """,
            cancellationToken);
        return count;
    }
}
