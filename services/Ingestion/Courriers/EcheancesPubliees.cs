using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.Courriers;

/// <param name="DueOn">Null when no answer is expected.</param>
public sealed record EcheancePubliee(DateOnly? DueOn, string RegimeLibelle, string Calcul);

/// <summary>The answer's due date as Echeances publishes it; there a moment after the registration, when its fact has been applied.</summary>
public sealed class EcheancesPubliees(IngestionDbContext db)
{
    public async Task<EcheancePubliee?> FindAsync(Guid courrierId, CancellationToken cancellationToken) =>
        (await db.Database.SqlQuery<EcheancePubliee>(
            $"""
            SELECT due_on, regime_libelle, coalesce(calcul, '') AS calcul FROM echeances.lecture_echeances
            WHERE courrier_id = {courrierId} AND kind = 'Reponse'
            """).ToListAsync(cancellationToken)).SingleOrDefault();
}
