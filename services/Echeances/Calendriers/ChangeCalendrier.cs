using System.Globalization;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.Presentation.Rights;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Echeances.Calendriers;

/// <summary>Adds or removes an entry of the site's calendar: a new version, an audit line, and the recomputation of every open clock asked for.</summary>
public sealed class ChangeCalendrier(EcheancesDbContext db, TimeProvider clock)
{
    public enum Outcome
    {
        Changed,
        Forbidden,
        NotFound,
    }

    public async Task<Outcome> AddAsync(Agent actor, Func<int, EntreeCalendrier> entreeOfVersion, CancellationToken cancellationToken)
    {
        if (!actor.May(Action.ManageCalendars))
        {
            return Outcome.Forbidden;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var entree = entreeOfVersion(await CalendrierCourant.NextVersionAsync(db, cancellationToken));
        db.EntreesCalendrier.Add(entree);
        await RecordAsync(actor, entree, entree.DepuisVersion, isRemoval: false, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Outcome.Changed;
    }

    public async Task<Outcome> RemoveAsync(Agent actor, Guid id, CancellationToken cancellationToken)
    {
        if (!actor.May(Action.ManageCalendars))
        {
            return Outcome.Forbidden;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var version = await CalendrierCourant.NextVersionAsync(db, cancellationToken);
        var entree = await db.EntreesCalendrier.SingleOrDefaultAsync(e => e.Id == id && e.JusquaVersion == null, cancellationToken);
        if (entree is null)
        {
            return Outcome.NotFound;
        }

        entree.JusquaVersion = version;
        await RecordAsync(actor, entree, version, isRemoval: true, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Outcome.Changed;
    }

    private async Task RecordAsync(Agent actor, EntreeCalendrier entree, int version, bool isRemoval, CancellationToken cancellationToken)
    {
        var words = string.Create(
            CultureInfo.InvariantCulture,
            $"{entree.Kind} {entree.Du:yyyy-MM-dd}{(entree.Au is { } au ? $"/{au:yyyy-MM-dd}" : "")} {entree.Libelle}{(entree.ChaqueAnnee ? ", chaque année" : "")}");
        db.Journal.Record(
            actor.Id.ToString(), nameof(ChangeCalendrier), $"calendrier:{version}", courrierId: null, clock.GetUtcNow(),
            avant: isRemoval ? words : null, apres: isRemoval ? null : words);
        db.Recalculs.Add(new Recalcul
        {
            Version = version,
            DemandeAt = clock.GetUtcNow(),
            Acteur = actor.Id.ToString(),
            Motif = isRemoval ? $"Retiré : {entree.Libelle}" : $"Ajouté : {entree.Libelle}",
        });
        await db.SaveChangesAsync(cancellationToken);
    }
}
