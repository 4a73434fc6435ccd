using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Ingestion.Accuses.Reception;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Ingestion.Accuses.ATraiter.Decide;

/// <summary>
/// A person decides about an acknowledgement that was refused, came back, may have left, or was not sent because a rule forbade it: by e-mail, or on
/// paper. It stays one acknowledgement. Only an uncertain one may reach its recipient twice, and only with a reason.
/// </summary>
public sealed class ResendAccuse(IngestionDbContext db, TimeProvider clock)
{
    public abstract record Outcome
    {
        public sealed record Done : Outcome;

        /// <param name="Champ">Field of the page that is wrong; empty: the decision itself is not possible.</param>
        public sealed record Refused(string Champ, string Phrase) : Outcome;

        /// <summary>Its state has changed: somebody has decided, or the mail server has answered at last.</summary>
        public sealed record TooLate : Outcome;
    }

    /// <summary>One that still waits can go on paper instead. Nothing is left to decide about one that has arrived, or was replaced by the accusé de réception.</summary>
    public static bool CanDecide(EtatAccuse etat, string? motif) =>
        etat is EtatAccuse.AEnvoyer or EtatAccuse.Refuse or EtatAccuse.NonRemis or EtatAccuse.Incertain || (etat == EtatAccuse.SansObjet && motif != ReceptionDecision.Remplace);

    public Task<Outcome> ByCourrielAsync(string acteur, Guid accuseId, string? adresse, string? motif, CancellationToken cancellationToken) =>
        DecideAsync(acteur, accuseId, motif, async (accuse, _, now) =>
        {
            var to = TexteSaisi.ReadLine(adresse, Limites.Courriel, out var refus);
            if (to is null || !DeclarationLue.IsAddress(to))
            {
                return new Outcome.Refused("Adresse", refus ?? "Indiquez l’adresse électronique où envoyer l’accusé, comme nom@exemple.fr");
            }

            if (accuse.Etat == EtatAccuse.AEnvoyer)
            {
                return new Outcome.TooLate(); // it waits to leave already
            }

            if (accuse.Etat == EtatAccuse.Incertain && to != accuse.Destinataire)
            {
                return new Outcome.Refused("Adresse", "Cet accusé est peut-être arrivé : il ne peut être renvoyé qu’à la même adresse");
            }

            if (accuse.Etat == EtatAccuse.SansObjet)
            {
                await db.Courriels.EnqueueAgainAsync(AccuseSortant.Of(accuse, now), cancellationToken);
            }
            else if (!await db.Courriels.SendAgainAsync(AccuseSortant.CleOf(accuse), now, cancellationToken, isReturned: accuse.Etat == EtatAccuse.NonRemis))
            {
                return new Outcome.TooLate();
            }

            (accuse.Canal, accuse.Destinataire) = (CanalAccuse.Courriel, to);
            accuse.ChangeState(EtatAccuse.AEnvoyer, null, now);
            return null;
        }, cancellationToken);

    public Task<Outcome> ByPostAsync(string acteur, Guid accuseId, string? motif, CancellationToken cancellationToken) =>
        DecideAsync(acteur, accuseId, motif, async (accuse, courrier, now) =>
        {
            if (AccuseDecision.Decide(courrier.Expediteur with { Courriel = null }) is not { Etat: EtatAccuse.AImprimer } paper)
            {
                return new Outcome.Refused("", "L’adresse postale de l’expéditeur n’est pas connue : ajoutez-la en corrigeant le courrier");
            }

            if (accuse.Etat == EtatAccuse.AEnvoyer
                && !await db.Courriels.WithdrawAsync(AccuseSortant.CleOf(accuse), "Envoyé par la poste", now, cancellationToken))
            {
                return new Outcome.TooLate();
            }

            await db.Courriels.DoneOtherwiseAsync(AccuseSortant.CleOf(accuse), now, cancellationToken);

            accuse.Canal = paper.Canal;
            accuse.Destinataire = paper.Destinataire;
            accuse.ChangeState(EtatAccuse.AImprimer, null, now);
            return null;
        }, cancellationToken);

    private async Task<Outcome> DecideAsync(
        string acteur, Guid accuseId, string? motif, Func<Accuse, Courrier, DateTimeOffset, Task<Outcome?>> decideAsync, CancellationToken cancellationToken)
    {
        var reason = TexteSaisi.Read(motif, Limites.Motif, out var refus);
        if (refus is not null)
        {
            return new Outcome.Refused("Motif", refus);
        }

        var courrierId = await db.Accuses.Where(a => a.Id == accuseId).Select(a => a.CourrierId).SingleOrDefaultAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockCourrierAsync(courrierId, cancellationToken);
        var accuse = await db.Accuses.SingleOrDefaultAsync(a => a.Id == accuseId, cancellationToken);
        if (accuse is null || !CanDecide(accuse.Etat, accuse.Motif))
        {
            return new Outcome.TooLate();
        }

        if (accuse.Etat == EtatAccuse.Incertain && reason is null)
        {
            return new Outcome.Refused("Motif", "L’expéditeur recevra peut-être deux fois l’accusé : dites pourquoi vous le renvoyez");
        }

        var courrier = await db.Courriers.SingleAsync(c => c.Id == accuse.CourrierId, cancellationToken);
        if (courrier.IsAnnule)
        {
            return new Outcome.Refused("", "L’enregistrement de ce courrier est annulé : il n’est plus accusé");
        }

        var before = accuse.Etat;
        if (await decideAsync(accuse, courrier, clock.GetUtcNow()) is { } refused)
        {
            return refused;
        }

        db.Journal.Record(
            acteur, nameof(ResendAccuse), $"accuse:{accuse.Id}", courrier.Id, accuse.ChangedAt, avant: before.Libelle(), apres: accuse.Etat.Libelle(), motif: reason);
        db.Outbox.Publish(AccuseFacts.Changed(courrier, accuse));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new Outcome.Done();
    }
}
