using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Ingestion.Accuses.Impression;

/// <summary>Printed letters of a lot are in the hands of the post. All in one transaction, each once however many people say so.</summary>
public sealed class MarkPosted(IngestionDbContext db, LotsImpression lots, TimeProvider clock)
{
    /// <param name="choisis">Acknowledgements whose letters were posted.</param>
    /// <returns>How many were marked now; null when there is no such lot.</returns>
    public async Task<int?> ExecuteAsync(Agent agent, Guid lotId, IReadOnlySet<Guid> choisis, CancellationToken cancellationToken)
    {
        if (await lots.FindAsync(agent, lotId, cancellationToken) is not { } lot)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var acteur = agent.Id.ToString();
        var lines = lot.In(EtatLettre.APoster).Where(l => choisis.Contains(l.AccuseId)).ToDictionary(l => l.AccuseId);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var ids = lines.Keys.ToArray();
        var marked = await db.Database.SqlQuery<Guid>(
            $"""
            UPDATE ingestion.lettres_lot SET postee_le = {now}, postee_par = {acteur}
            WHERE lot_id = {lotId} AND accuse_id = ANY ({ids}) AND imprimee_le IS NOT NULL AND postee_le IS NULL
            RETURNING accuse_id AS "Value"
            """).ToListAsync(cancellationToken);
        foreach (var id in marked)
        {
            db.Journal.Record(acteur, nameof(MarkPosted), $"accuse:{id}", lines[id].CourrierId, now, apres: "posté");
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return marked.Count;
    }
}
