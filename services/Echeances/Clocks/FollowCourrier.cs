using SuiviCourrier.Contracts;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Echeances.Clocks;

/// <summary>
/// Applies what Ingestion and Portail tell of a courrier, then computes its clocks again. Facts come twice, late, and before their
/// neighbours: an older version of a stream is ignored, an unknown courrier becomes a stub.
/// </summary>
public sealed class FollowCourrier(EcheancesDbContext db, RecomputeHorloge recompute, SiteCourant sites) :
    IHandle<CourrierRegistered>, IHandle<CourrierCorrected>, IHandle<CourrierAnnulled>, IHandle<AccuseStateChanged>,
    IHandle<CourrierQualified>, IHandle<CourrierAssigned>, IHandle<CourrierAnswered>, IHandle<CourrierClosed>, IHandle<CourrierReopened>
{
    public Task HandleAsync(CourrierRegistered fact, CancellationToken cancellationToken) =>
        ApplyAsync(fact, s => s.Apply(fact.Etat, fact.Version), cancellationToken);

    public Task HandleAsync(CourrierCorrected fact, CancellationToken cancellationToken) =>
        ApplyAsync(fact, s => s.Apply(fact.Etat, fact.Version), cancellationToken);

    public Task HandleAsync(CourrierAnnulled fact, CancellationToken cancellationToken) =>
        ApplyAsync(fact, s => s.Apply(fact.Etat, fact.Version), cancellationToken);

    public async Task HandleAsync(AccuseStateChanged fact, CancellationToken cancellationToken)
    {
        var day = (await sites.GetAsync(cancellationToken)).DayOf(fact.ChangedAt);
        await ApplyAsync(fact, s => s.Apply(fact.Etat, fact.Version) | s.Apply(fact.Kind, fact.EtatAccuse, day, fact.Version), cancellationToken);
    }

    public Task HandleAsync(CourrierQualified fact, CancellationToken cancellationToken) =>
        ApplyAsync(fact, s => s.Apply(fact.Etat, fact.Version), cancellationToken);

    public Task HandleAsync(CourrierAssigned fact, CancellationToken cancellationToken) =>
        ApplyAsync(fact, s => s.Apply(fact.Etat, fact.Version), cancellationToken);

    public Task HandleAsync(CourrierAnswered fact, CancellationToken cancellationToken) =>
        ApplyAsync(fact, s => s.Apply(fact.Etat, fact.Version), cancellationToken);

    public Task HandleAsync(CourrierClosed fact, CancellationToken cancellationToken) =>
        ApplyAsync(fact, s => s.Apply(fact.Etat, fact.Version), cancellationToken);

    public Task HandleAsync(CourrierReopened fact, CancellationToken cancellationToken) =>
        ApplyAsync(fact, s => s.Apply(fact.Etat, fact.Version), cancellationToken);

    private async Task ApplyAsync(IFact fact, Func<Suivi, bool> apply, CancellationToken cancellationToken)
    {
        var suivi = await db.Suivis.FindAsync([fact.CourrierId], cancellationToken);
        if (suivi is null)
        {
            suivi = new Suivi { CourrierId = fact.CourrierId };
            db.Suivis.Add(suivi);
        }

        if (!apply(suivi))
        {
            return;
        }

        await recompute.ExecuteAsync(suivi, FluxEcheances.Source, motif: null, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
    }
}
