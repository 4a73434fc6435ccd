using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses.Impression;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Ingestion.Accuses.Recepisses;

/// <summary>
/// The receipt of what was handed in at the counter, printed while its bearer waits, and kept as it was given. It says what the letter of
/// registration would say: one that still waits for the printer is not printed too. Printed once more, it is the same, with a trace.
/// </summary>
public sealed class HandRecepisse(IngestionDbContext db, CourriersEnregistres courriers, TexteAccuse texte, IFileStore store, TimeProvider clock)
{
    /// <summary>What is said of an acknowledgement given by hand.</summary>
    public const string Remis = "Récépissé remis à l’accueil";

    /// <summary>Name of the file kept as evidence.</summary>
    public const string NomPiece = "recepisse-depot.pdf";

    private const long MaxPdf = 20L << 20;

    public abstract record Outcome
    {
        /// <param name="PieceId">The PDF.</param>
        public sealed record Handed(Guid PieceId) : Outcome;

        /// <summary>Not there, or not for this person to see.</summary>
        public sealed record NotFound : Outcome;

        /// <summary>It did not come over the counter, or its registration is annulled.</summary>
        public sealed record NotADepot : Outcome;
    }

    public async Task<Outcome> ExecuteAsync(Agent agent, Guid courrierId, CancellationToken cancellationToken)
    {
        if (await courriers.FindAsync(agent, courrierId, cancellationToken) is null)
        {
            return new Outcome.NotFound();
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockCourrierAsync(courrierId, cancellationToken);
        var courrier = await db.Courriers.SingleAsync(c => c.Id == courrierId, cancellationToken);
        if (courrier is not { Canal: Canal.Depot, IsAnnule: false })
        {
            return new Outcome.NotADepot();
        }

        var now = clock.GetUtcNow();
        var acteur = agent.Id.ToString();
        var piece = await db.Pieces.FirstOrDefaultAsync(p => p.CourrierId == courrierId && p.Role == RolePiece.Accuse && p.Nom == NomPiece, cancellationToken);
        if (piece is not null)
        {
            db.Journal.Record(acteur, nameof(HandRecepisse), $"piece:{piece.Id}", courrierId, now, apres: "imprimé une nouvelle fois");
        }
        else
        {
            var rendered = await texte.RecepisseAsync(courrier, cancellationToken);
            piece = await KeepAsync(courrier, rendered, cancellationToken);
            db.Journal.Record(acteur, nameof(HandRecepisse), $"piece:{piece.Id}", courrierId, now, apres: "imprimé");
            await ReplaceAsync(courrier, piece, rendered, now, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new Outcome.Handed(piece.Id);
    }

    private async Task<Piece> KeepAsync(Courrier courrier, Modeles.RenderedModele rendered, CancellationToken cancellationToken)
    {
        using var pdf = new MemoryStream();
        await rendered.PdfAsync(pdf, cancellationToken);
        pdf.Position = 0;
        var fichier = await store.StoreAsync(pdf, MaxPdf, cancellationToken);
        await db.ReferenceAsync(store, [fichier], cancellationToken);
        var piece = new Piece
        {
            CourrierId = courrier.Id,
            Role = RolePiece.Accuse,
            Nom = NomPiece,
            Sha256 = fichier.Sha256,
            Taille = fichier.Taille,
            TypeMime = TypeMime.Pdf,
            Ordre = await db.Pieces.CountAsync(p => p.CourrierId == courrier.Id, cancellationToken) + 1,
        };
        db.Pieces.Add(piece);
        return piece;
    }

    /// <summary>Not a letter of a lot: it may be in its envelope already. Nor one that leaves by e-mail, nor one that a type forbids.</summary>
    private async Task ReplaceAsync(Courrier courrier, Piece piece, Modeles.RenderedModele rendered, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var accuse = await db.Accuses.SingleOrDefaultAsync(a => a.CourrierId == courrier.Id && a.Kind == KindAccuse.Enregistrement, cancellationToken);
        var isReplaced = accuse switch
        {
            { Etat: EtatAccuse.AImprimer } => !await db.Set<LettreDuLot>().AnyAsync(
                l => l.AccuseId == accuse.Id && l.AccuseChangedAt == accuse.ChangedAt, cancellationToken),
            { Etat: EtatAccuse.SansObjet, Motif: AccuseDecision.SansAdresse or AccuseDecision.Anonyme } => true,
            _ => false,
        };
        if (!isReplaced)
        {
            return;
        }

        var formerly = accuse!.Etat;
        accuse.Canal = CanalAccuse.Courrier;
        accuse.Destinataire ??= courrier.Expediteur.Nom ?? "Personne qui a déposé le pli";
        accuse.PieceId = piece.Id;
        (accuse.ModeleCode, accuse.ModeleVersion) = (rendered.ModeleCode, rendered.ModeleVersion);
        accuse.ChangeState(EtatAccuse.Imprime, Remis, now);
        courrier.IsSansAccuse = false;
        db.Journal.Record(
            "ingestion.accuses", nameof(HandRecepisse), $"accuse:{accuse.Id}", courrier.Id, now, avant: formerly.Libelle(), apres: EtatAccuse.Imprime.Libelle(), motif: Remis);
        db.Outbox.Publish(AccuseFacts.Changed(courrier, accuse));
    }
}
