using SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.Accuses;

/// <summary>Whatever the mail server does, nobody gets two acknowledgements, and what nobody can know is said to be uncertain.</summary>
public sealed class PannesSmtpTests
{
    [TestCase(SmtpFault.TemporaryRefusal, "Envoye", 1)]
    [TestCase(SmtpFault.PermanentRefusal, "Refuse", 0)]
    [TestCase(SmtpFault.ContentRefusal, "Refuse", 0)]
    [TestCase(SmtpFault.ContentDeferral, "Envoye", 1)]
    [TestCase(SmtpFault.CutAfterDotKept, "Incertain", 1)]
    [TestCase(SmtpFault.CutAfterDotLost, "Incertain", 0)]
    [TestCase(SmtpFault.SlowReply, "Envoye", 1)]
    public async Task Fault_OfOneKind_LeavesAtMostOneAcknowledgement(SmtpFault fault, string expected, int received)
    {
        await using var sink = SmtpSink.Start(withTls: true);
        sink.Slowness = TimeSpan.FromSeconds(1);
        sink.FailNext(fault);
        await using var courrier = await StartAsync(sink);

        await AcknowledgedAsync(courrier, 1, expected);

        Assert.That(sink.Received, Has.Count.EqualTo(received));
    }

    /// <summary>A text so short is whole in the network before the cut is seen: whether the dot arrived, the sender cannot know.</summary>
    [Test]
    public async Task Connection_CutBeforeTheDot_LeavesOneOrAnUncertainOne()
    {
        await using var sink = SmtpSink.Start(withTls: true);
        sink.FailNext(SmtpFault.CutBeforeDot);
        await using var courrier = await StartAsync(sink);

        await AcknowledgedAsync(courrier, 1, expected: null);

        var etat = await courrier.Database.ScalarAsync<string>("SELECT etat FROM ingestion.accuses");
        Assert.That(sink.Received, Has.Count.EqualTo(etat == "Envoye" ? 1 : 0), etat);
    }

    [Test]
    public async Task Server_SlowerThanOurPatience_LeavesAnUncertainOneAndNoSecond()
    {
        await using var sink = SmtpSink.Start(withTls: true);
        sink.Slowness = TimeSpan.FromSeconds(4);
        sink.FailNext(SmtpFault.SlowReply);
        await using var courrier = await StartAsync(sink, ("Courriel:Smtp:AttenteApresPoint", "00:00:01"));

        await AcknowledgedAsync(courrier, 1, "Incertain");

        Assert.That(sink.Received, Has.Count.EqualTo(1));
        Assert.That(sink.ContentsStarted, Is.EqualTo(1));
    }

    [Test]
    public async Task Server_Greylisting_GetsItLaterAndOnce()
    {
        await using var sink = SmtpSink.Start(withTls: true);
        sink.Greylisting = TimeSpan.FromSeconds(1);
        await using var courrier = await StartAsync(sink);

        await AcknowledgedAsync(courrier, 5, "Envoye");

        Assert.That(sink.Received.Select(r => r.Recipients.Single()), Is.Unique);
        Assert.That(sink.Received, Has.Count.EqualTo(5));
        Assert.That(await courrier.Database.ScalarAsync<long>("SELECT min(attempts)::bigint FROM messagerie.courriels_sortants"), Is.GreaterThan(1));
    }

    [Test]
    public async Task Server_RefusingTls_GetsNothingInClear_AndOneOnceItIsRepaired()
    {
        await using var sink = SmtpSink.Start(withTls: true);
        sink.RefusesTls = true;
        await using var courrier = await StartAsync(sink);
        var boite = new BoiteDepot(courrier);
        boite.Drop(Courriels.Make());
        await EventuallyAsync("It was never tried twice", () => Task.FromResult(sink.Connections >= 2));
        Assert.That(sink.ContentsStarted, Is.Zero);

        sink.RefusesTls = false;

        await EventuallyAsync("It never left", async () => await boite.CountAsync("SELECT count(*) FROM ingestion.accuses WHERE etat = 'Envoye'") == 1);
        Assert.That(sink.Received, Has.Count.EqualTo(1));
    }

