using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Messages;

/// <summary>
/// Moves facts from the outbox to the bus in batches. Rows are locked, delivered, then deleted in one transaction: a process
/// killed in between delivers again, and the inbox of each consumer makes that harmless.
/// </summary>
public sealed partial class OutboxRelay(
    IServiceScopeFactory scopes, IBus bus, OutboxSignal signal, Pulse pulse, IOptions<MessagesOptions> options, ILogger<OutboxRelay> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wakeUp = signal.Next;
            try
            {
                var relayed = await RelayAsync(stoppingToken);
                pulse.Beat();
                if (relayed > 0)
                {
                    continue;
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (BusUnavailableException)
            {
                // The transport has said so, once.
                pulse.Beat();
            }
#pragma warning disable CA1031 // The relay outlives any outage of the database or of the bus.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogWillRetry(failure);
            }

            await Task.WhenAny(wakeUp, Task.Delay(options.Value.Poll, stoppingToken));
        }
    }

    /// <returns>How many messages left the outbox or were put off.</returns>
    public async Task<int> RelayAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagerieDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var batch = await db.Outbox
            .FromSql(
                $"""
                SELECT * FROM messagerie.outbox WHERE not_before <= now()
                ORDER BY not_before, id LIMIT {options.Value.BatchSize} FOR UPDATE SKIP LOCKED
                """)
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        if (batch.Count == 0)
        {
            return 0;
        }

        var results = await bus.DeliverAsync(batch, cancellationToken);
        var deliveredIds = results.Where(r => r.RetryAt is null).Select(r => r.Message.Id).ToList();
        await db.Outbox.Where(m => deliveredIds.Contains(m.Id)).ExecuteDeleteAsync(cancellationToken);
        foreach (var result in results.Where(r => r.RetryAt is not null))
        {
            await db.Outbox.Where(m => m.Id == result.Message.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.NotBefore, result.RetryAt!.Value), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return results.Count;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outbox could not be relayed; it will be tried again")]
    private partial void LogWillRetry(Exception failure);
}
