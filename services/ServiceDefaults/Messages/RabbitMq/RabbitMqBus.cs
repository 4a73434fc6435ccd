using System.Collections.Concurrent;
using MassTransit;
using MassTransit.Logging;
using MassTransit.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Messages.RabbitMq;

/// <summary>
/// Carries facts between processes. A message leaves the outbox when the broker has confirmed it for every queue that must have it; each
/// consumer of this process's roles has its own queue, and its own failures (<see cref="LostDeliveries"/>).
/// </summary>
public sealed partial class RabbitMqBus : IBus, IDisposable
{
    public const string TransportName = "rabbitmq";

    /// <summary>Publications waiting for their confirmation at once.</summary>
    private const int Window = 128;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_lookMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(20);

    /// <summary>What the broker has no queue for, although everything is declared, is not for now: another version published it, or a consumer is gone.</summary>
    private static readonly TimeSpan s_unroutable = TimeSpan.FromMinutes(1);

    private readonly ConsumerDispatcher _dispatcher;
    private readonly FailedDeliveries _failures;
    private readonly IServiceScopeFactory _scopes;
    private readonly MessagesOptions _options;
    private readonly ILogger<RabbitMqBus> _logger;
    private readonly SemaphoreSlim _deliveries;
    private readonly Random _shuffle;
    private volatile Opened? _opened;
    private readonly Pulse _lastLook = new();
    private volatile string? _seen;
    private volatile string _trouble = "RabbitMQ n’est pas encore joint.";

    public RabbitMqBus(
        ConsumerDispatcher dispatcher, FailedDeliveries failures, IServiceScopeFactory scopes, IEnumerable<Consumer> consumers, IOptions<MessagesOptions> options,
        ILoggerFactory loggers, ServiceRoles roles)
    {
        (_dispatcher, _failures, _scopes, _options, _logger) = (dispatcher, failures, scopes, options.Value, loggers.CreateLogger<RabbitMqBus>());
        Consumers = [.. consumers.Where(c => roles.HasFlag(c.Role))];
        _deliveries = new SemaphoreSlim(_options.RabbitMq.EnParallele);
        _shuffle = _options.Graine is { } seed ? new Random(seed) : Random.Shared;
        LogContext.ConfigureCurrentLogContext(loggers);
    }

    /// <summary>MassTransit's bus, and our own connection beside it.</summary>
    private sealed record Opened(IBusControl Bus, IConnection Link);

    public string Name => TransportName;

    /// <summary>Those of this process's roles.</summary>
    internal IReadOnlyList<Consumer> Consumers { get; }

