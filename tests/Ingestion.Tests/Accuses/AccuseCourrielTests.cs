using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;
using SuiviCourrier.ServiceDefaults.Time;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.Accuses;

/// <summary>A message comes in, its acknowledgement goes out: once, to the right address, as an automatic reply nobody answers.</summary>
[Category("Messages")]
public sealed class AccuseCourrielTests
{
    private RunningCourrier _courrier = null!;
    private BoiteDepot _boite = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync(BoiteDepot.Settings);
        _boite = new BoiteDepot(_courrier);
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [Test]
    public async Task Received_AMessage_IsAcknowledgedInItsThreadAsAnAutomaticReply()
    {
        var id = NewId();
        _boite.Drop(Courriels.Make($"From: Claire <{id}@exemple.example>\nReply-To: reponse.{id}@exemple.example", id: id, text: "Un secret de famille"));

        var courrierId = await _boite.CourrierOfAsync($"{id}@exemple.example");
        var accuse = await _boite.AccuseOfAsync(courrierId);

        var chrono = await _courrier.Database.ScalarAsync<string>("SELECT numero_chrono FROM ingestion.courriers WHERE id = $1", courrierId);
        Assert.Multiple(() =>
        {
            Assert.That(accuse.To.ToString(), Is.EqualTo($"reponse.{id}@exemple.example"));
            Assert.That(accuse.Headers["Return-Path"], Is.EqualTo("<>"));
            Assert.That(accuse.Headers["Auto-Submitted"], Is.EqualTo("auto-replied"));
            Assert.That(accuse.Headers["X-Auto-Response-Suppress"], Is.EqualTo("All"));
            Assert.That(accuse.InReplyTo, Is.EqualTo($"{id}@exemple.example"));
            Assert.That(accuse.References, Is.EqualTo(new[] { $"{id}@exemple.example" }));
            Assert.That(accuse.Subject, Does.Contain(chrono));
            Assert.That(accuse.TextBody, Does.Contain(chrono).And.Not.Contain("secret"));
            Assert.That(accuse.HtmlBody, Does.Contain(chrono).And.Not.Contain("secret"));
        });
        Assert.That(await _boite.CountAsync("SELECT count(*) FROM ingestion.lecture_accuses WHERE courrier_id = $1 AND piece_id IS NOT NULL", courrierId), Is.EqualTo(1), "the exact text is kept");
    }

    [TestCase("Auto-Submitted: auto-replied")]
    [TestCase("From: no-reply@exemple.example")]
    [TestCase("Return-Path: <>")]
    [TestCase("From: contact@indre-et-loire.invalid")]
    public async Task Received_FromARobotOrOurselves_IsNotAnswered(string headers)
    {
        var id = NewId();

        await _boite.DroppedAndDoneAsync(Courriels.Make(headers, id: id));

        Assert.That(
            await _boite.CountAsync(
                "SELECT count(*) FROM messagerie.courriels_sortants s JOIN ingestion.messages_recus m ON m.courrier_id = s.courrier_id WHERE m.message_id = $1",
                $"{id}@exemple.example"),
            Is.Zero);
    }

    [Test]
    public async Task Received_ManyMessagesOfOneAddress_AreAcknowledgedFiveTimesAnHour()
    {
        var from = $"{NewId()}@exemple.example";
        for (var n = 0; n < 7; n++)
        {
            await _boite.DroppedAndDoneAsync(Courriels.Make($"From: {from}", text: $"Message {n}"));
        }

        const string Of = "FROM ingestion.accuses a JOIN ingestion.courriers c ON c.id = a.courrier_id WHERE c.expediteur_courriel = $1";
        Assert.That(await _boite.CountAsync($"SELECT count(*) {Of}", from), Is.EqualTo(7), "every message is registered");
        Assert.That(await _boite.CountAsync($"SELECT count(*) {Of} AND a.etat = 'SansObjet' AND a.motif LIKE 'Plafond atteint : déjà 5 accusés envoyés à cette adresse%'", from), Is.EqualTo(2));
    }

