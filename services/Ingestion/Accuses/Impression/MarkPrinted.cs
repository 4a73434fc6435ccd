using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Ingestion.Accuses.Impression;

/// <summary>
/// The letters of a lot have left the printer. Each is marked in its own transaction with its exact text: stopped in the middle, it is
/// done again for the rest.
/// </summary>
public sealed class MarkPrinted(IngestionDbContext db, LotsImpression lots, TimeProvider clock)
{
    /// <param name="Marques">Marked now.</param>
    /// <param name="Autres">Marked before, annulled, or corrected since the lot was prepared: left as they are.</param>
    public sealed record Outcome(int Marques, int Autres);

    /// <returns>Null when there is no such lot.</returns>
    public async Task<Outcome?> ExecuteAsync(Agent agent, Guid lotId, CancellationToken cancellationToken)
    {
        if (await lots.FindAsync(agent, lotId, cancellationToken) is not { } lot)
        {
            return null;
        }

        var lettres = await db.Set<LettreDuLot>().AsNoTracking().Where(l => l.LotId == lotId).ToDictionaryAsync(l => l.AccuseId, cancellationToken);
        var marked = 0;
        foreach (var line in lot.Lettres.Where(l => l.IsWaiting))
        {
            marked += await MarkAsync(agent, line.CourrierId, lettres[line.AccuseId], cancellationToken) ? 1 : 0;
            db.ChangeTracker.Clear();
        }

        return new Outcome(marked, lot.Lettres.Count - marked);
    }

    private async Task<bool> MarkAsync(Agent agent, Guid courrierId, LettreDuLot lettre, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockCourrierAsync(courrierId, cancellationToken);
        var accuse = await db.Accuses.SingleAsync(a => a.Id == lettre.AccuseId, cancellationToken);
        if (accuse.Etat != EtatAccuse.AImprimer || accuse.ChangedAt != lettre.AccuseChangedAt)
        {
            return false;
        }

        var courrier = await db.Courriers.SingleAsync(c => c.Id == courrierId, cancellationToken);
        var piece = new Piece
        {
            CourrierId = courrierId,
            Role = RolePiece.Accuse,
            Nom = AccuseSortant.NomPiece(accuse.Kind, "pdf"),
            Sha256 = lettre.Sha256,
            Taille = lettre.Taille,
            TypeMime = TypeMime.Pdf,
            Ordre = await db.Pieces.CountAsync(p => p.CourrierId == courrierId, cancellationToken) + 1,
        };
        db.Pieces.Add(piece);
        accuse.PieceId = piece.Id;
        (accuse.ModeleCode, accuse.ModeleVersion) = (lettre.ModeleCode, lettre.ModeleVersion);
        accuse.ChangeState(EtatAccuse.Imprime, null, clock.GetUtcNow());
        db.Journal.Record(
            agent.Id.ToString(), nameof(MarkPrinted), $"accuse:{accuse.Id}", courrier.Id, accuse.ChangedAt,
            avant: EtatAccuse.AImprimer.Libelle(), apres: EtatAccuse.Imprime.Libelle());
        db.Outbox.Publish(AccuseFacts.Changed(courrier, accuse));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
