using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.Portail.Dossiers.Assign;

/// <summary>Gives a courrier to a service, and to an agent of it when the service has named one. Moves no clock.</summary>
public sealed class AssignCourrier(PortailDbContext db, DossierLock dossiers, ServicesPrefecture services, TimeProvider clock)
{
    public enum Outcome
    {
        Assigned,
        NotFound,
        Forbidden,
        AlreadyClosed,
        ChangedMeanwhile,
        UnknownService,

        /// <summary>The agent is not of this service, nor of one below it, or no longer works here.</summary>
        AgentNotOfService,

        /// <summary>Taking a courrier from a service asks for a reason.</summary>
        ReasonMissing,
        Unchanged,
    }

    /// <param name="seenVersion">Stream version the actor has seen; null when the caller has shown nothing to anybody.</param>
    /// <param name="alongside">Adds rows that commit with the assignment (the answer kept for a program).</param>
    public async Task<Outcome> ExecuteAsync(
        Agent actor, Guid courrierId, string service, Guid? agentId, string? reason, int? seenVersion, CancellationToken cancellationToken,
        System.Action<Dossier>? alongside = null)
    {
        await using var transaction = await db.BeginOrJoinAsync(cancellationToken);
        var dossier = await dossiers.TakeAsync(actor, courrierId, cancellationToken);
        if (dossier is null)
        {
            return Outcome.NotFound;
        }

        if (!actor.May(Action.Assign))
        {
            return Outcome.Forbidden;
        }

        if (!dossier.Allows(ActionDossier.Affecter))
        {
            return Outcome.AlreadyClosed;
        }

        if (seenVersion is { } seen && seen != dossier.StreamVersion)
        {
            return Outcome.ChangedMeanwhile;
        }

        if (!await services.ExistsAsync(service, cancellationToken))
        {
            return Outcome.UnknownService;
        }

        if (agentId is { } id && !await IsOfServiceAsync(id, service, cancellationToken))
        {
            return Outcome.AgentNotOfService;
        }

        if (dossier.IsAffecte && dossier.ServiceInstructeurCode != service && string.IsNullOrWhiteSpace(reason))
        {
            return Outcome.ReasonMissing;
        }

        if (dossier.IsAffecte && dossier.ServiceInstructeurCode == service && dossier.AgentId == agentId)
        {
            return Outcome.Unchanged;
        }

        var now = clock.GetUtcNow();
        db.Journal.Record(
            actor.Id.ToString(), nameof(AssignCourrier), $"dossier:{courrierId}", courrierId, now,
            Describe(dossier.ServiceInstructeurCode, dossier.AgentId), Describe(service, agentId), reason?.Trim());
        dossier.AssignTo(service, agentId);
        db.Outbox.Publish(new CourrierAssigned
        {
            Source = Streams.Portail,
            CourrierId = courrierId,
            Version = dossier.NextVersion(),
            Etat = dossier.ToEtat(),
            ServiceInstructeurCode = service,
            AssignedAt = now,
        });
        alongside?.Invoke(dossier);
        if (!await db.TrySaveChangesAsync(cancellationToken))
        {
            return Outcome.ChangedMeanwhile;
        }

        await transaction.CommitAsync(cancellationToken);
        return Outcome.Assigned;
    }

    private async Task<bool> IsOfServiceAsync(Guid agentId, string service, CancellationToken cancellationToken)
    {
        var code = await db.Comptes.Where(c => c.Id == agentId && c.IsActif).Select(c => c.ServiceCode).SingleOrDefaultAsync(cancellationToken);
        var parents = (await services.ListAsync(cancellationToken)).ToDictionary(s => s.Code, s => s.ParentCode);
        while (code is not null && code != service)
        {
            code = parents.GetValueOrDefault(code);
        }

        return code is not null;
    }

    private static string? Describe(string? service, Guid? agentId) => agentId is null ? service : $"{service}, agent:{agentId}";
}
