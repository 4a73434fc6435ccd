using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Dossiers.Reopen;

/// <summary>Opens a courrier again, with a reason: its clock runs again from the reception.</summary>
public sealed class ReopenCourrier(PortailDbContext db, DossierLock dossiers, TimeProvider clock)
{
    public enum Outcome
    {
        Reopened,
        NotFound,
        Forbidden,
        NotClosed,
        ChangedMeanwhile,
    }

    /// <param name="seenVersion">Stream version the actor has seen; null when the caller has shown nothing to anybody.</param>
    public async Task<Outcome> ExecuteAsync(
        Agent actor, Guid courrierId, string reason, int? seenVersion, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var dossier = await dossiers.TakeAsync(actor, courrierId, cancellationToken);
        if (dossier is null)
        {
            return Outcome.NotFound;
        }

        if (!actor.May(Action.Answer))
        {
            return Outcome.Forbidden;
        }

        if (!dossier.Allows(ActionDossier.Rouvrir))
        {
            return Outcome.NotClosed;
        }

        if (seenVersion is { } seen && seen != dossier.StreamVersion)
        {
            return Outcome.ChangedMeanwhile;
        }

        var before = dossier.Etat;
        dossier.Reopen();
        db.Journal.Record(
            actor.Id.ToString(), nameof(ReopenCourrier), $"dossier:{courrierId}", courrierId, clock.GetUtcNow(),
            before.Libelle(), dossier.Etat.Libelle(), reason.Trim());
        db.Outbox.Publish(new CourrierReopened
        {
            Source = Streams.Portail,
            CourrierId = courrierId,
            Version = dossier.NextVersion(),
            Etat = dossier.ToEtat(),
        });
        if (!await db.TrySaveChangesAsync(cancellationToken))
        {
            return Outcome.ChangedMeanwhile;
        }

        await transaction.CommitAsync(cancellationToken);
        return Outcome.Reopened;
    }
}
