using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Messages;

/// <summary>
/// Hands each message to the consumers of the same process. Delivery is tracked per (message, consumer): a failing consumer is
/// tried again alone, and neither blocks nor re-runs its neighbours. Nothing leaves the outbox before every consumer has committed or
/// its failure is listed.
/// </summary>
public sealed partial class InterneBus(
    ConsumerDispatcher dispatcher, IServiceScopeFactory scopes, IOptions<MessagesOptions> options, ILogger<InterneBus> logger) : IBus
{
    private const int DeliveriesAtOnce = 4;

    /// <summary>For tests, see <see cref="MessagesOptions.MelangerEtDoubler"/>.</summary>
    private readonly Random _shuffle = options.Value.Graine is { } seed ? new Random(seed) : Random.Shared;

    public string Name => "interne";

    public async Task<IReadOnlyList<DeliveryResult>> DeliverAsync(IReadOnlyList<OutboxMessage> batch, CancellationToken cancellationToken)
    {
        var known = await KnownDeliveriesAsync(batch, cancellationToken);
        var results = new ConcurrentBag<DeliveryResult>();
        var order = batch.OrderBy(m => m.Id).ToArray();
        if (options.Value.MelangerEtDoubler)
        {
            _shuffle.Shuffle(order);
        }

        await Parallel.ForEachAsync(order, new ParallelOptions { MaxDegreeOfParallelism = DeliveriesAtOnce, CancellationToken = cancellationToken }, async (message, token) =>
            results.Add(new DeliveryResult(message, await DeliverToAllAsync(message, known, token))));
        return [.. results];
    }

    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    private async Task<DateTimeOffset?> DeliverToAllAsync(
        OutboxMessage message, Dictionary<(Guid, string), Livraison> known, CancellationToken cancellationToken)
    {
        DateTimeOffset? retryAt = null;
        foreach (var consumer in dispatcher.ConsumersOf(message.Type).Where(c => message.Consumer is null || c.Name == message.Consumer))
        {
            var earlier = known.GetValueOrDefault((message.MessageId, consumer.Name));
            if (earlier is not null && earlier.NotBefore > message.NotBefore)
            {
                // Another consumer of this message is due, not this one yet.
                retryAt = Earliest(retryAt, earlier.NotBefore);
                continue;
            }

            if (await FailureOfAsync(consumer, message, cancellationToken) is { } failure)
            {
                retryAt = Earliest(retryAt, await RecordFailureAsync(message, consumer, earlier?.Attempts ?? 0, failure, cancellationToken));
            }
        }

        return retryAt;
    }

    private async Task<Exception?> FailureOfAsync(Consumer consumer, OutboxMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await dispatcher.DispatchAsync(consumer, message.MessageId, message.Payload, message.TraceParent, cancellationToken);
            if (options.Value.MelangerEtDoubler)
            {
                await dispatcher.DispatchAsync(consumer, message.MessageId, message.Payload, message.TraceParent, cancellationToken);
            }

            return null;
        }
#pragma warning disable CA1031 // Whatever a consumer throws is a failed delivery: it is tried again, then shown to a person.
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return failure;
        }
    }

    /// <returns>When to try again; null when the failure is now listed for a person.</returns>
    private async Task<DateTimeOffset?> RecordFailureAsync(
        OutboxMessage message, Consumer consumer, int attemptsBefore, Exception failure, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagerieDbContext>();
        var now = await db.NowAsync(cancellationToken);
        var attempts = attemptsBefore + 1;
        var error = $"{failure.GetType().Name} : {failure.Message}";
        if (attempts > options.Value.Attentes.Count)
        {
            LogFailed(failure, consumer.Name, message.MessageId, attempts);
            db.Echecs.Add(new Echec
            {
                MessageId = message.MessageId,
                Consumer = consumer.Name,
                Type = message.Type,
                Payload = message.Payload,
                Erreur = error,
                Attempts = attempts,
                FailedAt = now,
            });

            // The inbox row keeps this consumer out of later deliveries of the message to its neighbours.
            db.Inbox.Add(new InboxEntry { MessageId = message.MessageId, Consumer = consumer.Name, HandledAt = now });
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }

        LogWillRetry(failure, consumer.Name, message.MessageId, attempts);
        var retryAt = now + options.Value.Attentes[attempts - 1];
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO messagerie.livraisons (message_id, consumer, attempts, not_before, last_error)
            VALUES ({message.MessageId}, {consumer.Name}, {attempts}, {retryAt}, {error})
            ON CONFLICT (message_id, consumer) DO UPDATE SET attempts = {attempts}, not_before = {retryAt}, last_error = {error}
            """,
            cancellationToken);
        return retryAt;
    }

    private async Task<Dictionary<(Guid, string), Livraison>> KnownDeliveriesAsync(IReadOnlyList<OutboxMessage> batch, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagerieDbContext>();
        var ids = batch.Select(m => m.MessageId).ToList();
        return await db.Livraisons.AsNoTracking().Where(l => ids.Contains(l.MessageId)).ToDictionaryAsync(l => (l.MessageId, l.Consumer), cancellationToken);
    }

    private static DateTimeOffset? Earliest(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null ? other : other is null || one < other ? one : other;

    [LoggerMessage(Level = LogLevel.Error, Message = "Consumer {Consumer} failed for good on message {MessageId} after {Attempts} attempts: see the failures page")]
    private partial void LogFailed(Exception failure, string consumer, Guid messageId, int attempts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Consumer {Consumer} failed on message {MessageId}, attempt {Attempts}: it will be tried again")]
    private partial void LogWillRetry(Exception failure, string consumer, Guid messageId, int attempts);
}
