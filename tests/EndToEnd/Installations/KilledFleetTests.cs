using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Brokers;
using SuiviCourrier.TestSupport.Mail;
using SuiviCourrier.TestSupport.Processes;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.EndToEnd.Installations;

/// <summary>
/// The production shape: two processes of each role on one database, one broker and one folder. Letters are registered, twenty a second in
/// a long run, while processes are killed and the broker is killed, stopped and started again.
/// </summary>
[Category("OwnBroker")]
public sealed class KilledFleetTests
{
    private const int Clients = 8;
    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("COURRIER_LONG_TESTS") == "1";
    private static readonly int s_perSecond = s_isLong ? 20 : 4;

    /// <summary>Letters between two faults, at most.</summary>
    private static readonly int s_between = s_isLong ? 40 : 10;
    private static readonly int s_kills = s_isLong ? 50 : 3;
    private static readonly TimeSpan s_brokerStopped = s_isLong ? TimeSpan.FromMinutes(5) : TimeSpan.FromSeconds(5);
    private readonly int _seed = Random.Shared.Next();
    private readonly List<string> _faults = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly ConcurrentDictionary<int, Guid> _answered = new();
    private int _cutsInData;

    [Test]
    public async Task Register_WhileProcessesAndTheBrokerFall_LosesAndDoublesNothing()
    {
        var random = new Random(_seed);
        await using var broker = await RabbitMqServer.StartAsync();
        await using var sink = SmtpSink.Start();
        await using var installation = await Installation.CreateAsync(
            new Dictionary<string, string?>(sink.Settings()) { ["Courriel:Bail"] = "00:00:05", ["Relances:Cron"] = "*/5 * * * * *", ["Relances:Heure"] = "00:00" },
            await broker.CreateHostAsync());
        using var account = await SignedInClient.CreateAsync(installation, RoleAgent.BureauOrdre, "SGCD", "Lucie Garnier");
        await using var fleet = new Fleet(installation, perRole: 2);
        try
        {
            await RegisterAsync(fleet, account, broker, installation, sink, random);
        }
        catch (Exception)
        {
            // What only this run can tell, before its processes and folders are gone.
            await TestContext.Out.WriteLineAsync(
                $"seed {_seed}; faults: {string.Join(", ", _faults)}; failed at {_watch.Elapsed.TotalSeconds:0.0} s\n"
                + string.Join('\n', fleet.Members.Select(m => $"== {m.Role} {m.Address}\n{m.Output}")) + $"\n== RabbitMQ\n{await broker.LogAsync()}");
            throw;
        }
    }

    private async Task RegisterAsync(
        Fleet fleet, SignedInClient account, RabbitMqServer broker, Installation installation, SmtpSink sink, Random random)
    {
        await fleet.StartAsync();
        using var stop = new CancellationTokenSource();
        var letters = new ConcurrentQueue<int>();
        var posting = Enumerable.Range(0, Clients).Select(client => PostAsync(fleet, account, letters, client, stop.Token)).ToList();
        var counting = CountAsync(letters, stop.Token);
        var slots = Enumerable.Range(0, s_kills).Select(_ => "process").Append("broker killed").Append("broker stopped").ToArray();
        random.Shuffle(slots);
        foreach (var fault in slots)
        {
            await UntilMoreAreAnsweredAsync(random.Next(5, s_between));
            await FallAsync(fault, fleet, broker, installation, random);
        }

        await UntilMoreAreAnsweredAsync(s_between);
        await stop.CancelAsync();
        var count = await counting;
        await Task.WhenAll(posting);
        var lastFault = Stopwatch.StartNew();
        await EventuallyAsync("the queues never drained", installation.IsAtRestAsync, TimeSpan.FromMinutes(2));
        await AssertAsync(installation, sink, count, lastFault.Elapsed);
        await fleet.StopAsync();
    }

