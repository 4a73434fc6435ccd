using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses.Impression;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Ingestion.Accuses.Reception;

/// <summary>
/// Decides about the accusé de réception each time something is said of a courrier: queues it once service and type are known, takes it back
/// when the answer comes first. At most one per courrier; one that has left, or may have, stays as it is.
/// </summary>
public sealed class AcknowledgeReception(IngestionDbContext db, SituationsTraitees situations, TimeProvider clock) :
    IHandle<CourrierQualified>, IHandle<CourrierAssigned>, IHandle<CourrierAnswered>, IHandle<CourrierClosed>, IHandle<CourrierReopened>, IHandle<CourrierCorrected>
{
    private const string Acteur = "ingestion.accuses";

    public Task HandleAsync(CourrierQualified fact, CancellationToken cancellationToken) => ApplyAsync(fact.CourrierId, cancellationToken);

    public Task HandleAsync(CourrierAssigned fact, CancellationToken cancellationToken) => ApplyAsync(fact.CourrierId, cancellationToken);

    public Task HandleAsync(CourrierAnswered fact, CancellationToken cancellationToken) => ApplyAsync(fact.CourrierId, cancellationToken);

    public Task HandleAsync(CourrierClosed fact, CancellationToken cancellationToken) => ApplyAsync(fact.CourrierId, cancellationToken);

    public Task HandleAsync(CourrierReopened fact, CancellationToken cancellationToken) => ApplyAsync(fact.CourrierId, cancellationToken);

    public Task HandleAsync(CourrierCorrected fact, CancellationToken cancellationToken) => ApplyAsync(fact.CourrierId, cancellationToken);

    private async Task ApplyAsync(Guid courrierId, CancellationToken cancellationToken)
    {
        var courrier = await db.Courriers.SingleOrDefaultAsync(c => c.Id == courrierId && c.Sens == Sens.Arrivee, cancellationToken);
        if (courrier is null)
        {
            return; // a fact about what this register does not hold
        }

        var accuses = await db.Accuses.Where(a => a.CourrierId == courrierId).ToListAsync(cancellationToken);
        var reception = accuses.Find(a => a.Kind == KindAccuse.Reception);
        if (reception is { Etat: not (EtatAccuse.AEnvoyer or EtatAccuse.AImprimer or EtatAccuse.SansObjet) })
        {
            return;
        }

        var situation = await situations.OfAsync(courrier, cancellationToken);
        if (situation.IsOver)
        {
            await WithdrawAsync(courrier, reception, cancellationToken);
            return;
        }

        if (accuses.Find(a => a.Kind == KindAccuse.Enregistrement) is not { } enregistrement)
        {
            return; // registered without a word about its acknowledgement: nothing says how its sender may be written to
        }

        var type = situation.TypeCode is null ? null : await db.Types.AsNoTracking().SingleOrDefaultAsync(t => t.Code == situation.TypeCode, cancellationToken);
        var refusal = courrier.CorrespondantId is { } correspondant
            && await db.Correspondants.AnyAsync(c => c.Id == correspondant && c.IsElectroniqueRefusee, cancellationToken);
        if (ReceptionDecision.Decide(courrier, situation, type, enregistrement, refusal) is not { } decision)
        {
            return;
        }

        await OweAsync(courrier, enregistrement, reception, decision, cancellationToken);
    }

    /// <summary>Answered or closed before it left: it would only confuse.</summary>
    private async Task WithdrawAsync(Courrier courrier, Accuse? reception, CancellationToken cancellationToken)
    {
        const string Motif = "La réponse ou la clôture est venue avant";
        var now = clock.GetUtcNow();
        switch (reception?.Etat)
        {
            case EtatAccuse.AEnvoyer when !await db.Courriels.WithdrawAsync(AccuseSortant.CleOf(reception), Motif, now, cancellationToken):
                return; // it is leaving
            case EtatAccuse.AEnvoyer or EtatAccuse.AImprimer:
                Change(courrier, reception, EtatAccuse.SansObjet, Motif, now);
                await db.SaveChangesAsync(cancellationToken);
                return;
        }
    }

    private async Task OweAsync(
        Courrier courrier, Accuse enregistrement, Accuse? reception, AccuseDecision decision, CancellationToken cancellationToken)
    {
        if (reception is not null && (reception.Etat, reception.Canal, reception.Destinataire) == (decision.Etat, decision.Canal, decision.Destinataire))
        {
            return;
        }

        var now = clock.GetUtcNow();
        if (reception is { Etat: EtatAccuse.AEnvoyer } && !await db.Courriels.WithdrawAsync(AccuseSortant.CleOf(reception), "Décidé de nouveau", now, cancellationToken))
        {
            return;
        }

        if (reception is null)
        {
            reception = new Accuse { CourrierId = courrier.Id, Kind = KindAccuse.Reception, Etat = decision.Etat, Motif = decision.Motif, CreatedAt = now, ChangedAt = now };
            db.Accuses.Add(reception);
        }

        (reception.Canal, reception.Destinataire) = (decision.Canal, decision.Destinataire);
        Change(courrier, reception, decision.Etat, decision.Motif, now);
        if (decision.Etat == EtatAccuse.AEnvoyer)
        {
            await db.Courriels.EnqueueAgainAsync(AccuseSortant.Of(reception, now), cancellationToken);
        }

        if (decision.Etat != EtatAccuse.SansObjet)
        {
            await ReplaceAsync(courrier, enregistrement, now, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>
    /// One that still waits says less than what now leaves: it stays here. Not a letter of a lot prepared for the printer: it may be
    /// in its envelope already.
    /// </summary>
    private async Task ReplaceAsync(Courrier courrier, Accuse enregistrement, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var isReplaced = enregistrement.Etat switch
        {
            EtatAccuse.AEnvoyer => await db.Courriels.WithdrawAsync(AccuseSortant.CleOf(enregistrement), ReceptionDecision.Remplace, now, cancellationToken),
            EtatAccuse.AImprimer => !await db.Set<LettreDuLot>().AnyAsync(
                l => l.AccuseId == enregistrement.Id && l.AccuseChangedAt == enregistrement.ChangedAt, cancellationToken),
            EtatAccuse.Envoye or EtatAccuse.Imprime or EtatAccuse.Incertain or EtatAccuse.Refuse or EtatAccuse.NonRemis or EtatAccuse.SansObjet => false,
        };
        if (isReplaced)
        {
            Change(courrier, enregistrement, EtatAccuse.SansObjet, ReceptionDecision.Remplace, now);
        }
    }

    private void Change(Courrier courrier, Accuse accuse, EtatAccuse etat, string? motif, DateTimeOffset now)
    {
        (accuse.Etat, accuse.Motif, accuse.ChangedAt) = (etat, motif, now);
        db.Journal.Record(
            Acteur, nameof(AcknowledgeReception), $"accuse:{accuse.Id}", courrier.Id, now, apres: $"{accuse.Kind.Libelle()} : {etat.Libelle()}", motif: motif);
        db.Outbox.Publish(AccuseFacts.Changed(courrier, accuse));
    }
}
