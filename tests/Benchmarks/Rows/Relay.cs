using System.Text;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.ServiceDefaults.Messages.RabbitMq;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Benchmarks.Rows;

/// <summary>
/// A batch of the outbox published with confirms and taken out of the database, beside the same 500 messages from memory: by MassTransit set as ours is,
/// and by RabbitMQ.Client on one channel. At most 128 wait for their confirmation; every message goes to the same quorum queues; nobody reads them.
/// </summary>
internal static class Relay
{
    private const int Batch = 500;
    private const int Window = 128;

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        // The relay of the process itself sleeps: ours is called batch by batch.
        var settings = new Dictionary<string, string?> { ["Messages:Poll"] = "01:00:00", ["Messages:BatchSize"] = Batch.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        await using var bench = await Bench.StartAsync(settings, ServiceRoles.Ingestion, "rabbitmq");
        var relay = bench.Courrier.App.Services.GetServices<IHostedService>().OfType<OutboxRelay>().Single();
        var broker = bench.Courrier.App.Services.GetRequiredService<ServiceDefaults.Messages.IBus>();
        await Eventually.EventuallyAsync("RabbitMQ was never ready", async () => await broker.CheckAsync(CancellationToken.None) is null);

        await Consumption.DeliverOneAsync(bench);
        await bench.ExecuteAsync("CREATE TEMP TABLE modele AS SELECT type, payload FROM messagerie.outbox LIMIT 1");
        await bench.ExecuteAsync("DELETE FROM messagerie.outbox");
        var message = new OutboxMessage { Type = await bench.ScalarAsync<string>("SELECT type FROM modele"), Payload = await bench.ScalarAsync<string>("SELECT payload::text FROM modele") };

        var configuration = bench.Courrier.App.Configuration.GetSection("Messages:RabbitMq").Get<RabbitMqOptions>()!;
        await using var connection = await new ConnectionFactory
        {
            HostName = configuration.Hote,
            Port = configuration.Port!.Value,
            VirtualHost = configuration.HoteVirtuel,
            UserName = configuration.Utilisateur,
            Password = configuration.MotDePasse!,
        }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var massTransit = MassTransitAlone(configuration);
        await massTransit.StartAsync();
        var body = Encoding.UTF8.GetBytes(System.Text.Json.JsonSerializer.Serialize(Envelope.Of(message), System.Text.Json.JsonSerializerOptions.Web));
        var properties = new BasicProperties { Persistent = true, ContentType = "application/json" };
        var measures = await Duel.RunAsync(
            [
                new("relay", () => relay.RelayAsync(CancellationToken.None), () => bench.ExecuteAsync(
                    "INSERT INTO messagerie.outbox (message_id, type, payload) SELECT uuidv7(), type, payload FROM modele, generate_series(1, $1)", Batch)),
                new("MassTransit, no outbox", () => PublishAsync(token => new ValueTask(massTransit.Publish(Envelope.Of(message), token)))),
                new("RabbitMQ.Client", () => PublishAsync(token => channel.BasicPublishAsync(Exchange, message.Type, mandatory: true, properties, body, token))),
            ],
            TimeSpan.FromSeconds(1));
        await massTransit.StopAsync();
        return
        [
            Row.Share("outbox relay to RabbitMQ, window 128, batches of 500", measures[0], measures[2], 0.35),
            Row.Share("outbox relay, the same batches", measures[0], measures[1], 0.8),
        ];
    }

    private static string Exchange => "courrier.faits";

    private static async Task<int> PublishAsync(Func<CancellationToken, ValueTask> publishAsync)
    {
        await Parallel.ForAsync(0, Batch, new ParallelOptions { MaxDegreeOfParallelism = Window }, async (_, token) => await publishAsync(token));
        return Batch;
    }

    private static IBusControl MassTransitAlone(RabbitMqOptions broker) => Bus.Factory.CreateUsingRabbitMq(bus =>
    {
        bus.Host(broker.Hote, (ushort)broker.Port!.Value, broker.HoteVirtuel, host =>
        {
            host.Username(broker.Utilisateur);
            host.Password(broker.MotDePasse!);
            host.PublisherConfirmation = true;
        });
        bus.ClearSerialization();
        bus.UseRawJsonSerializer(RawSerializerOptions.AnyMessageType, isDefault: true);
        bus.Message<Envelope>(m => m.SetEntityName(Exchange));
        bus.Publish<Envelope>(p => p.ExchangeType = ExchangeType.Direct);
        bus.Send<Envelope>(s => s.UseRoutingKeyFormatter(context => context.Message.Type));
        bus.ConfigurePublish(pipe => pipe.UseExecute(context =>
        {
            if (context.TryGetPayload<RabbitMqSendContext>(out var publication))
            {
                publication.Mandatory = true;
            }
        }));
    });
}