    /// <summary>Numbers the letters, so many a second.</summary>
    private static async Task<int> CountAsync(ConcurrentQueue<int> letters, CancellationToken stop)
    {
        var count = 0;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / s_perSecond));
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                // Ten seconds of letters lie on the table at most: what nobody can keep up with is not a load, it is a pile.
                if (letters.Count < s_perSecond * 10)
                {
                    letters.Enqueue(count++);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }

        return count;
    }

    private async Task PostAsync(Fleet fleet, SignedInClient account, ConcurrentQueue<int> letters, int client, CancellationToken stop)
    {
        var turn = client;
        using var form = new LetterForm(() => fleet.Portails[turn++ % fleet.Portails.Count], account);
        var random = new Random(_seed + client);
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().Date);
        while (true)
        {
            if (letters.TryDequeue(out var letter))
            {
                // Every fifth has lain somewhere for weeks: its steps fire now.
                _answered[letter] = await form.PostAsync(letter, LetterForm.Scan(letter, random, 5_000), letter % 5 == 0 ? today.AddDays(-40) : null);
            }
            else if (stop.IsCancellationRequested)
            {
                return;
            }
            else
            {
                await Task.Delay(10, CancellationToken.None); // the table is empty
            }
        }
    }

    private async Task UntilMoreAreAnsweredAsync(int more)
    {
        var enough = _answered.Count + more;
        await EventuallyAsync("no letter was answered any more", () => Task.FromResult(_answered.Count >= enough), TimeSpan.FromMinutes(2));
    }

    private async Task FallAsync(string fault, Fleet fleet, RabbitMqServer broker, Installation installation, Random random)
    {
        var victim = fleet.Members[random.Next(fleet.Members.Count)];
        _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{_watch.Elapsed.TotalSeconds:0.0} s {(fault == "process" ? victim.Role : fault)}"));
        await TestContext.Progress.WriteLineAsync(_faults[^1]);
        switch (fault)
        {
            case "process":
                await victim.KillAsync();
                _cutsInData += await installation.CutsInDataAsync(); // the other process with the role may have one too: an upper bound
                victim.Launch();
                if (random.Next(2) == 0)
                {
                    await victim.UntilReadyAsync();
                }

                break;
            case "broker killed":
                // Not while it still looks for its queues after the fault before: it may lose one of them then (deploy/rabbitmq/README.md), which is its own fault.
                await fleet.UntilReadyAsync();
                await broker.KillAsync();
                await UntilMoreAreAnsweredAsync(s_between);
                await broker.RestartAsync();
                break;
            default:
                await broker.StopAsync();
                var away = Stopwatch.StartNew();
                await UntilMoreAreAnsweredAsync(s_between);
                await AssertSaidAsync(fleet);
                await EventuallyAsync("the time never passed", () => Task.FromResult(away.Elapsed >= s_brokerStopped), s_brokerStopped * 2);
                await broker.RestartAsync();
                break;
        }
    }

    /// <summary>Registering goes on, and whoever watches is told.</summary>
    private static async Task AssertSaidAsync(Fleet fleet)
    {
        using var http = new HttpClient();
        foreach (var portail in fleet.Portails)
        {
            await EventuallyAsync("a process never said that its broker is away", async () =>
            {
                try
                {
                    return (await (await http.GetAsync(new Uri(portail, "/sante/pret"))).Content.ReadAsStringAsync()).Contains("RabbitMQ", StringComparison.Ordinal);
                }
                catch (Exception away) when (away is HttpRequestException or SocketException)
                {
                    return false;
                }
            });
        }
    }

    private async Task AssertAsync(Installation installation, SmtpSink sink, int letters, TimeSpan drained)
    {
        var database = installation.Database;
        var auditor = new Auditor(database, installation.Folder);
        var registered = (await database.RowsAsync("SELECT cle_idempotence || ' ' || id FROM ingestion.courriers")).ToLookup(r => r.Split(' ')[0], r => Guid.Parse(r.Split(' ')[1]));
        var keys = Enumerable.Range(0, letters).ToDictionary(n => n, n => $"saisie:{LetterForm.KeyOf(n)}");
        var lost = keys.Values.Count(k => !registered.Contains(k));
        var doubled = keys.Values.Count(k => registered[k].Count() > 1);
        var unexpected = await database.ScalarAsync<long>("SELECT count(*) FROM ingestion.courriers") - letters;
        var addresses = sink.Received.SelectMany(m => m.Recipients).Where(r => r.StartsWith("lettre", StringComparison.Ordinal)).CountBy(r => r).ToDictionary();
        var uncertain = (await database.RowsAsync("SELECT destinataire FROM ingestion.accuses WHERE etat = 'Incertain'")).ToHashSet();
        var fired = await database.ScalarAsync<long>("SELECT count(*) FROM echeances.lecture_relances WHERE fired_at IS NOT NULL");
        await TestContext.Out.WriteLineAsync(
            $"""
            seed {_seed}; faults: {string.Join(", ", _faults)}
            attempted {letters}, answered {_answered.Count}, lost {lost}, doubled {doubled}, unexpected {unexpected}, {letters / _watch.Elapsed.TotalSeconds:0.0} a second over all
            acknowledgements accepted {addresses.Values.Sum()}, uncertain {uncertain.Count} for at most {_cutsInData} cuts in DATA; steps fired {fired}
            at rest {drained.TotalSeconds:0.0} s after the last letter, {_watch.Elapsed.TotalSeconds:0} s in all
            """);

        Assert.Multiple(async () =>
        {
            Assert.That((lost, doubled, unexpected), Is.EqualTo((0, 0, 0)));
            Assert.That(_answered.Select(a => registered[keys[a.Key]].Single()), Is.EqualTo(_answered.Select(a => a.Value)), "an answer named another courrier");
            Assert.That(await database.ScalarAsync<long>("SELECT max(rang)::bigint FROM ingestion.courriers"), Is.EqualTo(letters), "1 to n without a gap");
            Assert.That(await auditor.BreachesAtRestAsync(), Is.Empty);
            Assert.That(await auditor.BreachesOfSendingAsync(sink.Received, _cutsInData), Is.Empty);
            Assert.That(addresses.Where(a => a.Value > 1), Is.Empty, "acknowledged twice");
            Assert.That(
                Enumerable.Range(0, letters).Select(LetterForm.AddressOf).OfType<string>().Where(a => addresses.GetValueOrDefault(a) != 1 && !uncertain.Contains(a)),
                Is.Empty, "not acknowledged, without a reason");
            Assert.That(fired, Is.GreaterThanOrEqualTo(letters / 5), "a step past its day did not fire");
        });
    }
}
