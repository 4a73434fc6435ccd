using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.ServiceDefaults.Tests.Courriels;

/// <summary>One application and one server per test: each test decides what the server does.</summary>
public sealed class CourrielSenderTests
{
    private EssaiComposer _composer = null!;
    private ScriptedSmtpServer _server = null!;
    private RunningCourrier _courrier = null!;

    [SetUp]
    public void StartServer()
    {
        _composer = new EssaiComposer();
        _server = new ScriptedSmtpServer();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _courrier.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task Queued_WithoutServer_IsOneFileNamedByItsMessageId()
    {
        await StartAsync(smtp: false);

        var id = await QueueAsync();

        var courriel = await SettledAsync(id, EtatCourriel.Accepte);
        var file = Directory.GetFiles(Path.Combine(_courrier.Folder, "courriels-sortants")).Single();
        Assert.That(courriel.MessageId, Does.Match("^essai\\.[0-9a-z]{39}@prefecture\\.example$"));
        Assert.That(Path.GetFileName(file), Is.EqualTo($"{courriel.MessageId}.eml"));
        Assert.That(await File.ReadAllTextAsync(file), Does.StartWith("Return-Path: <>").And.Contain($"Message-Id: <{courriel.MessageId}>").IgnoreCase);
        Assert.That(courriel.DataStarted, Is.False, "writing a file twice gives one file: it is never uncertain");
    }

    [Test]
    public async Task Queued_WithServer_IsSentWithNullReturnPathAndKeptByteForByte()
    {
        await StartAsync();

        var id = await QueueAsync();

        var courriel = await SettledAsync(id, EtatCourriel.Accepte);
        var mail = _server.Accepted.Single();
        Assert.That(mail.From, Is.EqualTo("<>"));
        Assert.That(mail.Recipients, Is.EqualTo(new[] { "<camille@exemple.fr>" }));
        await using var kept = _courrier.App.Services.GetRequiredService<IFileStore>().OpenRead(courriel.FichierSha256!);
        using var bytes = new MemoryStream();
        await kept.CopyToAsync(bytes);
        Assert.That(bytes.ToArray(), Is.EqualTo(mail.Bytes));
    }

    [TestCase("RCPT", "451 4.7.1 liste grise")]
    [TestCase("MAIL", "421 4.3.2 trop de monde")]
    [TestCase("DOT", "452 4.3.1 plus de place")]
    [TestCase("DATA", ScriptedSmtpServer.HangUp, TestName = "Refused_BeforeAnythingIsAccepted_IsSentAgain(connection cut before the text)")]
    [TestCase("RCPT", ScriptedSmtpServer.HangUp, TestName = "Refused_BeforeAnythingIsAccepted_IsSentAgain(connection cut at the recipient)")]
    [TestCase("MAIL", "530 5.7.0 authentification", TestName = "Refused_BeforeAnythingIsAccepted_IsSentAgain(our own settings are refused)")]
    public async Task Refused_BeforeAnythingIsAccepted_IsSentAgain(string phase, string answer)
    {
        _server.Answer = (seen, times) => Task.FromResult(seen == phase && times == 1 ? answer : null);
        await StartAsync();

        var id = await QueueAsync();

        var courriel = await SettledAsync(id, EtatCourriel.Accepte);
        Assert.That(courriel.Attempts, Is.EqualTo(2));
        Assert.That(_server.Accepted, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task ConnectionCut_InTheMiddleOfALongText_IsSentAgain()
    {
        _server.Answer = (seen, times) => Task.FromResult(seen == "BODY" && times == 1 ? ScriptedSmtpServer.HangUp : null);
        await StartAsync();

        var id = await QueueAsync(reference: "long");

        await SettledAsync(id, EtatCourriel.Accepte);
        Assert.That(_server.Accepted, Has.Count.EqualTo(1));
    }

    [TestCase("RCPT", "550 5.1.1 inconnu")]
    [TestCase("DOT", "554 5.6.0 refuse")]
    public async Task Refused_ForGood_IsNeverSentAgain(string phase, string answer)
    {
        _server.Answer = (seen, _) => Task.FromResult(seen == phase ? answer : null);
        await StartAsync();

        var id = await QueueAsync();

        var courriel = await SettledAsync(id, EtatCourriel.Refuse);
        Assert.That(courriel.Attempts, Is.EqualTo(1));
        Assert.That(courriel.Detail, Does.Contain(answer[..3]));
    }

    [Test]
    public async Task ConnectionCut_AfterTheFinalDot_IsUncertainAndNeverSentAgainByItself()
    {
        _server.Answer = (seen, _) => Task.FromResult(seen == "DOT" && _server.Seen("DOT") == 1 ? ScriptedSmtpServer.HangUp : null);
        await StartAsync();
        var uncertain = await QueueAsync();
        await SettledAsync(uncertain, EtatCourriel.Incertain);

        // The next one passes: the sender has been at work again and left the uncertain one alone.
        await SettledAsync(await QueueAsync(), EtatCourriel.Accepte);

        var left = await FindAsync(uncertain);
        Assert.That(left.Etat, Is.EqualTo(EtatCourriel.Incertain));
        Assert.That(_server.Accepted.Count(m => m.Text.Contains(left.MessageId!, StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public async Task SentAgain_OnAPersonsDecision_KeepsItsMessageId()
    {
        _server.Answer = (seen, _) => Task.FromResult(seen == "DOT" && _server.Seen("DOT") == 1 ? ScriptedSmtpServer.HangUp : null);
        await StartAsync();
        var id = await QueueAsync();
        var before = await SettledAsync(id, EtatCourriel.Incertain);

        await using (var scope = _courrier.Scope())
        {
            var db = scope.ServiceProvider.GetRequiredService<Ingestion.Data.IngestionDbContext>();
            Assert.That(await db.Courriels.SendAgainAsync(before.Cle, DateTimeOffset.UtcNow, CancellationToken.None), Is.True);
            Assert.That(await db.Courriels.SendAgainAsync(before.Cle, DateTimeOffset.UtcNow, CancellationToken.None), Is.False, "it is queued already");
        }

        var after = await SettledAsync(id, EtatCourriel.Accepte);
        Assert.That(after.MessageId, Is.EqualTo(before.MessageId));
        Assert.That(_composer.Settled.Count(s => s.Id == id), Is.EqualTo(2), "its owner hears of both ends");
    }

    [Test]
    public async Task Queued_WithNothingLeftToSay_IsRemoved()
    {
        await StartAsync();

        var id = await QueueAsync(reference: "rien");

        await SettledAsync(id, EtatCourriel.Supprime);
        Assert.That(_server.Accepted, Is.Empty);
    }

    [TestCase(true, EtatCourriel.Incertain, 0)]
    [TestCase(false, EtatCourriel.Accepte, 1)]
    public async Task SenderKilled_LeavesWhatIsKnown(bool dataStarted, EtatCourriel expected, int accepted)
    {
        await StartAsync();

        var id = await QueueAsync(change: c =>
        {
            c.Etat = EtatCourriel.EnCours;
            c.Attempts = 1;
            c.DataStarted = dataStarted;
            c.LeasedUntil = DateTimeOffset.UtcNow.AddSeconds(-1);
        });

        await SettledAsync(id, expected);
        Assert.That(_server.Accepted, Has.Count.EqualTo(accepted));
    }

    [Test]
    public async Task SenderFrozen_UntilAnotherOneTookOver_SendsNothing()
    {
        var id = Guid.Empty;
        _server.Answer = async (seen, times) =>
        {
            if (seen == "RCPT" && times == 1)
            {
                // While the recipient is being asked for, the message changes hands and is settled by somebody else.
                await using var scope = _courrier.Scope();
                await scope.ServiceProvider.GetRequiredService<MessagerieDbContext>().CourrielsSortants.Where(c => c.Id == id)
                    .ExecuteUpdateAsync(set => set.SetProperty(c => c.Attempts, 2).SetProperty(c => c.Etat, EtatCourriel.Accepte));
            }

            return null;
        };
        await StartAsync();

        id = await QueueAsync();

        await SettledAsync(id, EtatCourriel.Accepte);
        await SettledAsync(await QueueAsync(), EtatCourriel.Accepte);
        var messageId = (await FindAsync(id)).MessageId!;
        Assert.That(_server.Accepted.Any(m => m.Text.Contains(messageId, StringComparison.Ordinal)), Is.False);
    }

    [Test]
    public async Task Owner_FailingToTakeNote_IsToldAgain()
    {
        _composer.FailuresToSettle = 1;
        await StartAsync();

        var id = await QueueAsync();

        await SettledAsync(id, EtatCourriel.Accepte);
        Assert.That(_composer.Settled.Single().Id, Is.EqualTo(id));
        Assert.That(_server.Accepted, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Composer_Failing_LeavesTheMessageQueuedAndTheOthersGo()
    {
        await StartAsync();

        var broken = await QueueAsync(reference: "panne");
        var sound = await QueueAsync();

        await SettledAsync(sound, EtatCourriel.Accepte);
        await EventuallyAsync("The broken message was never tried again", async () => (await FindAsync(broken)).Attempts >= 2);
        Assert.That((await FindAsync(broken)).SettledAt, Is.Null);
    }

    [Test]
    public async Task Recipient_HavingReceivedEnough_Waits()
    {
        await StartAsync(("Courriel:MaxParHeure", "2"));
        await SettledAsync(await QueueAsync(), EtatCourriel.Accepte);
        await SettledAsync(await QueueAsync(), EtatCourriel.Accepte);

        var third = await QueueAsync();

        await EventuallyAsync("The third message was never put off", async () => (await FindAsync(third)) is { Detail: not null } c && c.NotBefore > DateTimeOffset.UtcNow);
        Assert.That(_server.Accepted, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Server_WithoutStartTls_GetsNothing()
    {
        await StartAsync(("Courriel:Smtp:Securite", "StartTls"));

        var id = await QueueAsync();

        await EventuallyAsync("The message was never tried", async () => (await FindAsync(id)).Detail is not null);
        Assert.That((await FindAsync(id)).Detail, Does.Contain("STARTTLS"));
        Assert.That(_server.Seen("MAIL"), Is.Zero);
    }

    private async Task StartAsync(params (string Key, string Value)[] settings) => await StartAsync(smtp: true, settings);

    private async Task StartAsync(bool smtp, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Courriel:Expediteur"] = "courrier@prefecture.example",
            ["Courriel:Poll"] = "00:00:00.100",
            ["Courriel:Delais:0"] = "00:00:00.050",
            ["Courriel:Delais:1"] = "00:00:00.050",
        };
        if (smtp)
        {
            all["Courriel:Smtp:Hote"] = "127.0.0.1";
            all["Courriel:Smtp:Port"] = $"{_server.Port}";
            all["Courriel:Smtp:Securite"] = "Aucune";
        }

        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        _courrier = await RunningCourrier.StartAsync(all, (WebApplicationBuilder builder) => builder.Services.AddSingleton<ICourrielComposer>(_composer));
    }

    private async Task<Guid> QueueAsync(string reference = "essai", System.Action<CourrielSortant>? change = null)
    {
        await using var scope = _courrier.Scope();
        var db = scope.ServiceProvider.GetRequiredService<MessagerieDbContext>();
        var courriel = new CourrielSortant
        {
            Cle = $"essai:{Guid.NewGuid()}",
            Kind = "essai",
            Reference = reference,
            NotBefore = DateTimeOffset.UtcNow,
            CreatedAt = DateTimeOffset.UtcNow,
        };
        change?.Invoke(courriel);
        db.CourrielsSortants.Add(courriel);
        await db.SaveChangesAsync();
        _courrier.App.Services.GetRequiredService<OutboxSignal>().Set();
        return courriel.Id;
    }

    private async Task<CourrielSortant> FindAsync(Guid id)
    {
        await using var scope = _courrier.Scope();
        return await scope.ServiceProvider.GetRequiredService<MessagerieDbContext>().CourrielsSortants.AsNoTracking().SingleAsync(c => c.Id == id);
    }

    private async Task<CourrielSortant> SettledAsync(Guid id, EtatCourriel etat)
    {
        await EventuallyAsync($"The message was never {etat} and settled", async () => await FindAsync(id) is { SettledAt: not null } c && c.Etat == etat);
        return await FindAsync(id);
    }

    private sealed class EssaiComposer : ICourrielComposer
    {
        public string Kind => "essai";

        public int FailuresToSettle { get; set; }

        public System.Collections.Concurrent.ConcurrentQueue<CourrielSortant> Settled { get; } = new();

        public Task<CourrielCompose?> ComposeAsync(CourrielSortant courriel, CancellationToken cancellationToken)
        {
            if (courriel.Reference == "panne")
            {
                throw new InvalidOperationException("This composer is broken");
            }

            var message = new MimeMessage { Subject = "Votre courrier" };
            message.To.Add(new MailboxAddress("Camille Étienne", "camille@exemple.fr"));
            message.Body = new TextPart("plain")
            {
                Text = courriel.Reference == "long"
                    ? string.Concat(Enumerable.Range(0, 200_000).Select(n => $"Ligne {n}, pour que le tampon soit trop petit\r\n"))
                    : ".Une ligne qui commence par un point\r\nBonjour, c’est reçu.",
            };
            return Task.FromResult(courriel.Reference == "rien" ? null : new CourrielCompose(message, EnveloppeVide: true));
        }

        public Task SettledAsync(CourrielSortant courriel, CancellationToken cancellationToken)
        {
            if (FailuresToSettle-- > 0)
            {
                throw new InvalidOperationException("The owner could not take note");
            }

            Settled.Enqueue(courriel);
            return Task.CompletedTask;
        }
    }
}
