using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Data;

namespace SuiviCourrier.Portail.Comptes.ClesApi;

/// <summary>Ends a key, at once and for good: the next request that carries it is refused.</summary>
public sealed class RevokeCle(PortailDbContext db, TimeProvider clock)
{
    public enum Outcome
    {
        Revoked,
        NotFound,
        AlreadyRevoked,
    }

    /// <param name="acteur">Account identifier of the administrator, or <c>commande</c>.</param>
    public async Task<Outcome> ExecuteAsync(string acteur, Guid id, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var revoked = await db.ClesApi.Where(c => c.Id == id && c.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.RevokedAt, now), cancellationToken);
        if (revoked == 0)
        {
            return await db.ClesApi.AnyAsync(c => c.Id == id, cancellationToken) ? Outcome.AlreadyRevoked : Outcome.NotFound;
        }

        db.Journal.Record(acteur, nameof(RevokeCle), $"cle:{id}", null, now, avant: "en service", apres: "révoquée");
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Outcome.Revoked;
    }
}
