using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SuiviCourrier.Echeances.Calendriers;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Echeances.Relances;

/// <summary>
/// Turns waiting lines into messages. One digest a day and person, from 8:00 on working days, later when the day's first line comes later.
/// Once it has gone, lines of a step on or after the due date leave at once, each in a message of its own; the others wait for
/// the next one (docs/decisions/relances-groupees.md). Runs at every sweep and may run beside itself: keys are unique.
/// </summary>
public sealed class QueueRelances(
    EcheancesDbContext db, CalendrierCourant calendriers, SiteCourant sites, TimeProvider clock, IOptions<RelancesOptions> options)
{
    public const string Kind = "relances";

    private static readonly EtatCourriel[] s_gone = [EtatCourriel.Accepte, EtatCourriel.Refuse, EtatCourriel.Incertain, EtatCourriel.Supprime];

    public static string DigestKey(string destinataire, DateOnly day) => $"relances:{destinataire}:{day:yyyy-MM-dd}";

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var site = await sites.GetAsync(cancellationToken);
        var local = site.LocalTimeOf(clock.GetUtcNow());
        var today = DateOnly.FromDateTime(local);
        var calendrier = await calendriers.GetAsync(db, cancellationToken);
        if (!calendrier.IsOuvre(today) || TimeOnly.FromDateTime(local) < options.Value.Heure)
        {
            return;
        }

        var waiting = await db.LignesRelance
            .Where(l => l.CourrielCle == null && l.DroppedAt == null)
            .Select(l => l.Destinataire).Distinct().OrderBy(d => d)
            .ToListAsync(cancellationToken);
        foreach (var destinataire in waiting)
        {
            var key = DigestKey(destinataire, today);
            if (await db.Courriels.TryEnqueueAsync(key, Kind, destinataire, courrierId: null, cancellationToken))
            {
                continue;
            }

            if (await db.Set<CourrielSortant>().AnyAsync(c => c.Cle == key && s_gone.Contains(c.Etat), cancellationToken))
            {
                await QueuePressingAsync(destinataire, cancellationToken);
            }
        }
    }

    private async Task QueuePressingAsync(string destinataire, CancellationToken cancellationToken)
    {
        var pressing = await db.LignesRelance
            .Where(l => l.Destinataire == destinataire && l.CourrielCle == null && l.DroppedAt == null)
            .Join(db.Etapes.Where(e => e.Decalage >= 0), l => l.EtapeId, e => e.Id, (l, e) => new { l.Id, l.CourrierId, e.HorlogeId, e.Code, e.DueOn })
            .ToListAsync(cancellationToken);
        foreach (var line in pressing)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var key = $"relance:{line.HorlogeId}:{line.Code}:{line.DueOn:yyyy-MM-dd}:{destinataire}";
            var mine = await db.LignesRelance.Where(l => l.Id == line.Id && l.CourrielCle == null && l.DroppedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(l => l.CourrielCle, key), cancellationToken);
            if (mine == 1)
            {
                await db.Courriels.TryEnqueueAsync(key, Kind, destinataire, line.CourrierId, cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }
    }
}