    [TestCase("Releve:AccusesParHeureParDomaine", "3", "Plafond atteint : déjà 3 accusés envoyés à exemple.example depuis une heure")]
    [TestCase("Releve:AccusesParJourParDomaine", "3", "Plafond atteint : déjà 3 accusés envoyés à exemple.example depuis un jour")]
    [TestCase("Releve:AccusesParHeureEnTout", "3", "Plafond atteint : déjà 3 accusés envoyés en tout depuis une heure")]
    [TestCase("Releve:AccusesParJourEnTout", "3", "Plafond atteint : déjà 3 accusés envoyés en tout depuis un jour")]
    public async Task Received_BeyondACap_IsRegisteredWithoutAcknowledgementAndSaysWhichCap(string setting, string value, string motif)
    {
        await using var courrier = await RunningCourrier.StartAsync(new Dictionary<string, string?>(BoiteDepot.Settings) { [setting] = value });
        var boite = new BoiteDepot(courrier);
        for (var n = 0; n < 5; n++)
        {
            await boite.DroppedAndDoneAsync(Courriels.Make($"From: personne{n}@{(n % 2 == 0 ? "exemple" : "Exemple")}.example", text: $"Message {n}"));
        }

        Assert.That(await boite.CountAsync("SELECT count(*) FROM ingestion.courriers"), Is.EqualTo(5));
        Assert.That(await boite.CountAsync("SELECT count(*) FROM ingestion.accuses WHERE etat = 'SansObjet' AND motif = $1", motif), Is.EqualTo(2));

        // Another domain is another one; what is for everybody is for it too.
        await boite.DroppedAndDoneAsync(Courriels.Make("From: claire@ailleurs.example", text: "Ailleurs"));
        Assert.That(
            await boite.CountAsync("SELECT count(*) FROM ingestion.accuses WHERE etat <> 'SansObjet'"), Is.EqualTo(setting.EndsWith("Domaine", StringComparison.Ordinal) ? 4 : 3));
    }

    [Test]
    public async Task Received_ByACapOfZero_IsAlwaysAcknowledged()
    {
        await using var courrier = await RunningCourrier.StartAsync(new Dictionary<string, string?>(BoiteDepot.Settings)
        {
            ["Releve:AccusesParHeure"] = "0",
            ["Releve:AccusesParJour"] = "0",
            ["Releve:AccusesParHeureParDomaine"] = "0",
            ["Releve:AccusesParJourParDomaine"] = "0",
            ["Releve:AccusesParHeureEnTout"] = "0",
            ["Releve:AccusesParJourEnTout"] = "0",
        });
        var boite = new BoiteDepot(courrier);
        for (var n = 0; n < 7; n++)
        {
            await boite.DroppedAndDoneAsync(Courriels.Make(text: $"Message {n}"));
        }

        Assert.That(await boite.CountAsync("SELECT count(*) FROM ingestion.accuses WHERE etat <> 'SansObjet'"), Is.EqualTo(7));
    }

    /// <summary>One that leaves after days without a mail server says nothing of a day gone by.</summary>
    [TestCase(0, true)]
    [TestCase(-1, false)]
    public async Task Acknowledgement_LeavingOnTheLastDayForAnAnswerOrAfter_PromisesOnlyWhatIsToCome(int days, bool isPromised)
    {
        var (courrierId, _) = await AcknowledgedAsync();
        await using var scope = _courrier.Scope();
        var db = scope.ServiceProvider.GetRequiredService<IngestionDbContext>();
        var courrier = await db.Courriers.AsNoTracking().SingleAsync(c => c.Id == courrierId);
        var accuse = await db.Accuses.AsNoTracking().SingleAsync(a => a.CourrierId == courrierId);
        var due = (await scope.ServiceProvider.GetRequiredService<SiteCourant>().TodayAsync(CancellationToken.None)).AddDays(days);

        var rendered = await scope.ServiceProvider.GetRequiredService<TexteAccuse>()
            .RenderAsync(courrier, accuse, new ReponseAnnoncee(IsConnue: true, IsAttendue: true, due), CancellationToken.None);

        Assert.That(rendered.Text, isPromised ? Does.Contain("au plus tard le") : Does.Not.Contain("au plus tard le"));
        Assert.That(rendered.Text, Does.Not.Contain("n’appelle pas de réponse"));
    }

