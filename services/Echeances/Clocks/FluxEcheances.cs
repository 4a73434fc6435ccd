using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Echeances.Data;

namespace SuiviCourrier.Echeances.Clocks;

/// <summary>The stream of facts of this service: one version after the other for each courrier, whoever publishes (a consumer, a page, a sweep).</summary>
public sealed class FluxEcheances(EcheancesDbContext db)
{
    public const string Source = "echeances";

    /// <summary>Takes the next version, and with it the courrier's row until the transaction ends. The row is saved already.</summary>
    public async Task<int> NextVersionAsync(Guid courrierId, CancellationToken cancellationToken) =>
        (await db.Database
            .SqlQuery<int>($"""UPDATE echeances.suivis SET version_publiee = version_publiee + 1 WHERE courrier_id = {courrierId} RETURNING version_publiee AS "Value" """)
            .ToListAsync(cancellationToken)).Single();

    /// <summary>As <see cref="NextVersionAsync"/>, for many courriers in one statement.</summary>
    public async Task<IReadOnlyDictionary<Guid, int>> NextVersionsAsync(IReadOnlyCollection<Guid> courrierIds, CancellationToken cancellationToken) =>
        (await db.Database
            .SqlQuery<VersionPrise>(
                $"""
                UPDATE echeances.suivis SET version_publiee = version_publiee + 1 WHERE courrier_id = ANY({courrierIds}) RETURNING courrier_id, version_publiee AS version
                """)
            .ToListAsync(cancellationToken)).ToDictionary(v => v.CourrierId, v => v.Version);

    private sealed record VersionPrise(Guid CourrierId, int Version);
}
