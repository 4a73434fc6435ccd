using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Dossiers.Close;

/// <summary>Closes a courrier without an answer, for a reason from the list.</summary>
public sealed class CloseCourrier(PortailDbContext db, DossierLock dossiers, SiteCourant site, TimeProvider clock)
{
    public enum Outcome
    {
        Closed,
        NotFound,
        Forbidden,
        AlreadyClosed,
        ChangedMeanwhile,
    }

    /// <param name="seenVersion">Stream version the actor has seen; null when the caller has shown nothing to anybody.</param>
    public async Task<Outcome> ExecuteAsync(
        Agent actor, Guid courrierId, MotifCloture motif, string? precision, int? seenVersion, CancellationToken cancellationToken)
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

        if (!dossier.Allows(ActionDossier.Classer))
        {
            return Outcome.AlreadyClosed;
        }

        if (seenVersion is { } seen && seen != dossier.StreamVersion)
        {
            return Outcome.ChangedMeanwhile;
        }

        db.Journal.Record(
            actor.Id.ToString(), nameof(CloseCourrier), $"dossier:{courrierId}", courrierId, clock.GetUtcNow(),
            dossier.Etat.Libelle(), EtatCourrier.ClasseSansSuite.Libelle(),
            string.IsNullOrWhiteSpace(precision) ? motif.Libelle() : $"{motif.Libelle()} - {precision.Trim()}");
        dossier.CloseWithoutAnswer(motif, await site.TodayAsync(cancellationToken));
        db.Outbox.Publish(new CourrierClosed
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
        return Outcome.Closed;
    }
}
