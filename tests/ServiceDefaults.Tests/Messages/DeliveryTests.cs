using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.ServiceDefaults.Tests.Messages;

/// <summary>What both transports promise, with two consumers of our own beside those of the services.</summary>
[TestFixture("interne")]
[TestFixture("rabbitmq")]
public sealed class DeliveryTests(string transport)
{
    private static readonly Dictionary<string, string?> s_impatient = new()
    {
        ["Messages:Delais:0"] = "00:00:00.050",
        ["Messages:Delais:1"] = "00:00:00.050",
        ["Messages:Delais:2"] = "00:00:00.050",
        ["Messages:Delais:3"] = "00:00:00.050",
        ["Messages:Delais:4"] = "00:00:00.050",
        ["Messages:Poll"] = "00:00:00.050",
    };

    [Test]
    public async Task Publish_WhenTheTransactionRollsBack_NothingLeaves()
    {
        var seen = new Seen();
        await using var courrier = await StartAsync(seen);
        var (kept, abandoned) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        await using (var scope = courrier.Scope())
        {
            var db = scope.ServiceProvider.GetRequiredService<PortailDbContext>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.Outbox.Publish(Qualified(abandoned));
            await db.SaveChangesAsync();
            await transaction.RollbackAsync();
        }

        await PublishAsync(courrier, kept);

        await Eventually.EventuallyAsync("the committed fact was never delivered", () => Task.FromResult(seen.Times("calm", kept) > 0));
        Assert.That(seen.Times("calm", abandoned), Is.Zero);
    }

    [Test]
    public async Task Deliver_WhenOneConsumerFails_TheOtherIsNeitherBlockedNorRunAgain()
    {
        var seen = new Seen { FailuresBeforeSuccess = 2 };
        await using var courrier = await StartAsync(seen);
        var id = Guid.CreateVersion7();

        await PublishAsync(courrier, id);

        await Eventually.EventuallyAsync("the failing consumer never succeeded", () => Task.FromResult(seen.Times("moody", id) == 3));
        await courrier.UntilAppliedAsync();
        Assert.That(seen.Times("calm", id), Is.EqualTo(1));
    }

    [Test]
    public async Task Deliver_WhenAConsumerFailsForGood_IsListedAndCanBeTriedAgain()
    {
        var seen = new Seen { FailuresBeforeSuccess = 6 };
        await using var courrier = await StartAsync(seen);
        var id = Guid.CreateVersion7();

        await PublishAsync(courrier, id);
        await courrier.UntilAppliedAsync();

        Assert.That(seen.Times("moody", id), Is.EqualTo(6));
        await using var scope = courrier.Scope();
        var echecs = scope.ServiceProvider.GetRequiredService<Echecs>();
        var echec = (await echecs.ListAsync(CancellationToken.None)).Single();
        Assert.That(echec.Consumer, Does.StartWith("tests.moody"));

        Assert.That(await echecs.RetryAsync(echec.Id, "test", CancellationToken.None), Is.True);
        Assert.That(await echecs.RetryAsync(echec.Id, "test", CancellationToken.None), Is.False, "a second click does nothing");

        await Eventually.EventuallyAsync("the failure tried again never succeeded", () => Task.FromResult(seen.Times("moody", id) == 7));
        await courrier.UntilAppliedAsync();
        Assert.Multiple(() =>
        {
            Assert.That(seen.Times("calm", id), Is.EqualTo(1));
            Assert.That(courrier.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.echecs WHERE resolved_at IS NULL").Result, Is.Zero);
        });
    }

    [Test]
    public async Task Deliver_WhenTheSameMessageComesAgain_HasOneEffect()
    {
        var seen = new Seen();
        await using var courrier = await StartAsync(seen);
        var id = Guid.CreateVersion7();
        await PublishAsync(courrier, id);
        await courrier.UntilAppliedAsync();

        // What a process killed between a consumer's commit and the deletion of the row leaves behind.
        await courrier.Database.ScalarAsync<object>(
            """
            INSERT INTO messagerie.outbox (message_id, type, payload)
            SELECT message_id, $1, $2::jsonb FROM messagerie.inbox WHERE consumer LIKE 'tests.calm%'
            """,
            typeof(CourrierQualified).FullName!, FactJson.Write(Qualified(id)));
        await courrier.UntilAppliedAsync();

        Assert.That(seen.Times("calm", id), Is.EqualTo(1));
    }

    [Test]
    public async Task Deliver_ToOneCourrier_IsOneAtATimePerService()
    {
        var seen = new Seen();
        await using var courrier = await StartAsync(seen);
        var id = Guid.CreateVersion7();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PublishAsync(courrier, id)));
        await courrier.UntilAppliedAsync();

