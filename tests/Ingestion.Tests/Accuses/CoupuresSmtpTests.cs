using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Tests.Courriers;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.Accuses;

/// <summary>The connection to the mail server broken at every phase: what cannot have arrived is sent again, what may have arrived is said to be uncertain.</summary>
public sealed class CoupuresSmtpTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    [TestCase(SmtpPhase.Greeting, ResultatEnvoi.Differe, 0)]
    [TestCase(SmtpPhase.Ehlo, ResultatEnvoi.Differe, 0)]
    [TestCase(SmtpPhase.StartTls, ResultatEnvoi.Differe, 0)]
    [TestCase(SmtpPhase.Auth, ResultatEnvoi.Differe, 0)]
    [TestCase(SmtpPhase.Mail, ResultatEnvoi.Differe, 0)]
    [TestCase(SmtpPhase.Rcpt, ResultatEnvoi.Differe, 0)]
    [TestCase(SmtpPhase.Data, ResultatEnvoi.Differe, 0)]
    [TestCase(SmtpPhase.MidText, ResultatEnvoi.Differe, 0)]
    [TestCase(SmtpPhase.BeforeDot, ResultatEnvoi.Incertain, 0)]
    [TestCase(SmtpPhase.AfterDot, ResultatEnvoi.Incertain, 1)]
    [TestCase(SmtpPhase.AfterReply, ResultatEnvoi.Accepte, 1)]
    [TestCase(SmtpPhase.Quit, ResultatEnvoi.Accepte, 1)]
    public async Task Connection_CutAtAPhase_GivesWhatIsKnown_AndTheNextMessageLeaves(SmtpPhase phase, ResultatEnvoi expected, int received) =>
        await BreakAsync(phase, ProxyFault.Cut, expected, received);

    [TestCase(SmtpPhase.Greeting, ResultatEnvoi.Differe, 0)]
    [TestCase(SmtpPhase.Auth, ResultatEnvoi.Differe, 0)]
    [TestCase(SmtpPhase.Rcpt, ResultatEnvoi.Differe, 0)]
    [TestCase(SmtpPhase.Data, ResultatEnvoi.Differe, 0)]
    [TestCase(SmtpPhase.MidText, ResultatEnvoi.Differe, 0)]
    [TestCase(SmtpPhase.AfterDot, ResultatEnvoi.Incertain, 1)]
    public async Task Connection_HalfOpenAtAPhase_IsGivenUp_AndTheNextMessageLeaves(SmtpPhase phase, ResultatEnvoi expected, int received) =>
        await BreakAsync(phase, ProxyFault.HalfOpen, expected, received);

    [Test]
    public async Task Server_SlowAtEveryPhase_GetsTheMessageOnce()
    {
        await using var sink = SmtpSink.Start();
        sink.Account = ("courrier", "secret");
        await using var proxy = SmtpProxy.Start(sink);
        proxy.Slowness = TimeSpan.FromMilliseconds(100);
        proxy.Decide = _ => ProxyFault.Slow;
        await using var transport = Transport(proxy, TimeSpan.FromSeconds(20));

        var envoi = await transport.SendAsync(Message(1_000), () => true, CancellationToken.None);

        Assert.That(envoi.Resultat, Is.EqualTo(ResultatEnvoi.Accepte), envoi.Detail);
        Assert.That(sink.Received, Has.Count.EqualTo(1));
        Assert.That(proxy.Met.Select(m => m.Phase), Is.SupersetOf(Enum.GetValues<SmtpPhase>().Except([SmtpPhase.AfterReply, SmtpPhase.Quit])));
    }

    /// <summary>Every cut at random, from a seed that makes a failure come back. A text so short may be whole in the network when it is cut: that counts as after the dot.</summary>
    [TestCase(20261128)]
    public async Task Connections_BrokenEverywhereAtRandom_GiveAtMostOneAcknowledgementEach(int seed)
    {
        const int Messages = 60;
        await using var sink = SmtpSink.Start();
        await using var proxy = SmtpProxy.Start(sink);
        proxy.Slowness = TimeSpan.FromMilliseconds(200);
        var random = new Random(seed);
        proxy.Decide = phase =>
        {
            lock (random)
            {
                return random.Next(100) switch { < 6 => ProxyFault.Cut, < 9 => ProxyFault.Slow, < 10 => ProxyFault.HalfOpen, _ => ProxyFault.None };
            }
        };
        await using var courrier = await StartAsync(proxy, ("Courriel:EnParallele", "4"));
        var boite = new BoiteDepot(courrier);
        for (var n = 0; n < Messages; n++)
        {
            boite.Drop(Courriels.Make($"From: personne{n}@exemple.example", text: $"Message {n}"));
        }

        await EventuallyAsync(
            "Not every acknowledgement came to an end",
            async () => await boite.CountAsync("SELECT count(*) FROM ingestion.accuses WHERE etat IN ('Envoye', 'Incertain')") == Messages,
            TimeSpan.FromMinutes(2));

        int Broken(params SmtpPhase[] phases) => proxy.Met.Count(m => m.Fault is ProxyFault.Cut or ProxyFault.HalfOpen && phases.Contains(m.Phase));
        var uncertain = await boite.CountAsync("SELECT count(*) FROM ingestion.accuses WHERE etat = 'Incertain'");
        await TestContext.Out.WriteLineAsync($"{proxy.Met.Count} faults, {Broken(SmtpPhase.AfterDot)} after the dot, {uncertain} uncertain, {sink.Received.Count} received");
        Assert.That(sink.Received.Select(r => r.Recipients.Single()), Is.Unique, "nobody gets two");
        Assert.That(uncertain, Is.InRange(Broken(SmtpPhase.AfterDot), Broken(SmtpPhase.AfterDot, SmtpPhase.BeforeDot, SmtpPhase.MidText)));
        Assert.That(sink.Received.Count, Is.EqualTo(Messages - uncertain + Broken(SmtpPhase.AfterDot)), "what is said to be sent was received");
        Assert.That(await boite.CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE etat IN ('AEnvoyer', 'Differe', 'EnCours')"), Is.Zero);
    }

    [Test]
    public async Task Server_DownForAnHour_With500AcknowledgementsWaiting_GetsThemAllAfterwards_AndNoneTwice()
    {
        const int Letters = 500;
        await using var sink = SmtpSink.Start();
        await using var proxy = SmtpProxy.Start(sink);
        proxy.IsDown = true;
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var courrier = await StartAsync(proxy, clock, ("Courriel:EnParallele", "4"));
        foreach (var batch in Enumerable.Range(0, Letters).Chunk(50))
        {
            await Task.WhenAll(batch.Select(n => courrier.RegisteredAsync(Demandes.Lettre() with { Courriel = $"personne{n}@exemple.example" })));
        }

        Task<long> CountAsync(string sql) => courrier.Database.ScalarAsync<long>(sql);
        for (var minute = 0; minute < 60; minute++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(50);
        }

        Assert.That(await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE etat IN ('AEnvoyer', 'Differe')"), Is.EqualTo(Letters));
        Assert.That(await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE etat = 'Differe' AND detail LIKE '%injoignable%'"), Is.GreaterThan(0), "it says why");
        Assert.That(await CountAsync("SELECT sum(attempts)::bigint FROM messagerie.courriels_sortants"), Is.LessThan(20), "no message is tried while nothing answers");

        proxy.IsDown = false;
        await EventuallyAsync(
            "Not every acknowledgement left",
            async () =>
            {
                clock.Advance(TimeSpan.FromSeconds(10));
                return await CountAsync("SELECT count(*) FROM ingestion.accuses WHERE etat = 'Envoye'") == Letters;
            },
            TimeSpan.FromMinutes(2));

        Assert.That(sink.Received, Has.Count.EqualTo(Letters));
        Assert.That(sink.Received.Select(r => r.Recipients.Single()), Is.Unique);
        Assert.That(await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE etat <> 'Accepte'"), Is.Zero);
    }

    private static async Task BreakAsync(SmtpPhase phase, ProxyFault fault, ResultatEnvoi expected, int received)
    {
        await using var sink = SmtpSink.Start();
        sink.Account = ("courrier", "secret");
        await using var proxy = SmtpProxy.Start(sink);
        var isBroken = 0;
        proxy.Decide = met => met == phase && Interlocked.Exchange(ref isBroken, 1) == 0 ? fault : ProxyFault.None;
        var transport = Transport(proxy, s_patience);

        // For a cut within it, so long that what is written cannot all be in the network while a part of it was read.
        var envoi = await transport.SendAsync(Message(phase == SmtpPhase.MidText ? 16 << 20 : 5_000), () => true, CancellationToken.None);
        if (phase == SmtpPhase.Quit)
        {
            await transport.DisposeAsync();
            transport = Transport(proxy, s_patience);
        }

        var next = await transport.SendAsync(Message(1_000), () => true, CancellationToken.None);
        await transport.DisposeAsync();

        Assert.That(proxy.Met, Is.EqualTo(new[] { (phase, fault) }));
        Assert.That(envoi.Resultat, Is.EqualTo(expected), envoi.Detail);
        Assert.That(next.Resultat, Is.EqualTo(ResultatEnvoi.Accepte), next.Detail);
        Assert.That(sink.Received, Has.Count.EqualTo(received + 1));
    }

    private static SmtpTransport Transport(SmtpProxy proxy, TimeSpan patience) => new(new SmtpOptions
    {
        Hote = "127.0.0.1",
        Port = proxy.Port,
        Securite = SecuriteSmtp.StartTls,
        EmpreinteCertificat = proxy.Empreinte,
        Utilisateur = "courrier",
        MotDePasse = "secret",
        Attente = patience * 5,
        AttenteApresPoint = patience * 5,
    });

    private static CourrielPret Message(int length)
    {
        var message = new MimeMessage { Subject = "Essai", MessageId = $"{Guid.NewGuid():N}@prefecture.example" };
        var (from, to) = (new MailboxAddress("Préfecture", "courrier@prefecture.example"), new MailboxAddress("Claire", "claire@exemple.example"));
        message.From.Add(from);
        message.To.Add(to);
        message.Body = new TextPart("plain") { Text = string.Concat(Enumerable.Repeat("Une ligne parmi beaucoup, ni longue ni courte.\r\n", (length / 48) + 6)) };
        message.Prepare(EncodingConstraint.SevenBit, 78);
        return new CourrielPret(message, message.MessageId, from, [to]);
    }

    private static Task<RunningCourrier> StartAsync(SmtpProxy proxy, params (string Key, string Value)[] more) => StartAsync(proxy, clock: null, more);

    private static async Task<RunningCourrier> StartAsync(SmtpProxy proxy, TimeProvider? clock, params (string Key, string Value)[] more)
    {
        var settings = BoiteImap.Merge(BoiteDepot.Settings, proxy.Settings());
        settings["Courriel:Delais:0"] = "00:00:00.200";
        settings["Courriel:Smtp:Attente"] = settings["Courriel:Smtp:AttenteApresPoint"] = "00:00:01.500";
        foreach (var (key, value) in more)
        {
            settings[key] = value;
        }

        return await RunningCourrier.StartAsync(settings, builder =>
        {
            if (clock is not null)
            {
                builder.Services.AddSingleton(clock);
            }
        });
    }
}
