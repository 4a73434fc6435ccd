using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Dossiers.Qualify;

/// <summary>Says what a courrier is. The answer clock is then computed again from the reception.</summary>
public sealed class QualifyCourrier(PortailDbContext db, DossierLock dossiers, ServicesPrefecture services, TimeProvider clock)
{
    public enum Outcome
    {
        Qualified,
        NotFound,
        Forbidden,
        AlreadyClosed,
        ChangedMeanwhile,
        UnknownType,
        Unchanged,
    }

    /// <param name="seenVersion">Stream version the actor has seen; null when the caller has shown nothing to anybody.</param>
    public async Task<Outcome> ExecuteAsync(
        Agent actor, Guid courrierId, NatureCourrier nature, string? typeCode, int? seenVersion, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var dossier = await dossiers.TakeAsync(actor, courrierId, cancellationToken);
        if (dossier is null)
        {
            return Outcome.NotFound;
        }

        if (!actor.May(Action.Qualify))
        {
            return Outcome.Forbidden;
        }

        if (!dossier.Allows(ActionDossier.Qualifier))
        {
            return Outcome.AlreadyClosed;
        }

        if (seenVersion is { } seen && seen != dossier.StreamVersion)
        {
            return Outcome.ChangedMeanwhile;
        }

        if (typeCode is not null && !(await services.TypesAsync(cancellationToken)).Any(t => t.Code == typeCode))
        {
            return Outcome.UnknownType;
        }

        if (dossier.IsQualifie && dossier.Nature == nature && dossier.TypeCode == typeCode)
        {
            return Outcome.Unchanged;
        }

        db.Journal.Record(
            actor.Id.ToString(), nameof(QualifyCourrier), $"dossier:{courrierId}", courrierId, clock.GetUtcNow(),
            Describe(dossier.Nature, dossier.TypeCode), Describe(nature, typeCode));
        (dossier.IsQualifie, dossier.Nature, dossier.TypeCode) = (true, nature, typeCode);
        db.Outbox.Publish(new CourrierQualified
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
        return Outcome.Qualified;
    }

    private static string? Describe(NatureCourrier? nature, string? typeCode) => typeCode is null ? nature?.Libelle() : $"{nature?.Libelle()}, {typeCode}";
}
