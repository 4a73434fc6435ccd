using Microsoft.EntityFrameworkCore;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Messages;

/// <summary>What a person does with deliveries that failed for good.</summary>
public sealed class Echecs(MessagerieDbContext db, OutboxSignal signal)
{
    public Task<List<Echec>> ListAsync(CancellationToken cancellationToken) =>
        db.Echecs.AsNoTracking().Where(e => e.ResolvedAt == null).OrderBy(e => e.FailedAt).Take(200).ToListAsync(cancellationToken);

    /// <summary>Delivers once more, to the failed consumer alone.</summary>
    /// <returns>False when somebody has dealt with it already.</returns>
    public Task<bool> RetryAsync(Guid id, string acteur, CancellationToken cancellationToken) =>
        ResolveAsync(id, acteur, motif: null, cancellationToken);

    /// <summary>Gives it up, for a reason that stays.</summary>
    /// <returns>False when somebody has dealt with it already.</returns>
    public Task<bool> DiscardAsync(Guid id, string acteur, string motif, CancellationToken cancellationToken) =>
        ResolveAsync(id, acteur, motif, cancellationToken);

    private async Task<bool> ResolveAsync(Guid id, string acteur, string? motif, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var echec = await db.Echecs.FromSql($"SELECT * FROM messagerie.echecs WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(cancellationToken);
        if (echec is null || echec.ResolvedAt is not null)
        {
            return false;
        }

        echec.ResolvedAt = await db.NowAsync(cancellationToken);
        echec.ResolvedBy = acteur;
        echec.Motif = motif;
        if (motif is null)
        {
            await db.Inbox.Where(e => e.MessageId == echec.MessageId && e.Consumer == echec.Consumer).ExecuteDeleteAsync(cancellationToken);
            db.Outbox.Add(new OutboxMessage { MessageId = echec.MessageId, Type = echec.Type, Payload = echec.Payload, Consumer = echec.Consumer });
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        signal.Set();
        return true;
    }
}
