using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Contracts.Echeances;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Taches;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Portail.Dossiers;

/// <summary>Keeps the copies of the registration. The fact only says that something has changed: its newest state is read.</summary>
public sealed class CopyRegistration(DossierOpener opener) : IHandle<CourrierRegistered>, IHandle<CourrierCorrected>, IHandle<CourrierAnnulled>
{
    public Task HandleAsync(CourrierRegistered fact, CancellationToken cancellationToken) => CopyAsync(fact, cancellationToken);

    public Task HandleAsync(CourrierCorrected fact, CancellationToken cancellationToken) => CopyAsync(fact, cancellationToken);

    public Task HandleAsync(CourrierAnnulled fact, CancellationToken cancellationToken) => CopyAsync(fact, cancellationToken);

    private Task CopyAsync(IFact fact, CancellationToken cancellationToken) => opener.CopyRegistrationAsync(fact.CourrierId, cancellationToken);
}

/// <summary>
/// Keeps the state of the acknowledgement shown in lists; an address that refuses it becomes a task. One that bounces has its task from the
/// report (<see cref="OpenTacheOfEchange"/>).
/// </summary>
public sealed class CopyAccuse(PortailDbContext db, DossierOpener opener, OpenTaches taches, TimeProvider clock) : IHandle<AccuseStateChanged>
{
    public async Task HandleAsync(AccuseStateChanged fact, CancellationToken cancellationToken)
    {
        await opener.OpenAsync(fact.CourrierId, cancellationToken);
        var dossier = await db.Dossiers.SingleAsync(d => d.CourrierId == fact.CourrierId, cancellationToken);
        if (fact.Version <= dossier.VersionAccuse || (fact.Kind == KindAccuse.Enregistrement && await HasReceptionAsync(fact.CourrierId, cancellationToken)))
        {
            return;
        }

        (dossier.VersionAccuse, dossier.AccuseEtat) = (fact.Version, fact.EtatAccuse);
        if (fact.EtatAccuse is EtatAccuse.Refuse)
        {
            await taches.OpenAsync(KindTache.AdresseRefusee, $"adresse-refusee:{fact.CourrierId}", fact.CourrierId, fact.ChangedAt, null, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        if (fact.EtatAccuse is EtatAccuse.Envoye or EtatAccuse.Imprime or EtatAccuse.AImprimer or EtatAccuse.SansObjet)
        {
            await db.Taches
                .Where(t => t.CourrierId == fact.CourrierId && t.Kind == KindTache.AccuseNonParti && t.DoneAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.DoneAt, clock.GetUtcNow()), cancellationToken);
        }
    }

    /// <summary>An accusé de réception says more: once there is one, the lists show what becomes of it.</summary>
    private async Task<bool> HasReceptionAsync(Guid courrierId, CancellationToken cancellationToken) =>
        (await db.Database.SqlQuery<bool>(
            $"""SELECT EXISTS (SELECT FROM ingestion.lecture_accuses WHERE courrier_id = {courrierId} AND kind = 'Reception') AS "Value" """)
            .ToListAsync(cancellationToken)).Single();
}

/// <summary>Keeps the due date shown in lists, and the tasks of what is missed.</summary>
public sealed class CopyEcheance(PortailDbContext db, DossierOpener opener, OpenTaches taches, TimeProvider clock)
    : IHandle<EcheanceOpened>, IHandle<EcheanceMoved>, IHandle<EcheanceClosed>, IHandle<EcheanceMissed>
{
    public Task HandleAsync(EcheanceOpened fact, CancellationToken cancellationToken) => CopyAsync(fact, fact.Etat, cancellationToken);

    public Task HandleAsync(EcheanceMoved fact, CancellationToken cancellationToken) => CopyAsync(fact, fact.Etat, cancellationToken);

    public Task HandleAsync(EcheanceClosed fact, CancellationToken cancellationToken) => CopyAsync(fact, fact.Etat, cancellationToken);

    public async Task HandleAsync(EcheanceMissed fact, CancellationToken cancellationToken)
    {
        await CopyAsync(fact, fact.Etat, cancellationToken);
        var dossier = await db.Dossiers.SingleAsync(d => d.CourrierId == fact.CourrierId, cancellationToken);
        if (dossier.VersionEcheances == fact.Version && dossier.IsOuvert && dossier.DueOn is { } due)
        {
            await taches.OpenAsync(KindTache.EcheanceManquee, $"echeance-manquee:{fact.CourrierId}:{due:yyyy-MM-dd}", fact.CourrierId, clock.GetUtcNow(), null, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    private async Task CopyAsync(IFact fact, EtatEcheances etat, CancellationToken cancellationToken)
    {
        await opener.OpenAsync(fact.CourrierId, cancellationToken);
        var dossier = await db.Dossiers.SingleAsync(d => d.CourrierId == fact.CourrierId, cancellationToken);
        if (fact.Version <= dossier.VersionEcheances)
        {
            return;
        }

        var reponse = etat.Echeances.SingleOrDefault(e => e.Kind == KindEcheance.Reponse);
        (dossier.VersionEcheances, dossier.DueOn, dossier.RegimeCode) = (fact.Version, reponse?.DueOn, reponse?.RegimeCode);
        await db.SaveChangesAsync(cancellationToken);

        // A missed date that has moved, or a clock that has stopped, leaves nothing to look at.
        var cle = reponse is { ClosedOn: null } ? $"echeance-manquee:{fact.CourrierId}:{reponse.DueOn:yyyy-MM-dd}" : null;
        await db.Taches
            .Where(t => t.CourrierId == fact.CourrierId && t.Kind == KindTache.EcheanceManquee && t.DoneAt == null && t.Cle != cle)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.DoneAt, clock.GetUtcNow()), cancellationToken);
    }
}
