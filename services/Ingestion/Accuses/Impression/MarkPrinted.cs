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
/// Letters of a lot have left the printer. Each is marked in its own transaction with its exact text: stopped in the middle, it is
/// done again for the rest. Those left out stay in the lot, and its PDF then holds only them.
/// </summary>
public sealed class MarkPrinted(IngestionDbContext db, LotsImpression lots, TimeProvider clock)
{
    /// <param name="Marques">Marked now.</param>
    /// <param name="Restent">Of the lot, still to be printed.</param>
    public sealed record Outcome(int Marques, int Restent);

    /// <param name="choisis">Acknowledgements whose letters came out; others of the lot are left as they are.</param>
    /// <returns>Null when there is no such lot.</returns>
    public async Task<Outcome?> ExecuteAsync(Agent agent, Guid lotId, IReadOnlySet<Guid> choisis, CancellationToken cancellationToken)
    {
        if (await lots.FindAsync(agent, lotId, cancellationToken) is not { } lot)
        {
            return null;
        }

        var marked = 0;
        var waiting = lot.In(EtatLettre.AImprimer).ToArray();
        foreach (var line in waiting.Where(l => choisis.Contains(l.AccuseId)))
        {
            marked += await MarkAsync(agent, line, cancellationToken) ? 1 : 0;
            db.ChangeTracker.Clear();
        }

        return new Outcome(marked, waiting.Length - waiting.Count(l => choisis.Contains(l.AccuseId)));
    }

    private async Task<bool> MarkAsync(Agent agent, LigneLot line, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockCourrierAsync(line.CourrierId, cancellationToken);
        var lettre = await db.Set<LettreDuLot>().SingleAsync(l => l.LotId == line.LotId && l.AccuseId == line.AccuseId, cancellationToken);
        var accuse = await db.Accuses.SingleAsync(a => a.Id == line.AccuseId, cancellationToken);
        if (lettre.ImprimeeLe is not null)
        {
            return false;
        }

        var now = clock.GetUtcNow();
        var acteur = agent.Id.ToString();
        (lettre.ImprimeeLe, lettre.ImprimeePar) = (now, acteur);
        if (line.IsReimpression)
        {
            db.Journal.Record(acteur, nameof(MarkPrinted), $"accuse:{accuse.Id}", line.CourrierId, now, apres: "imprimé une nouvelle fois");
        }
        else if (accuse.Etat != EtatAccuse.AImprimer || accuse.ChangedAt != lettre.AccuseChangedAt)
        {
            return false; // annulled or corrected since the lot was shown
        }
        else
        {
            await KeepAsync(accuse, lettre, now, cancellationToken);
            db.Journal.Record(
                acteur, nameof(MarkPrinted), $"accuse:{accuse.Id}", line.CourrierId, now, avant: EtatAccuse.AImprimer.Libelle(), apres: EtatAccuse.Imprime.Libelle());
            db.Outbox.Publish(AccuseFacts.Changed(await db.Courriers.SingleAsync(c => c.Id == line.CourrierId, cancellationToken), accuse));
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The exact letter is the evidence of the courrier.</summary>
    private async Task KeepAsync(Accuse accuse, LettreDuLot lettre, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var piece = new Piece
        {
            CourrierId = accuse.CourrierId,
            Role = RolePiece.Accuse,
            Nom = AccuseSortant.NomPiece(accuse.Kind, "pdf"),
            Sha256 = lettre.Sha256,
            Taille = lettre.Taille,
            TypeMime = TypeMime.Pdf,
            Ordre = await db.Pieces.CountAsync(p => p.CourrierId == accuse.CourrierId, cancellationToken) + 1,
        };
        db.Pieces.Add(piece);
        accuse.PieceId = piece.Id;
        (accuse.ModeleCode, accuse.ModeleVersion) = (lettre.ModeleCode, lettre.ModeleVersion);
        accuse.ChangeState(EtatAccuse.Imprime, null, now);
    }
}