        Assert.Multiple(() =>
        {
            Assert.That(seen.Times("calm", id), Is.EqualTo(20));
            Assert.That(seen.MostAtOnce, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Relay_WithADeadNeighbourHoldingRows_TakesTheOthers()
    {
        var seen = new Seen();
        await using var courrier = await StartAsync(seen);
        await using var neighbour = new NpgsqlConnection(courrier.Database.ConnectionStrings.Migration);
        await neighbour.OpenAsync();
        await using var transaction = await neighbour.BeginTransactionAsync();
        var held = Guid.CreateVersion7();
        await using (var command = new NpgsqlCommand("INSERT INTO messagerie.outbox (message_id, type, payload) VALUES ($1, $2, $3::jsonb)", neighbour, transaction))
        {
            command.Parameters.Add(new() { Value = Guid.CreateVersion7() });
            command.Parameters.Add(new() { Value = typeof(CourrierQualified).FullName! });
            command.Parameters.Add(new() { Value = FactJson.Write(Qualified(held)) });
            await command.ExecuteNonQueryAsync();
        }

        var later = Guid.CreateVersion7();
        await PublishAsync(courrier, later);
        await Eventually.EventuallyAsync("a row committed after an open transaction was never delivered", () => Task.FromResult(seen.Times("calm", later) == 1));

        // The lower id commits last: a relay that remembers the last id it saw would lose it.
        await transaction.CommitAsync();
        await Eventually.EventuallyAsync("a row with a lower id that committed late was never delivered", () => Task.FromResult(seen.Times("calm", held) == 1));
    }

    private Task<RunningCourrier> StartAsync(Seen seen) => RunningCourrier.StartAsync(s_impatient, transport: transport, configure: builder =>
    {
        builder.Services.AddSingleton(seen);
        builder.Services.AddConsumer<Calm, CourrierQualified, PortailDbContext>("tests.calm", ServiceRoles.Portail);
        builder.Services.AddConsumer<Moody, CourrierQualified, PortailDbContext>("tests.moody", ServiceRoles.Portail);
    });

    private static async Task PublishAsync(RunningCourrier courrier, Guid id)
    {
        await using var scope = courrier.Scope();
        var db = scope.ServiceProvider.GetRequiredService<PortailDbContext>();
        db.Outbox.Publish(Qualified(id));
        await db.SaveChangesAsync();
    }

    private static CourrierQualified Qualified(Guid id) => new()
    {
        Source = "portail",
        CourrierId = id,
        Version = 1,
        Etat = new EtatDossier { Etat = EtatCourrier.Enregistre },
    };

    private sealed class Seen
    {
        private readonly ConcurrentDictionary<(string, Guid), int> _times = new();
        private int _now;
        private int _most;

        public int FailuresBeforeSuccess { get; init; }
        public int MostAtOnce => _most;

        public int Times(string consumer, Guid id) => _times.GetValueOrDefault((consumer, id));

        public int Add(string consumer, Guid id) => _times.AddOrUpdate((consumer, id), 1, (_, n) => n + 1);

        public async Task InsideAsync()
        {
            var now = Interlocked.Increment(ref _now);
            _most = Math.Max(_most, now);
            await Task.Yield();
            Interlocked.Decrement(ref _now);
        }
    }

    private sealed class Calm(Seen seen) : IHandle<CourrierQualified>
    {
        public async Task HandleAsync(CourrierQualified fact, CancellationToken cancellationToken)
        {
            await seen.InsideAsync();
            seen.Add("calm", fact.CourrierId);
        }
    }

    private sealed class Moody(Seen seen) : IHandle<CourrierQualified>
    {
        public Task HandleAsync(CourrierQualified fact, CancellationToken cancellationToken) =>
            seen.Add("moody", fact.CourrierId) <= seen.FailuresBeforeSuccess
                ? throw new InvalidOperationException("not today")
                : Task.CompletedTask;
    }
}
