using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.ServiceDefaults.Messages.RabbitMq;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Brokers;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.ServiceDefaults.Tests.Messages;

/// <summary>What only a broker can do to us: be away, die, refuse us, lose a queue, hold something that is not ours.</summary>
public sealed class RabbitMqTests
{
    private const string Queue = "portail.witness.courrier-qualified";
    private const string DeadQueue = "courrier.mort.portail";
    private static readonly string s_fact = typeof(CourrierQualified).FullName!;

    private RabbitMqServer _server = null!;
    private RabbitMqHost _host = null!;

    [OneTimeSetUp]
    public async Task StartServerAsync() => _server = await RabbitMqServer.StartAsync();

    [OneTimeTearDown]
    public async Task StopServerAsync() => await _server.DisposeAsync();

    [SetUp]
    public async Task CreateHostAsync() => _host = await _server.CreateHostAsync();

    [TearDown]
    public async Task DeleteHostAsync() => await _host.DisposeAsync();

    [Test]
    public async Task Publish_WithTheBrokerAwayFromTheStart_WaitsAndIsSaid_ThenArrives()
    {
        await _server.StopAsync();
        await using var courrier = await StartAsync();
        using var http = new HttpClient { BaseAddress = courrier.BaseAddress };
        for (var fact = 0; fact < 20; fact++)
        {
            await PublishAsync(courrier);
        }

        await EventuallyAsync("the process never said that its broker is away", async () =>
        {
            using var answer = await http.GetAsync("/sante/pret");
            return answer.StatusCode == HttpStatusCode.ServiceUnavailable
                && (await answer.Content.ReadAsStringAsync()).Contains("RabbitMQ ne répond pas", StringComparison.Ordinal);
        });
        Assert.That(await OutboxAsync(courrier), Is.EqualTo(20));

        await _server.RestartAsync();

        await UntilHandledAsync(courrier, 20);
        await UntilReadyAsync(http);
    }