    [Test]
    public async Task Reply_ToTheAcknowledgement_IsAttachedAndNotAcknowledged()
    {
        var (courrierId, accuse) = await AcknowledgedAsync();

        await _boite.DroppedAndDoneAsync(Courriels.Make($"In-Reply-To: <{accuse.MessageId}>", text: "Voici la pièce"));

        Assert.That(await _boite.CountAsync("SELECT count(*) FROM ingestion.lecture_echanges WHERE courrier_id = $1 AND kind = 'Reponse' AND piece_id IS NOT NULL", courrierId), Is.EqualTo(1));
        Assert.That(await _boite.CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE courrier_id = $1", courrierId), Is.EqualTo(1));
    }

    [Test]
    public async Task OutOfOffice_AnsweringTheAcknowledgement_IsAttachedAsAutomatic()
    {
        var (courrierId, accuse) = await AcknowledgedAsync();

        await _boite.DroppedAndDoneAsync(Courriels.Make($"In-Reply-To: <{accuse.MessageId}>\nAuto-Submitted: auto-replied", subject: "Absente"));

        Assert.That(await _boite.CountAsync("SELECT count(*) FROM ingestion.echanges WHERE courrier_id = $1 AND kind = 'ReponseAutomatique'", courrierId), Is.EqualTo(1));
    }

    [Test]
    public async Task Bounce_OfTheAcknowledgement_MarksItUndelivered()
    {
        var (courrierId, accuse) = await AcknowledgedAsync();

        await _boite.DroppedAndDoneAsync(Courriels.Bounce(accuse.MessageId!));

        Assert.That(await _courrier.Database.ScalarAsync<string>("SELECT etat FROM ingestion.accuses WHERE courrier_id = $1", courrierId), Is.EqualTo("NonRemis"));
        Assert.That(await _boite.CountAsync("SELECT count(*) FROM ingestion.echanges WHERE courrier_id = $1 AND kind = 'NonRemis'", courrierId), Is.EqualTo(1));
        Assert.That(await _boite.CountAsync("SELECT version::bigint FROM ingestion.courriers WHERE id = $1", courrierId), Is.EqualTo(4), "registered, sent, undelivered, exchange");
    }

    [TestCase(SmtpFault.PermanentRefusal, "Refuse")]
    [TestCase(SmtpFault.CutAfterDotKept, "Incertain")]
    [TestCase(SmtpFault.TemporaryRefusal, "Envoye")]
    public async Task Server_RefusingOrDying_LeavesTheAcknowledgementInTheStateThatIsKnown(SmtpFault fault, string expected)
    {
        await using var sink = SmtpSink.Start();
        var settings = new Dictionary<string, string?>(BoiteDepot.Settings) { ["Courriel:Delais:0"] = "00:00:00.100" };
        foreach (var (key, value) in sink.Settings())
        {
            settings[key] = value;
        }

        await using var courrier = await RunningCourrier.StartAsync(settings);
        var boite = new BoiteDepot(courrier);
        sink.FailNext(fault);
        var id = NewId();
        boite.Drop(Courriels.Make(id: id));
        var courrierId = await boite.CourrierOfAsync($"{id}@exemple.example");

        await EventuallyAsync(
            $"The acknowledgement never became {expected}",
            async () => await courrier.Database.ScalarAsync<string>("SELECT etat FROM ingestion.accuses WHERE courrier_id = $1", courrierId) == expected);
        Assert.That(sink.Received, Has.Count.EqualTo(expected == "Refuse" ? 0 : 1));
    }

    private async Task<(Guid CourrierId, MimeMessage Accuse)> AcknowledgedAsync()
    {
        var id = NewId();
        _boite.Drop(Courriels.Make($"From: {id}@exemple.example", id: id));
        var courrierId = await _boite.CourrierOfAsync($"{id}@exemple.example");
        return (courrierId, await _boite.AccuseOfAsync(courrierId));
    }

    private static string NewId() => Guid.NewGuid().ToString("N");
}