    public async Task<IReadOnlyList<DeliveryResult>> DeliverAsync(IReadOnlyList<OutboxMessage> batch, CancellationToken cancellationToken)
    {
        var bus = _opened?.Bus ?? throw new BusUnavailableException(_trouble);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_patience);
        var results = new ConcurrentBag<DeliveryResult>();
        var failures = new ConcurrentQueue<Exception>();
        await Parallel.ForEachAsync(InOrder(batch), new ParallelOptions { MaxDegreeOfParallelism = Window, CancellationToken = cancellationToken }, async (message, _) =>
        {
            try
            {
                // Waited for from outside too: a publication that its transport forgets must not hold the batch, and its locks, for ever.
                await PublishAsync(bus, message, limit.Token).WaitAsync(limit.Token);
                results.Add(new DeliveryResult(message, RetryAt: null));
            }
            catch (MessageReturnedException)
            {
                LogUnroutable(message.MessageId, message.Type, message.Consumer ?? "*");
                results.Add(new DeliveryResult(message, await NowAsync(cancellationToken) + s_unroutable));
            }
#pragma warning disable CA1031 // Whatever goes wrong, what was not confirmed stays in the outbox.
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                failures.Enqueue(failure);
                await limit.CancelAsync();
            }
        });
        if (results.IsEmpty && failures.TryPeek(out var first))
        {
            throw new BusUnavailableException("RabbitMQ ne confirme pas les messages.", first);
        }

        return [.. results.DistinctBy(r => r.Message.Id)];
    }

    /// <summary>What the link has seen last: whoever asks, as often as he likes, costs the broker nothing.</summary>
    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(
        _opened is null ? _trouble
        : _lastLook.Silence > s_lookMax ? $"RabbitMQ : rien n’a pu être vérifié depuis {_lastLook.Silence.TotalSeconds:0} s."
        : _seen);

    /// <summary>Looks at the queues themselves. The connection alone proves nothing: a consumer that its broker has closed leaves it open.</summary>
    /// <returns>Null when all are read, else what is wrong, in French.</returns>
    internal async Task<string?> LookAsync(CancellationToken cancellationToken)
    {
        _seen = await SeeAsync(cancellationToken);
        _lastLook.Beat();
        return _seen;
    }

    private async Task<string?> SeeAsync(CancellationToken cancellationToken)
    {
        if (_opened is not { } opened)
        {
            return _trouble;
        }

        try
        {
            await using var channel = await opened.Link.CreateChannelAsync(cancellationToken: cancellationToken);
            foreach (var queue in Consumers.SelectMany(c => new[] { Topology.QueueOf(c), Topology.ErrorQueueOf(c), Topology.DeadQueueOf(c.Service) }).Distinct())
            {
                if ((await channel.QueueDeclarePassiveAsync(queue, cancellationToken)).ConsumerCount == 0)
                {
                    return $"RabbitMQ : personne ne lit la file « {queue} ».";
                }
            }
        }
        catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == 404)
        {
            return "RabbitMQ : une file de Courrier a disparu ; elle est déclarée de nouveau.";
        }
        catch (Exception fallen) when (fallen is OperationInterruptedException or AlreadyClosedException)
        {
            return _trouble;
        }

        return TroubleOf(opened.Bus.CheckHealth());
    }

    /// <returns>Null when all is well. A bus may be unwell without naming a queue.</returns>
    internal static string? TroubleOf(BusHealthResult health) =>
        health.Status == BusHealthStatus.Healthy ? null : $"RabbitMQ : ne lit plus {(Unread(health) is { Count: > 0 } unread ? string.Join(", ", unread) : "toutes ses files")}.";

    /// <summary>Queues that MassTransit does not read.</summary>
    private static IReadOnlyList<string> Unread(BusHealthResult health) =>
        [.. health.Endpoints.Where(e => e.Value.Status != BusHealthStatus.Healthy).Select(e => e.Value.InputAddress?.Segments[^1] ?? e.Key).Order(StringComparer.Ordinal)];

    public void Dispose() => _deliveries.Dispose();

    /// <summary>
    /// Starts reading, then lets facts out. Everything is declared by now. A bus is made for each connection: MassTransit's own way of
    /// coming back waits longer at each attempt, up to minutes.
    /// </summary>
    /// <param name="fallen">Ends with the link: what was declared over it must be declared again, and nothing else is waited for.</param>
    /// <param name="patience">How long its consumers may take to be ready.</param>
    /// <exception cref="BusUnavailableException">The link has fallen meanwhile.</exception>
    /// <exception cref="QueuesNotReadException">The patience has ended.</exception>
    internal async Task OpenAsync(IConnection link, Task fallen, TimeSpan patience, CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var bus = Bus.Factory.CreateUsingRabbitMq(Configure);
        try
        {
            // Not waited for by its own cancellation, and that one not waited for either: in one run one of the two did not come back for minutes.
            var starting = StartAsync(bus, limit.Token);
            var patient = Task.Delay(patience, cancellationToken);
            var first = await Task.WhenAny(starting, fallen, patient);
            if (first == fallen)
            {
                throw new BusUnavailableException(_trouble = "RabbitMQ a fermé la connexion.");
            }

            if (first == patient)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new QueuesNotReadException(Unread(bus.CheckHealth()));
            }

            await starting;
        }
        catch
        {
            _ = limit.CancelAsync();
            await StopAsync(bus, CancellationToken.None);
            throw;
        }

        _seen = null;
        _lastLook.Beat();
        _opened = new Opened(bus, link);
    }

    /// <summary>No more facts leave; what the consumers are working on is finished, or the broker gives it to another process.</summary>
    internal async Task CloseAsync(string trouble, CancellationToken cancellationToken)
    {
        _trouble = trouble;
        if (Interlocked.Exchange(ref _opened, null) is { } opened)
        {
            await StopAsync(opened.Bus, cancellationToken);
        }
    }

    private static async Task StartAsync(IBusControl bus, CancellationToken cancellationToken)
    {
        await bus.StartAsync(cancellationToken);
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, cancellationToken);
    }

    private static async Task StopAsync(IBusControl bus, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_shutdown);
        try
        {
            await bus.StopAsync(limit.Token).WaitAsync(limit.Token);
        }