    [Test]
    public async Task Publish_WhileTheBrokerIsKilled_LosesAndDoublesNothing()
    {
        await using var courrier = await StartAsync();
        using var http = new HttpClient { BaseAddress = courrier.BaseAddress };
        await UntilReadyAsync(http);

        // Its queues are written down for good: killed a second or two after it has made them, it may not find them again (deploy/rabbitmq/README.md).
        await _server.StopAsync();
        await _server.RestartAsync();

        // Published all the time, but no more than so many in each phase: how long a broker takes to come back must not decide how many facts wait.
        const int Phase = 50;
        const int Phases = 6;
        var (published, allowed) = (0, 0);
        var publishing = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (published < Phase * Phases && await timer.WaitForNextTickAsync(CancellationToken.None))
            {
                if (published < Volatile.Read(ref allowed))
                {
                    await PublishAsync(courrier);
                    Interlocked.Increment(ref published);
                }
            }
        });
        Task PublishedAsync(string phase, int outOf = Phase)
        {
            var before = Interlocked.Add(ref allowed, Phase) - Phase;
            return EventuallyAsync($"nothing was published any more {phase}", () => Task.FromResult(Volatile.Read(ref published) >= before + outOf));
        }

        for (var kill = 0; kill < Phases / 3; kill++)
        {
            // Nor does it always after two kills before it has found them again.
            await UntilReadyAsync(http);
            await PublishedAsync("with the broker there", Phase / 2);
            await _server.KillAsync();
            await PublishedAsync("with the broker away");
            var comingBack = PublishedAsync("while it came back");
            await _server.RestartAsync();
            await comingBack;
        }

        await publishing;

        await UntilHandledAsync(courrier, published);
        await UntilReadyAsync(http);
        Assert.That(courrier.App.Services.GetRequiredService<Witnessed>().Most, Is.LessThanOrEqualTo(3), "a fact was handled again and again");
    }

    [Test]
    public void Trouble_OfABusThatNamesNoQueue_IsToldAllTheSame()
    {
        var none = new Dictionary<string, MassTransit.EndpointHealthResult>();

        Assert.That(RabbitMqBus.TroubleOf(MassTransit.BusHealthResult.Unhealthy("essai", new InvalidOperationException(), none)), Is.EqualTo("RabbitMQ : ne lit plus toutes ses files."));
        Assert.That(RabbitMqBus.TroubleOf(MassTransit.BusHealthResult.Healthy("essai", none)), Is.Null);
    }

    /// <summary>Waiting for the broker's consumers over a link that has fallen, twice as long each time, kept facts from leaving for minutes.</summary>
    [Test]
    public async Task Open_WhoseLinkHasFallen_IsGivenUpAtOnce_AndWithoutPatienceNamesWhatIsNotRead()
    {
        await using var courrier = await StartAsync();
        using var http = new HttpClient { BaseAddress = courrier.BaseAddress };
        await UntilReadyAsync(http);
        await using var link = await _host.ConnectAsync();
        var bus = courrier.App.Services.GetRequiredService<RabbitMqBus>();
        var neverFalls = new TaskCompletionSource().Task;

        Assert.Multiple(() =>
        {
            Assert.That(
                async () => await bus.OpenAsync(link, fallen: Task.CompletedTask, Timeout.InfiniteTimeSpan, CancellationToken.None),
                Throws.TypeOf<BusUnavailableException>().With.Message.EqualTo("RabbitMQ a fermé la connexion."));
            Assert.That(
                async () => await bus.OpenAsync(link, neverFalls, patience: TimeSpan.Zero, CancellationToken.None),
                Throws.TypeOf<QueuesNotReadException>().With.Message.Match("^RabbitMQ répond, mais ne laisse pas lire « .+ », « .+ », « .+ » et [0-9]+ autres files\\.$"));
        });
        await PublishAsync(courrier);
        await UntilHandledAsync(courrier, 1);
    }

    [Test]
    public async Task Connect_WithTls_AcceptsTheNamedCertificateAndNoOther()
    {
        var settings = _host.Settings(isTls: true);
        var withColons = string.Join(':', settings["Messages:RabbitMq:EmpreinteCertificat"]!.ToLowerInvariant().Chunk(2).Select(b => new string(b)));
        foreach (var pinned in new[] { settings["Messages:RabbitMq:EmpreinteCertificat"], withColons })
        {
            await using var courrier = await StartAsync(new(settings) { ["Messages:RabbitMq:EmpreinteCertificat"] = pinned });
            await PublishAsync(courrier);
            await UntilHandledAsync(courrier, 1);
        }

        await using var wary = await StartAsync(new(settings) { ["Messages:RabbitMq:EmpreinteCertificat"] = new string('0', 64) });
        await UntilTroubleAsync(wary, "RabbitMQ ne répond pas");
    }

    [TestCase("Messages:RabbitMq:MotDePasse", "faux", "RabbitMQ refuse le compte « courrier »")]
    [TestCase("Messages:RabbitMq:HoteVirtuel", "ailleurs", "pas d’hôte virtuel « ailleurs »")]
    public async Task Connect_Refused_SaysWhatToCorrect(string setting, string value, string expected)
    {
        await using var courrier = await StartAsync(new(_host.Settings()) { [setting] = value });

        await UntilTroubleAsync(courrier, expected);
    }

    [Test]
    public async Task Stop_WithADeliveryAtWork_FinishesIt()
    {
        var courrier = await StartAsync();
        var witnessed = courrier.App.Services.GetRequiredService<Witnessed>();
        var work = witnessed.HoldBack();
        await PublishAsync(courrier);
        await EventuallyAsync("the delivery never began", () => Task.FromResult(witnessed.Most == 1));

        var stopping = courrier.App.StopAsync();
        work.SetResult();
        await stopping;

        Assert.Multiple(async () =>
        {
            Assert.That(await HandledAsync(courrier), Is.EqualTo(1));
            Assert.That(await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.livraisons"), Is.Zero);
            Assert.That(await _host.WaitingAsync(), Is.Empty);
        });
        await courrier.DisposeAsync();
    }

    [Test]
    public async Task Deliver_WhatIsNotOurs_IsListedWhole()
    {
        await using var courrier = await StartAsync();
        await UntilDeclaredAsync();
        await using var connection = await _host.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();

        await channel.BasicPublishAsync(Queue, "", "ceci n'est pas un fait"u8.ToArray());

        await EventuallyAsync("it was never listed", async () => await courrier.Database.ScalarAsync<long>(
            "SELECT count(*) FROM messagerie.echecs WHERE payload #>> '{}' = 'ceci n''est pas un fait' AND consumer LIKE 'portail.witness%'") == 1);
        await EventuallyAsync("it stayed in a queue", async () => (await _host.WaitingAsync()).Count == 0);
    }

    [Test]
    public async Task Publish_WhatHasNoQueue_StaysInTheOutbox()
    {
        await using var courrier = await StartAsync();
        using var http = new HttpClient { BaseAddress = courrier.BaseAddress };
        await UntilReadyAsync(http);
        await using var connection = await _host.ConnectAsync();
        await using (var channel = await connection.CreateChannelAsync())
        {
            foreach (var queue in (await _host.QueuesAsync()).Where(q => q.EndsWith(".courrier-qualified", StringComparison.Ordinal)))
            {
                await channel.ExchangeUnbindAsync(queue, "courrier.faits", s_fact);
            }
        }

        await PublishAsync(courrier);

        await EventuallyAsync("it was never put off", async () => await courrier.Database.ScalarAsync<long>(
            "SELECT count(*) FROM messagerie.outbox WHERE not_before > now() + interval '30 seconds'") == 1);
        Assert.That(await HandledAsync(courrier), Is.Zero);
    }

    [TestCase(Queue)]
    [TestCase(DeadQueue)]
    [TestCase(Queue + "_error")]
    public async Task Check_AfterAQueueIsGone_SaysSoAndHeals(string queue)
    {
        await using var courrier = await StartAsync();
        using var http = new HttpClient { BaseAddress = courrier.BaseAddress };
        await UntilReadyAsync(http);
        await using (var connection = await _host.ConnectAsync())
        await using (var channel = await connection.CreateChannelAsync())
        {
            await channel.QueueDeleteAsync(queue);
        }

        await EventuallyAsync("the queue never came back, with a reader", async () =>
        {
            await using var connection = await _host.ConnectAsync();
            await using var channel = await connection.CreateChannelAsync();
            try
            {
                return (await channel.QueueDeclarePassiveAsync(queue)).ConsumerCount == 1;
            }
            catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
            {
                return false;
            }
        });
        await UntilReadyAsync(http);
        await PublishAsync(courrier);
        await UntilHandledAsync(courrier, 1);
    }

    [Test]
    public async Task Declare_AsTheNarrowAccount_MakesQuorumQueuesWithTheirPolicy()
    {
        await using var courrier = await StartAsync();
        using var http = new HttpClient { BaseAddress = courrier.BaseAddress };
        await UntilReadyAsync(http);
        IReadOnlyList<JsonElement> queues = [];
        await EventuallyAsync("the broker never said the policies of the queues", async () =>
            (queues = await _host.DescribeAsync()).All(q => q.TryGetProperty("policy", out var policy) && policy.ValueKind == JsonValueKind.String));

        Assert.Multiple(() =>
        {
            Assert.That(queues.Select(q => q.GetProperty("arguments").GetProperty("x-queue-type").GetString()), Is.All.EqualTo("quorum"));
            foreach (var queue in queues)
            {
                var name = queue.GetProperty("name").GetString()!;
                var isOurs = name.StartsWith("portail.", StringComparison.Ordinal) || name.StartsWith("echeances.", StringComparison.Ordinal)
                    || name.StartsWith("ingestion.", StringComparison.Ordinal);
                Assert.That(
                    queue.GetProperty("policy").GetString(),
                    Is.EqualTo(isOurs && !name.EndsWith("_error", StringComparison.Ordinal) ? "courrier-consommateurs" : "courrier-rebuts"), name);
                if (isOurs)
                {
                    Assert.That(queue.GetProperty("arguments").GetProperty("x-dead-letter-strategy").GetString(), Is.EqualTo("at-least-once"), name);
                }
            }
        });
    }

    private Task<RunningCourrier> StartAsync(Dictionary<string, string?>? settings = null) => RunningCourrier.StartAsync(
        new Dictionary<string, string?>(settings ?? _host.Settings()) { ["Messages:Poll"] = "00:00:00.100" },
        builder =>
        {
            builder.Services.AddSingleton<Witnessed>();
            builder.Services.AddConsumer<Witness, CourrierQualified, PortailDbContext>("portail.witness", ServiceRoles.Portail);
        },
        transport: "interne");

    private static async Task PublishAsync(RunningCourrier courrier)
    {
        await using var scope = courrier.Scope();
        var db = scope.ServiceProvider.GetRequiredService<PortailDbContext>();
        db.Outbox.Publish(new CourrierQualified { Source = "portail", CourrierId = Guid.CreateVersion7(), Version = 1, Etat = new EtatDossier { Etat = EtatCourrier.Enregistre } });
        await db.SaveChangesAsync();
    }

    private static Task<long> HandledAsync(RunningCourrier courrier) =>
        courrier.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.inbox WHERE consumer LIKE 'portail.witness%'");

    private static Task<long> OutboxAsync(RunningCourrier courrier) => courrier.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.outbox");

    private async Task UntilHandledAsync(RunningCourrier courrier, int facts)
    {
        var said = "";
        await EventuallyAsync($"the {facts} facts were never all handled", async () =>
        {
            var (handled, outbox) = (await HandledAsync(courrier), await OutboxAsync(courrier));
            said = $"{handled} handled, {outbox} in the outbox";
            if (handled == facts && outbox == 0)
            {
                return true;
            }

            said += $", {await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.livraisons")} to be tried again"
                + $", {await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.echecs")} failed"
                + $", in queues: {await WaitingAsync()}; the bus: {await courrier.App.Services.GetRequiredService<IBus>().CheckAsync(CancellationToken.None) ?? "well"}";
            return false;
        }, saidLast: () => said);
        await EventuallyAsync("something stayed in a queue", async () => await Transport.IsIdleAsync(_host, courrier.Database));
        Assert.That(await HandledAsync(courrier), Is.EqualTo(facts));
    }

    private async Task<string> WaitingAsync()
    {
        try
        {
            return string.Join(", ", (await _host.WaitingAsync()).Select(q => $"{q.Key} {q.Value}"));
        }
        catch (Exception away) when (away is RabbitMQ.Client.Exceptions.RabbitMQClientException or IOException)
        {
            return "the broker does not answer";
        }
    }

    private static Task UntilReadyAsync(HttpClient http) => EventuallyAsync("the process was never ready", async () =>
    {
        using var answer = await http.GetAsync("/sante/pret");
        return answer.IsSuccessStatusCode;
    });

    private static async Task UntilTroubleAsync(RunningCourrier courrier, string expected)
    {
        using var http = new HttpClient { BaseAddress = courrier.BaseAddress };
        await EventuallyAsync($"the process never said « {expected} »", async () =>
        {
            using var answer = await http.GetAsync("/sante/pret");
            return (await answer.Content.ReadAsStringAsync()).Contains(expected, StringComparison.Ordinal);
        });
    }

    private Task UntilDeclaredAsync() => EventuallyAsync("the queues were never declared", async () => (await _host.QueuesAsync()).Contains(DeadQueue)
        && (await _host.QueuesAsync()).Contains(Queue + "_error"));

    private sealed class Witnessed
    {
        private readonly ConcurrentDictionary<Guid, int> _times = new();
        private TaskCompletionSource? _heldBack;

        /// <summary>How often the fact handled most often was handled, committed or not.</summary>
        public int Most => _times.IsEmpty ? 0 : _times.Values.Max();

        public TaskCompletionSource HoldBack() => _heldBack = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task SeeAsync(Guid id)
        {
            _times.AddOrUpdate(id, 1, (_, n) => n + 1);
            return _heldBack?.Task ?? Task.CompletedTask;
        }
    }

    private sealed class Witness(Witnessed witnessed) : IHandle<CourrierQualified>
    {
        public Task HandleAsync(CourrierQualified fact, CancellationToken cancellationToken) => witnessed.SeeAsync(fact.CourrierId);
    }
}
