using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace SuiviCourrier.ServiceDefaults.Messages.RabbitMq;

/// <summary>
/// Empties the two places where the broker puts a delivery that did not succeed: the error queue of a consumer that threw, and the dead
/// letters of a service, whose processes died more often than the delivery limit allows. Nothing stays there: it is tried again or listed
/// for a person, and only then taken off.
/// </summary>
internal sealed partial class LostDeliveries(
    ConsumerDispatcher dispatcher, FailedDeliveries failures, IEnumerable<Consumer> consumers, ILogger<LostDeliveries> logger)
{
    private static readonly TimeSpan s_databaseAway = TimeSpan.FromSeconds(2);
    private readonly Dictionary<string, Consumer> _byQueue = consumers.ToDictionary(Topology.QueueOf);

    /// <summary>Reads until the connection falls.</summary>
    /// <exception cref="QueuesNotReadException">The broker does not answer for one of the queues.</exception>
    public async Task ReadAsync(IConnection link, IReadOnlyList<Consumer> mine, CancellationToken stopping)
    {
        var errors = await link.CreateChannelAsync(cancellationToken: stopping);
        await errors.BasicQosAsync(0, 10, global: false, stopping);
        foreach (var consumer in mine)
        {
            await ReadAsync(errors, Topology.ErrorQueueOf(consumer), delivery => PutBackAsync(consumer, delivery, stopping), stopping);
        }

        // One at a time, and on a channel of its own: what kills the process has no neighbour there.
        foreach (var service in mine.Select(c => c.Service).Distinct())
        {
            var dead = await link.CreateChannelAsync(cancellationToken: stopping);
            await dead.BasicQosAsync(0, 1, global: false, stopping);
            await ReadAsync(dead, Topology.DeadQueueOf(service), delivery => TryAloneAsync(delivery, stopping), stopping);
        }
    }

    private async Task ReadAsync(IChannel channel, string queue, Func<BasicDeliverEventArgs, Task> settleAsync, CancellationToken stopping)
    {
        var reader = new AsyncEventingBasicConsumer(channel);
        reader.ReceivedAsync += async (_, delivery) =>
        {
            try
            {
                await SettleAsync(queue, () => settleAsync(delivery), stopping);
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, stopping);
            }
            catch (Exception gone) when (gone is OperationCanceledException or RabbitMQ.Client.Exceptions.AlreadyClosedException)
            {
                // Not acknowledged: the broker gives it to the next process.
            }
        };
        await QueuesNotReadException.UnlessSilentAsync(queue, () => channel.BasicConsumeAsync(queue, autoAck: false, reader, stopping), stopping);
    }

    /// <summary>Giving it back would count as a delivery: while the database is away it waits here.</summary>
    private async Task SettleAsync(string queue, Func<Task> settleAsync, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await settleAsync();
                return;
            }
#pragma warning disable CA1031 // Nothing may leave this queue before it is written down.
            catch (Exception failure) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogWillRetry(failure, queue);
                await Task.Delay(s_databaseAway, stopping);
            }
        }
    }

    private Task PutBackAsync(Consumer consumer, BasicDeliverEventArgs delivery, CancellationToken cancellationToken)
    {
        var type = HeaderOf(delivery, "MT-Fault-ExceptionType");
        var error = $"{type[(type.LastIndexOf('.') + 1)..]} : {HeaderOf(delivery, "MT-Fault-Message")}";
        return Read(delivery) is { } message
            ? failures.PutBackAsync(message, consumer, error, cancellationToken)
            : failures.GiveUpAsync(Unreadable(delivery), consumer.Name, $"Message illisible ({error})", cancellationToken);
    }

    private async Task TryAloneAsync(BasicDeliverEventArgs delivery, CancellationToken cancellationToken)
    {
        var queue = HeaderOf(delivery, "x-first-death-queue");
        if (Read(delivery) is not { } message || !_byQueue.TryGetValue(queue, out var consumer))
        {
            await failures.GiveUpAsync(Unreadable(delivery), queue, "Message mort, sans lecteur connu", cancellationToken);
            return;
        }

        if (!await failures.BeginAloneAsync(message.MessageId, consumer, cancellationToken))
        {
            await failures.GiveUpAsync(message, consumer.Name, "Le processus est mort en traitant ce message, à chaque fois, même seul.", cancellationToken);
            return;
        }

        LogAlone(consumer.Name, message.MessageId);
        try
        {
            await dispatcher.DispatchAsync(consumer, message.MessageId, message.Payload, message.TraceParent, cancellationToken);
        }
#pragma warning disable CA1031 // Whatever a consumer throws is a failed delivery.
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            await failures.PutBackAsync(message, consumer, failure, cancellationToken);
            return;
        }

        await failures.ForgetAsync(message.MessageId, consumer, cancellationToken);
    }

    private static OutboxMessage? Read(BasicDeliverEventArgs delivery)
    {
        try
        {
            var envelope = Envelope.Read(delivery.Body.Span);
            return new OutboxMessage
            {
                MessageId = envelope.MessageId,
                Type = envelope.Type,
                Payload = envelope.Payload.GetRawText(),
                TraceParent = envelope.TraceParent,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Kept whole, as text; the same bytes are listed once.</summary>
    private static OutboxMessage Unreadable(BasicDeliverEventArgs delivery) => new()
    {
        MessageId = new Guid(System.Security.Cryptography.SHA256.HashData(delivery.Body.Span).AsSpan(0, 16)),
        Type = delivery.BasicProperties.Type ?? "?",
        Payload = JsonSerializer.Serialize(Encoding.UTF8.GetString(delivery.Body.Span).Replace("\0", "\uFFFD", StringComparison.Ordinal)),
    };

    private static string HeaderOf(BasicDeliverEventArgs delivery, string name) =>
        delivery.BasicProperties.Headers?.TryGetValue(name, out var value) == true
            ? value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value?.ToString() ?? ""
            : "";

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of {Queue} could not be put away; it waits")]
    private partial void LogWillRetry(Exception failure, string queue);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Processes died while {Consumer} had message {MessageId}: it is tried once more, alone")]
    private partial void LogAlone(string consumer, Guid messageId);
}
