using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.Echeances.Regles;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Messages;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Echeances.Clocks.Imposer;

/// <summary>A person chooses the regime of a courrier, or gives the choice back to the rules, with a reason. The date counts from the reception all the same.</summary>
public sealed class ImposeRegime(EcheancesDbContext db, RecomputeHorloge recompute, RegimesCourants regimes, TimeProvider clock)
{
    public enum Outcome
    {
        Imposed,
        NotFound,
        Forbidden,
        UnknownRegime,
        ReasonMissing,
    }

    /// <summary>Regimes a person may choose for a courrier: valid on its day of reception, and not the provisional ones.</summary>
    public static IEnumerable<Regime> ChoicesFor(JeuDeRegles regles, DateOnly recuLe) =>
        regles.Regimes.Tous.Where(r => r.IsValidOn(recuLe) && r.Delai is not null && !r.Conditions.Natures.Contains(ConditionsRegime.NonQualifie));

    /// <param name="code">Null: the rules choose again.</param>
    public async Task<Outcome> ExecuteAsync(Agent actor, Guid courrierId, string? code, string? motif, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockCourrierAsync(courrierId, cancellationToken);
        var suivi = await db.Suivis.Visible(actor).SingleOrDefaultAsync(s => s.CourrierId == courrierId, cancellationToken);
        if (suivi?.RecuLe is not { } recuLe)
        {
            return Outcome.NotFound;
        }

        if (!actor.May(Action.ChangeRegime))
        {
            return Outcome.Forbidden;
        }

        if (string.IsNullOrWhiteSpace(motif))
        {
            return Outcome.ReasonMissing;
        }

        var before = suivi.RegimeImposeCode;
        if (code is null)
        {
            suivi.LetTheRulesChoose();
        }
        else if (ChoicesFor(await regimes.GetAsync(db, cancellationToken), recuLe).SingleOrDefault(r => r.Code == code) is { } regime)
        {
            suivi.Impose(regime.Code, regime.Version, motif);
        }
        else
        {
            return Outcome.UnknownRegime;
        }

        db.Journal.Record(
            actor.Id.ToString(), nameof(ImposeRegime), $"suivi:{courrierId}", courrierId, clock.GetUtcNow(),
            before ?? "règle automatique", code ?? "règle automatique", motif);
        await recompute.ExecuteAsync(suivi, actor.Id.ToString(), motif, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Outcome.Imposed;
    }
}
