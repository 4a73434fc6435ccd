using System.Text.Json;
using RabbitMQ.Client;

namespace SuiviCourrier.ServiceDefaults.Messages.RabbitMq;

/// <summary>
/// Exchanges, queues and bindings, declared whole by every process before it publishes: a fact published before the queue of its
/// consumer exists would be lost. One queue per consumer, prefixed by its service. What loses letters when forgotten (dead letters at least
/// once, nothing dropped from a full queue) is an argument of the queue; what an operator may tune (delivery limit, leaders) is a policy.
/// </summary>
internal static class Topology
{
    public const string Facts = "courrier.faits";
    private const string Dead = "courrier.mort";

    /// <summary><c>echeances.follow-courrier.CourrierClosed</c>: <c>echeances.follow-courrier.courrier-closed</c>, as the policy expects it.</summary>
    public static string QueueOf(Consumer consumer) =>
        string.Join('.', consumer.Name.Split('.').Select(JsonNamingPolicy.KebabCaseLower.ConvertName));

    /// <summary>Where MassTransit puts what a consumer has thrown on.</summary>
    public static string ErrorQueueOf(Consumer consumer) => $"{QueueOf(consumer)}_error";

    /// <summary>What the delivery limit has taken from the queues of a service: its processes died on it, or beside it.</summary>
    public static string DeadQueueOf(string service) => $"{Dead}.{service}";

    public static IReadOnlyDictionary<string, object?> ArgumentsOf(Consumer consumer) => new Dictionary<string, object?>
    {
        ["x-queue-type"] = "quorum",
        ["x-dead-letter-exchange"] = Dead,
        ["x-dead-letter-routing-key"] = consumer.Service,
        ["x-dead-letter-strategy"] = "at-least-once",
        ["x-overflow"] = "reject-publish",
    };

    public static async Task DeclareAsync(IChannel channel, IReadOnlyCollection<Consumer> consumers, CancellationToken cancellationToken)
    {
        var quorum = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        await channel.ExchangeDeclareAsync(Facts, ExchangeType.Direct, durable: true, cancellationToken: cancellationToken);
        await channel.ExchangeDeclareAsync(Dead, ExchangeType.Direct, durable: true, cancellationToken: cancellationToken);
        foreach (var service in consumers.Select(c => c.Service).Distinct())
        {
            await DeclareQueueAsync(channel, DeadQueueOf(service), quorum, Dead, service, cancellationToken);
        }

        foreach (var consumer in consumers)
        {
            // As MassTransit declares them: a queue, and an exchange of the same name that serves it alone.
            var queue = QueueOf(consumer);
            await channel.ExchangeDeclareAsync(queue, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken);
            await DeclareQueueAsync(channel, queue, ArgumentsOf(consumer), queue, "", cancellationToken);
            await channel.ExchangeBindAsync(queue, Facts, FactJson.NameOf(consumer.FactType), cancellationToken: cancellationToken);

            var error = ErrorQueueOf(consumer);
            await channel.ExchangeDeclareAsync(error, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken);
            await DeclareQueueAsync(channel, error, ArgumentsOf(consumer), error, "", cancellationToken);
        }
    }

    /// <exception cref="QueuesNotReadException">The broker does not answer for this queue.</exception>
    private static async Task DeclareQueueAsync(
        IChannel channel, string queue, IReadOnlyDictionary<string, object?> arguments, string exchange, string routingKey, CancellationToken cancellationToken)
    {
        await QueuesNotReadException.UnlessSilentAsync(
            queue,
            () => channel.QueueDeclareAsync(
                queue, durable: true, exclusive: false, autoDelete: false, arguments: arguments.ToDictionary(), cancellationToken: cancellationToken),
            cancellationToken);
        await channel.QueueBindAsync(queue, exchange, routingKey, cancellationToken: cancellationToken);
    }
}
