using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Ingestion.Courriers.Annul;

/// <summary>Annuls a registration made by mistake. The number stays, with its reason; every clock closes; what has not been sent is not.</summary>
public sealed class AnnulerEnregistrement(IngestionDbContext db, RedirectAccuse redirectAccuse, TimeProvider clock)
{
    public enum Outcome
    {
        Annulled,
        NotFound,
        AlreadyAnnulled,
        MotifMissing,
        ChangedMeanwhile,
    }

    public async Task<Outcome> ExecuteAsync(string acteur, Guid courrierId, string? motif, CancellationToken cancellationToken)
    {
        if (TexteSaisi.Read(motif, Limites.Motif, out _) is not { } reason)
        {
            return Outcome.MotifMissing;
        }

        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockCourrierAsync(courrierId, cancellationToken);
        var courrier = await db.Courriers.SingleOrDefaultAsync(c => c.Id == courrierId, cancellationToken);
        if (courrier is null)
        {
            return Outcome.NotFound;
        }

        if (courrier.IsAnnule)
        {
            return Outcome.AlreadyAnnulled;
        }

        courrier.IsAnnule = true;
        courrier.MotifAnnulation = reason;
        await redirectAccuse.ApplyAsync(courrier, now, cancellationToken);
        db.Journal.Record(
            acteur, nameof(AnnulerEnregistrement), $"courrier:{courrier.Id}", courrier.Id, now, avant: "Enregistré", apres: "Enregistrement annulé", motif: reason);
        db.Outbox.Publish(new CourrierAnnulled
        {
            Source = RegisterCourrier.Source,
            CourrierId = courrier.Id,
            Version = courrier.NextVersion(),
            Etat = courrier.ToEtat(),
        });
        if (!await db.TrySaveChangesAsync(cancellationToken))
        {
            return Outcome.ChangedMeanwhile;
        }

        await transaction.CommitAsync(cancellationToken);
        return Outcome.Annulled;
    }
}