#pragma warning disable CA1031 // A bus whose broker is gone cannot say goodbye to it.
        catch (Exception)
#pragma warning restore CA1031
        {
            // What it had in hand comes back by the broker.
        }
    }

    private void Configure(IRabbitMqBusFactoryConfigurator bus)
    {
        var broker = _options.RabbitMq;
        bus.Host(broker.Hote, (ushort)broker.EffectivePort, broker.HoteVirtuel, host =>
        {
            host.Username(broker.Utilisateur);
            host.Password(broker.MotDePasse ?? "");
            host.Heartbeat(TimeSpan.FromSeconds(10));
            host.PublisherConfirmation = true;
            if (broker.Tls)
            {
                host.UseSsl(ssl =>
                {
                    ssl.ServerName = broker.Hote;
                    ssl.CertificateValidationCallback = (_, certificate, _, errors) => broker.Accepts(certificate, errors);
                });
            }
        });

        // The envelope is ours, and plain: nothing of MassTransit's is needed to read it.
        bus.ClearSerialization();
        bus.UseRawJsonSerializer(RawSerializerOptions.AnyMessageType, isDefault: true);
        bus.Message<Envelope>(m => m.SetEntityName(Topology.Facts));
        bus.Publish<Envelope>(p => p.ExchangeType = ExchangeType.Direct);
        bus.Send<Envelope>(s => s.UseRoutingKeyFormatter(context => context.Message.Type));
        bus.ConfigurePublish(pipe => pipe.UseExecute(RequireQueue));
        bus.ConfigureSend(pipe => pipe.UseExecute(RequireQueue));
        foreach (var consumer in Consumers)
        {
            bus.ReceiveEndpoint(Topology.QueueOf(consumer), endpoint =>
            {
                endpoint.ConfigureConsumeTopology = false;
                endpoint.PublishFaults = false;
                endpoint.PrefetchCount = broker.EnAvance;
                foreach (var (name, value) in Topology.ArgumentsOf(consumer))
                {
                    endpoint.SetQueueArgument(name, value);
                }

                endpoint.Handler<Envelope>(context => ConsumeAsync(consumer, context.Message, context.CancellationToken));
            });
        }
    }

    private static void RequireQueue(SendContext context)
    {
        if (context.TryGetPayload<RabbitMqSendContext>(out var publication))
        {
            publication.Mandatory = true;
        }
    }

    private async Task ConsumeAsync(Consumer consumer, Envelope envelope, CancellationToken cancellationToken)
    {
        await _deliveries.WaitAsync(cancellationToken);
        try
        {
            await _dispatcher.DispatchAsync(consumer, envelope.MessageId, envelope.Payload.GetRawText(), envelope.TraceParent, cancellationToken);
            if (envelope.Consumer is not null)
            {
                await _failures.ForgetAsync(envelope.MessageId, consumer, cancellationToken);
            }
        }
        catch (Exception failure)
        {
            LogThrew(failure, consumer.Name, envelope.MessageId);
            throw;
        }
        finally
        {
            _deliveries.Release();
        }
    }

    private async Task PublishAsync(IBusControl bus, OutboxMessage message, CancellationToken cancellationToken)
    {
        var envelope = Envelope.Of(message);
        if (message.Consumer is null)
        {
            await bus.Publish(envelope, cancellationToken);
            return;
        }

        var consumer = _dispatcher.ConsumersOf(message.Type).SingleOrDefault(c => c.Name == message.Consumer)
            ?? throw new MessageReturnedException($"No consumer is named {message.Consumer}");
        var endpoint = await bus.GetSendEndpoint(new Uri($"exchange:{Topology.QueueOf(consumer)}"));
        await endpoint.Send(envelope, cancellationToken);
    }

    private IEnumerable<OutboxMessage> InOrder(IReadOnlyList<OutboxMessage> batch)
    {
        if (!_options.MelangerEtDoubler)
        {
            return batch.OrderBy(m => m.Id);
        }

        OutboxMessage[] twice = [.. batch, .. batch];
        _shuffle.Shuffle(twice);
        return twice;
    }

    private async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken)
    {
        await using var scope = _scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<MessagerieDbContext>().NowAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Consumer {Consumer} threw on message {MessageId}")]
    private partial void LogThrew(Exception failure, string consumer, Guid messageId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {MessageId} ({Type}, to {Consumer}) has no queue: it stays in the outbox")]
    private partial void LogUnroutable(Guid messageId, string type, string consumer);
}
