using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SuiviCourrier.Echeances.Clocks;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.ServiceDefaults.Jobs;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Echeances.Calendriers;

/// <summary>
/// Computes again every open clock whose calendar or rules are not the present ones, one courrier and one transaction at a time, and keeps
/// what moved. Killed, it goes on where it was: the clocks say which calendar they were computed with.
/// </summary>
public sealed partial class RecalculJob(IServiceScopeFactory scopes, TimeProvider clock, ILogger<RecalculJob> logger) : IRecurringJob
{
    private const int BatchSize = 500;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        int version;
        string motif;
        await using (var scope = scopes.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
            version = await CalendrierCourant.VersionAsync(db, cancellationToken);
            var asked = await db.Recalculs.Where(r => r.Version == version).Select(r => r.Motif).SingleOrDefaultAsync(cancellationToken);
            motif = string.Create(CultureInfo.InvariantCulture, $"{asked ?? "Calendrier"} (version {version})");
        }

        while (await NextBatchAsync(version, cancellationToken) is { Count: > 0 } batch)
        {
            foreach (var courrierId in batch)
            {
                await RecomputeAsync(courrierId, version, motif, cancellationToken);
            }
        }

        await FinishAsync(version, cancellationToken);
    }

    private async Task<List<Guid>> NextBatchAsync(int version, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
        return await db.Horloges.AsNoTracking()
            .Where(h => h.ClosedOn == null && h.CalendrierVersion < version)
            .Select(h => h.CourrierId).Distinct().Take(BatchSize)
            .ToListAsync(cancellationToken);
    }

    private async Task RecomputeAsync(Guid courrierId, int version, string motif, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockCourrierAsync(courrierId, cancellationToken);
        var suivi = await db.Suivis.SingleAsync(s => s.CourrierId == courrierId, cancellationToken);
        var (avant, apres) = await scope.ServiceProvider.GetRequiredService<RecomputeHorloge>().ExecuteAsync(
            suivi, FluxEcheances.Source, motif, cancellationToken);
        var isMoved = avant is not null && apres is not null && avant != apres;
        if (isMoved)
        {
            db.LignesRecalcul.Add(new LigneRecalcul { Version = version, CourrierId = courrierId, Avant = avant!.Value, Apres = apres!.Value });
        }

        await db.SaveChangesAsync(cancellationToken);
        var moved = isMoved ? 1 : 0;
        await db.Recalculs.Where(r => r.Version == version).ExecuteUpdateAsync(
            set => set.SetProperty(r => r.Examinees, r => r.Examinees + 1).SetProperty(r => r.Deplacees, r => r.Deplacees + moved),
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task FinishAsync(int version, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
        var now = clock.GetUtcNow();
        var finished = await db.Recalculs.Where(r => r.Version <= version && r.TermineAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.TermineAt, now), cancellationToken);
        if (finished > 0)
        {
            LogFinished(version);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Every open clock is computed with version {Version} of the calendar and the rules")]
    private partial void LogFinished(int version);
}
