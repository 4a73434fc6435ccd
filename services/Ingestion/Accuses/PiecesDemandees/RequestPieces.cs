using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Accuses.Reception;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Accuses.PiecesDemandees;

/// <summary>
/// Keeps the list of documents that a request lacks, with the last day to send them (CRPA L114-5). The accusé de réception that has not left
/// lists them (R112-11-4). No clock moves: the period given suspends nothing yet.
/// </summary>
public sealed class RequestPieces(IngestionDbContext db, CourriersEnregistres courriers, SituationsTraitees situations, SiteCourant siteCourant, TimeProvider clock)
{
    /// <summary>Most documents of one list.</summary>
    public const int Maximum = 30;

    public abstract record Outcome
    {
        /// <param name="IsAnnounced">The accusé de réception will list them; otherwise they are to be asked for by a letter or a message.</param>
        public sealed record Requested(int Nombre, bool IsAnnounced) : Outcome;

        public sealed record NotFound : Outcome;

        public sealed record Forbidden : Outcome;

        public sealed record AlreadyClosed : Outcome;

        /// <param name="Champ"><c>Pieces</c> or <c>Avant</c>.</param>
        public sealed record Refused(string Champ, string Phrase) : Outcome;
    }

    /// <param name="pieces">One document a line; nothing: the list is emptied.</param>
    /// <param name="avant">Last day to send them.</param>
    public async Task<Outcome> ExecuteAsync(Agent actor, Guid courrierId, string? pieces, DateOnly? avant, CancellationToken cancellationToken)
    {
        if (!actor.May(Action.Answer))
        {
            return new Outcome.Forbidden();
        }

        if (await courriers.FindAsync(actor, courrierId, cancellationToken) is null)
        {
            return new Outcome.NotFound();
        }

        var now = clock.GetUtcNow();
        var today = (await siteCourant.GetAsync(cancellationToken)).DayOf(now);
        if (Read(pieces, out var lines) is { } refusal)
        {
            return refusal;
        }

        if (lines.Count > 0 && (avant is null || avant <= today))
        {
            return new Outcome.Refused("Avant", "Donnez un délai : le dernier jour pour envoyer les pièces, après aujourd’hui");
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockCourrierAsync(courrierId, cancellationToken);
        var courrier = await db.Courriers.SingleAsync(c => c.Id == courrierId, cancellationToken);
        if (courrier.IsAnnule || (await situations.OfAsync(courrier, cancellationToken)).IsOver)
        {
            return new Outcome.AlreadyClosed();
        }

        var existing = await db.PiecesDemandees.Where(p => p.CourrierId == courrierId).OrderBy(p => p.Ordre).ToListAsync(cancellationToken);
        db.PiecesDemandees.RemoveRange(existing);
        var requested = lines.Select((libelle, index) => new PieceDemandee
        {
            CourrierId = courrierId,
            Libelle = libelle,
            DemandeeLe = existing.Find(p => p.Libelle == libelle)?.DemandeeLe ?? today,
            AvantLe = avant!.Value,
            DemandeePar = actor.Id.ToString(),
            Ordre = index + 1,
        }).ToList();
        db.PiecesDemandees.AddRange(requested);
        db.Journal.Record(actor.Id.ToString(), nameof(RequestPieces), $"courrier:{courrierId}", courrierId, now, Words(existing), Words(requested) ?? "aucune pièce");
        var isAnnounced = await IsAnnouncedAsync(courrierId, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new Outcome.Requested(requested.Count, isAnnounced);
    }

    /// <summary>A letter already prepared for the printer no longer is the one to send.</summary>
    private async Task<bool> IsAnnouncedAsync(Guid courrierId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var reception = await db.Accuses.SingleOrDefaultAsync(a => a.CourrierId == courrierId && a.Kind == KindAccuse.Reception, cancellationToken);
        if (reception is { Etat: EtatAccuse.AImprimer })
        {
            reception.ChangedAt = now;
        }

        return reception?.Etat is null or EtatAccuse.AEnvoyer or EtatAccuse.AImprimer;
    }

    private static Outcome.Refused? Read(string? pieces, out List<string> lines)
    {
        lines = [];
        foreach (var typed in (pieces ?? "").ReplaceLineEndings("\n").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (TexteSaisi.ReadLine(typed, Limites.Description, out var refus) is { } line && !lines.Contains(line))
            {
                lines.Add(line);
            }
            else if (refus is not null)
            {
                return new Outcome.Refused("Pieces", refus);
            }
        }

        return lines.Count > Maximum ? new Outcome.Refused("Pieces", $"{Maximum} pièces au plus : regroupez-les") : null;
    }

    private static string? Words(List<PieceDemandee> pieces) => pieces.Count == 0
        ? null
        : $"{string.Join(" ; ", pieces.Select(p => p.Libelle))}, avant la fin du {DatesEnFrancais.DateComplete(pieces[0].AvantLe)}";
}