    /// <summary>Every fault, at random from a seed that makes a failure come back.</summary>
    [TestCase(20261124)]
    public async Task Faults_OfEveryKindAtRandom_LeaveAtMostOneAcknowledgementEach(int seed)
    {
        const int Messages = 80;
        await using var sink = SmtpSink.Start(withTls: true);
        sink.Slowness = TimeSpan.FromMilliseconds(300);
        var random = new Random(seed);
        var met = new Dictionary<SmtpFault, int>();
        sink.Usually = () =>
        {
            lock (met)
            {
                var fault = random.Next(2) == 0 ? SmtpFault.None : Enum.GetValues<SmtpFault>()[random.Next(Enum.GetValues<SmtpFault>().Length)];
                met[fault] = met.GetValueOrDefault(fault) + 1;
                return fault;
            }
        };
        await using var courrier = await StartAsync(sink, ("Courriel:EnParallele", "4"));

        await AcknowledgedAsync(courrier, Messages, expected: null);

        long Of(params SmtpFault[] faults) => faults.Sum(f => met.GetValueOrDefault(f));
        async Task<long> InStateAsync(string etat) => await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.accuses WHERE etat = $1", etat);
        Assert.That(sink.Received.Select(r => r.Recipients.Single()), Is.Unique, "nobody gets two");
        Assert.That(sink.Received.Select(r => r.Message.MessageId), Is.Unique);
        var after = Of(SmtpFault.CutAfterDotKept, SmtpFault.CutAfterDotLost);
        Assert.That(await InStateAsync("Incertain"), Is.InRange(after, after + Of(SmtpFault.CutBeforeDot)), "uncertain: the cuts after the dot, and no more than the cuts");
        Assert.That(await InStateAsync("Refuse"), Is.EqualTo(Of(SmtpFault.PermanentRefusal, SmtpFault.ContentRefusal)));
        Assert.That(await InStateAsync("Envoye") + Of(SmtpFault.CutAfterDotKept), Is.EqualTo(sink.Received.Count), "what is said to be sent was received");
        Assert.That(await InStateAsync("Envoye") + await InStateAsync("Incertain") + await InStateAsync("Refuse"), Is.EqualTo(Messages));
    }

    private static async Task<RunningCourrier> StartAsync(SmtpSink sink, params (string Key, string Value)[] more)
    {
        var settings = BoiteImap.Merge(BoiteDepot.Settings, sink.Settings());
        for (var n = 0; n < 10; n++)
        {
            settings[$"Courriel:Delais:{n}"] = "00:00:00.300";
        }

        foreach (var (key, value) in more)
        {
            settings[key] = value;
        }

        return await RunningCourrier.StartAsync(settings);
    }

    /// <summary>Drops so many messages of different people, and waits until every acknowledgement has a last state.</summary>
    private static async Task AcknowledgedAsync(RunningCourrier courrier, int messages, string? expected)
    {
        var boite = new BoiteDepot(courrier);
        for (var n = 0; n < messages; n++)
        {
            boite.Drop(Courriels.Make($"From: personne{n}@exemple.example", text: $"Message {n}"));
        }

        var final = expected is null ? "etat IN ('Envoye', 'Refuse', 'Incertain')" : $"etat = '{expected}'";
        await EventuallyAsync(
            $"Not every acknowledgement came to an end ({final})",
            async () => await boite.CountAsync($"SELECT count(*) FROM ingestion.accuses WHERE {final}") == messages,
            TimeSpan.FromMinutes(2));

        // A second one would leave at the next attempt: none is left to make.
        Assert.That(await boite.CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE etat IN ('AEnvoyer', 'Differe', 'EnCours')"), Is.Zero);
    }
}
