using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace SuiviCourrier.ServiceDefaults.Messages;

/// <summary>
/// Hands each message to the consumers of the same process. Delivery is tracked per (message, consumer): a failing consumer is
/// tried again alone, and neither blocks nor re-runs its neighbours. Nothing leaves the outbox before every consumer has committed or
/// its failure is listed.
/// </summary>
public sealed class InterneBus(ConsumerDispatcher dispatcher, FailedDeliveries failures, IOptions<MessagesOptions> options) : IBus
{
    private const int DeliveriesAtOnce = 4;

    /// <summary>For tests, see <see cref="MessagesOptions.MelangerEtDoubler"/>.</summary>
    private readonly Random _shuffle = options.Value.Graine is { } seed ? new Random(seed) : Random.Shared;

    public string Name => "interne";

    public async Task<IReadOnlyList<DeliveryResult>> DeliverAsync(IReadOnlyList<OutboxMessage> batch, CancellationToken cancellationToken)
    {
        var known = await failures.KnownAsync([.. batch.Select(m => m.MessageId)], cancellationToken);
        var results = new ConcurrentBag<DeliveryResult>();
        var order = batch.OrderBy(m => m.Id).ToArray();
        if (options.Value.MelangerEtDoubler)
        {
            _shuffle.Shuffle(order);
        }

        await Parallel.ForEachAsync(order, new ParallelOptions { MaxDegreeOfParallelism = DeliveriesAtOnce, CancellationToken = cancellationToken }, async (message, token) =>
            results.Add(new DeliveryResult(message, await DeliverToAllAsync(message, known, token))));
        await failures.ForgetAsync([.. results.Where(r => r.RetryAt is null).Select(r => r.Message.MessageId).Intersect(known.Keys.Select(k => k.MessageId))], cancellationToken);
        return [.. results];
    }

    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    private async Task<DateTimeOffset?> DeliverToAllAsync(
        OutboxMessage message, Dictionary<(Guid MessageId, string Consumer), Livraison> known, CancellationToken cancellationToken)
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
                retryAt = Earliest(retryAt, await failures.RecordAsync(message, consumer, failure, cancellationToken));
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

    private static DateTimeOffset? Earliest(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null ? other : other is null || one < other ? one : other;
}
