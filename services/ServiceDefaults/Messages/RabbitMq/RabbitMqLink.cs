using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace SuiviCourrier.ServiceDefaults.Messages.RabbitMq;

/// <summary>
/// Our own connection beside MassTransit's: it declares the topology before anything is published, says whether the broker is there, and
/// empties the error queues. When it falls, publishing stops until everything is declared again.
/// </summary>
internal sealed partial class RabbitMqLink(
    RabbitMqBus bus, LostDeliveries lost, IEnumerable<Consumer> consumers, IOptions<MessagesOptions> options, ILogger<RabbitMqLink> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_watch = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_mostPatience = TimeSpan.FromMinutes(2);
    private readonly IReadOnlyList<Consumer> _all = [.. consumers];

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await bus.CloseAsync("Le processus s’arrête.", cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var last = "";
        var patience = s_patience;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await options.Value.RabbitMq.ToFactory().CreateConnectionAsync("courrier", stoppingToken);
                var fallen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                connection.ConnectionShutdownAsync += (_, _) =>
                {
                    fallen.TrySetResult();
                    return Task.CompletedTask;
                };
                await using (var channel = await connection.CreateChannelAsync(cancellationToken: stoppingToken))
                {
                    await Topology.DeclareAsync(channel, _all, stoppingToken);
                }

                await lost.ReadAsync(connection, bus.Consumers, stoppingToken);
                await bus.OpenAsync(connection, fallen.Task, patience, stoppingToken);
                patience = s_patience;
                LogOpen();
                last = "";
                await bus.CloseAsync(await TroubleAsync(fallen.Task, stoppingToken), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The broker may be away for an hour, or for ever: nothing else stops for it.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                if (failure is QueuesNotReadException)
                {
                    // On a machine that has much else to do, beginning again as soon as before would never end.
                    patience = patience * 2 < s_mostPatience ? patience * 2 : s_mostPatience;
                }

                var trouble = SentenceFor(failure);
                await bus.CloseAsync(trouble, stoppingToken);
                if (trouble != last)
                {
                    LogAway(failure, trouble);
                }

                last = trouble;
            }

            await Task.WhenAny(Task.Delay(s_pause, stoppingToken));
        }
    }

    /// <summary>Waits until the connection has fallen, or something of ours is gone from the broker and must be declared and read again.</summary>
    private async Task<string> TroubleAsync(Task fallen, CancellationToken stoppingToken)
    {
        string? before = null;
        while (await Task.WhenAny(fallen, Task.Delay(s_watch, stoppingToken)) != fallen)
        {
            stoppingToken.ThrowIfCancellationRequested();
            var trouble = await bus.LookAsync(stoppingToken);
            if (trouble is not null && before is not null)
            {
                LogRenewed(trouble);
                return trouble;
            }

            before = trouble;
        }

        return "RabbitMQ a fermé la connexion.";
    }

    private string SentenceFor(Exception failure)
    {
        var broker = options.Value.RabbitMq;
        return failure switch
        {
            BrokerUnreachableException { InnerException: AuthenticationFailureException } or AuthenticationFailureException =>
                $"RabbitMQ refuse le compte « {broker.Utilisateur} » : vérifiez Messages:RabbitMq:Utilisateur et MotDePasse.",
            OperationInterruptedException { ShutdownReason.ReplyCode: 530 } => $"RabbitMQ n’a pas d’hôte virtuel « {broker.HoteVirtuel} », ou le compte n’y a pas accès.",
            OperationInterruptedException { ShutdownReason: { ReplyCode: 403 } refused } => $"RabbitMQ refuse une déclaration au compte « {broker.Utilisateur} » : {refused.ReplyText}",
            OperationInterruptedException { ShutdownReason: { ReplyCode: 406 } refused } => $"RabbitMQ a une file d’un autre modèle que le nôtre : {refused.ReplyText}",
            QueuesNotReadException or BusUnavailableException => failure.Message,
            _ => $"RabbitMQ ne répond pas ({broker.Hote}:{broker.EffectivePort}).",
        };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to RabbitMQ, everything is declared")]
    private partial void LogOpen();

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Trouble} Everything is declared and read again")]
    private partial void LogRenewed(string trouble);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Trouble} Facts wait in the outbox")]
    private partial void LogAway(Exception failure, string trouble);
}
