using System.Security.Cryptography;
using System.Text;
using MailKit;
using MailKit.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using Npgsql;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Tests.Courriers;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.Accuses;

/// <summary>Every service running between two real servers: a message comes in by IMAP, its acknowledgement goes out by SMTP, the world answers.</summary>
public sealed class AccuseServeursTests
{
    private const string Boite = "accueil";
    private const string Expediteur = "courrier@indre-et-loire.invalid";
    private DovecotServer _imap = null!;
    private EximServer _smtp = null!;
    private RunningCourrier _courrier = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _imap = await DovecotServer.StartAsync();
        _smtp = await EximServer.StartAsync();
        await BoiteImap.OpenAsync(_imap, Boite);
        _courrier = await RunningCourrier.StartAsync(BoiteImap.Merge(
            BoiteDepot.Settings,
            BoiteImap.Settings(_imap, Boite),
            new Dictionary<string, string?>
            {
                ["Courriel:Expediteur"] = Expediteur,
                ["Courriel:Smtp:Hote"] = _smtp.Host,
                ["Courriel:Smtp:Port"] = _smtp.Port.ToString(),
                ["Courriel:Smtp:EmpreinteCertificat"] = _smtp.Empreinte,
            }));
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _courrier.DisposeAsync();
        await _smtp.DisposeAsync();
        await _imap.DisposeAsync();
    }

    /// <summary>
    /// Received on Wednesday 20 May 2026, five working days with Whit Monday: Thursday 28 May (table of golden dates). That day has gone by when the
    /// message is collected: nothing is promised any more.
    /// </summary>
    [Test]
    public async Task Message_OfACitizenCollectedLate_IsAcknowledgedInItsThreadAndPromisedNoDayGoneBy()
    {
        var id = NewId();
        var from = $"claire.{id}@exemple.example";
        using (var client = await _imap.ConnectAsync(Boite))
        {
            await client.Inbox!.AppendAsync(new AppendRequest(
                MimeMessage.Load(new MemoryStream(Courriels.Make($"From: Claire <{from}>\nReferences: <avant@exemple.example>", id: id, text: "Un secret de famille"))),
                MessageFlags.None,
                new DateTimeOffset(2026, 5, 20, 10, 0, 0, TimeSpan.FromHours(2))));
        }

        var accuse = await AccuseToAsync(from);

        var (chrono, messageId) = (await ChronoAsync(id), await _courrier.Database.ScalarAsync<string>(
            "SELECT s.message_id FROM messagerie.courriels_sortants s JOIN ingestion.messages_recus m ON m.courrier_id = s.courrier_id WHERE m.message_id = $1", $"{id}@exemple.example"));
        Assert.Multiple(() =>
        {
            Assert.That(accuse.From.Mailboxes.Single().Address, Is.EqualTo(Expediteur));
            Assert.That(accuse.To.Mailboxes.Single().Address, Is.EqualTo(from));
            Assert.That(accuse.Cc.Concat(accuse.Bcc), Is.Empty);
            Assert.That(accuse.Subject, Is.EqualTo($"Nous avons bien reçu votre message — {chrono}"));
            Assert.That(accuse.Headers["Return-Path"], Is.EqualTo("<>"));
            Assert.That(accuse.Headers["Auto-Submitted"], Is.EqualTo("auto-replied"));
            Assert.That(accuse.Headers["X-Auto-Response-Suppress"], Is.EqualTo("All"));
            Assert.That(accuse.InReplyTo, Is.EqualTo($"{id}@exemple.example"));
            Assert.That(accuse.References, Is.EqualTo(new[] { $"{id}@exemple.example" }));
            Assert.That(accuse.MessageId, Is.EqualTo(messageId).And.Match("^accuse\\.[0-9a-z]{39}@indre-et-loire\\.invalid$"));
            Assert.That(Plain(accuse.TextBody), Does.Contain("le mercredi 20 mai 2026").And.Not.Contain("au plus tard").And.Not.Contain("secret"));
            Assert.That(Plain(accuse.HtmlBody), Does.Contain("le mercredi 20 mai 2026").And.Not.Contain("au plus tard").And.Not.Contain("secret"));
        });
        Assert.That(await DueAsync(id), Is.EqualTo(new DateOnly(2026, 5, 28)));
    }

    [Test]
    public async Task Message_OfToday_IsPromisedTheDayOfItsClock()
    {
        var (id, _, accuse) = await AcknowledgedAsync();

        var promise = $"au plus tard le {DatesEnFrancais.DateComplete(await DueAsync(id))}";
        Assert.That(Plain(accuse.TextBody), Does.Contain(promise));
        Assert.That(Plain(accuse.HtmlBody), Does.Contain(promise));
    }

    [Test]
    public async Task Acknowledgement_AnsweredOrComingBack_IsNeverAcknowledgedItself()
    {
        var (id, from, accuse) = await AcknowledgedAsync();
        var own = Bytes(accuse);
        var renamed = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(own).Replace($"<{accuse.MessageId}>", $"<{NewId()}@ailleurs.example>", StringComparison.Ordinal));

        await _imap.DeliverAsync(Boite, Courriels.Make($"From: {from}\nIn-Reply-To: <{accuse.MessageId}>", id: $"{id}.reponse", text: "Voici la pièce"));
        await _imap.DeliverAsync(Boite, own);
        await _imap.DeliverAsync(Boite, renamed);
        await FateAsync($"{id}.reponse@exemple.example");
        await FateAsync(accuse.MessageId!);
        await EventuallyAsync(
            "Our acknowledgement, forwarded, never had a fate",
            async () => await CountAsync("SELECT count(*) FROM ingestion.messages_recus WHERE message_id LIKE '%@ailleurs.example'") == 1);

        Assert.That(await FateAsync($"{id}.reponse@exemple.example"), Is.EqualTo("Rattache"));
        Assert.That(await FateAsync(accuse.MessageId!), Is.EqualTo("Ecarte"));
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.messages_recus WHERE message_id LIKE '%@ailleurs.example' AND sort = 'Rattache'"), Is.EqualTo(0));
        var courrierId = await CourrierIdAsync(id);
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.echanges WHERE courrier_id = $1 AND kind = 'Reponse'", courrierId), Is.EqualTo(1));
        await EventuallyAsync(
            "Nobody was told of the answer",
            async () => await CountAsync("SELECT count(*) FROM portail.taches WHERE courrier_id = $1 AND kind = 'EchangeRecu'", courrierId) == 1);
        Assert.That(_smtp.DeliveredTo(from), Has.Count.EqualTo(1));
        Assert.That(_smtp.DeliveredTo(Expediteur), Is.Empty);
    }

    [Test]
    public async Task Address_RefusedByTheServer_IsSaidOnceAndBecomesATask()
    {
        var id = NewId();
        await _imap.DeliverAsync(Boite, Courriels.Make($"From: paul.{id}@{EximServer.RefusedDomain}", id: id));

        var courrierId = await CourrierIdAsync(id);
        await AccuseIsAsync(courrierId, "Refuse");
        await OneTaskAsync(courrierId);
        Assert.That(
            await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE courrier_id = $1 AND attempts = 1 AND detail LIKE '%550%nobody of this name%'", courrierId),
            Is.EqualTo(1));
    }

    /// <summary>
    /// The acknowledgement has no return path, so a server that follows the rules sends no report; some that forward it with a path of their
    /// own do. The report is one that Exim wrote about the very bytes that we had sent.
    /// </summary>
    [Test]
    public async Task Report_OfARealServerAboutTheAcknowledgement_MarksItUndeliveredAndBecomesATask()
    {
        var (id, _, accuse) = await AcknowledgedAsync();
        var forwarder = $"{Boite}+{id}@indre-et-loire.invalid";
        using (var client = new MailKit.Net.Smtp.SmtpClient { CheckCertificateRevocation = false })
        {
            client.ServerCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString(HashAlgorithmName.SHA256) == _smtp.Empreinte;
            await client.ConnectAsync(_smtp.Host, _smtp.Port, SecureSocketOptions.StartTls);
            await client.SendAsync(accuse, MailboxAddress.Parse(forwarder), [MailboxAddress.Parse($"personne@{EximServer.BouncedDomain}")]);
        }

        await EventuallyAsync("Exim never reported", () => Task.FromResult(_smtp.DeliveredTo(forwarder).Count == 1));
        var report = _smtp.DeliveredTo(forwarder).Single();
        Assert.That(report.Body!.ContentType.MimeType, Is.EqualTo("multipart/report"));
        await _imap.DeliverAsync(Boite, Bytes(report));

        var courrierId = await CourrierIdAsync(id);
        await AccuseIsAsync(courrierId, "NonRemis");
        await OneTaskAsync(courrierId);
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.echanges WHERE courrier_id = $1 AND kind = 'NonRemis'", courrierId), Is.EqualTo(1));
        Assert.That(await FateAsync(report.MessageId!), Is.EqualTo("Rattache"));
    }

    [Test]
    public async Task Message_WithAnEmptyReturnPath_IsRegisteredAndNeverAnswered()
    {
        var id = NewId();
        await _imap.DeliverAsync(Boite, Courriels.Make($"Return-Path: <>\nFrom: muet.{id}@exemple.example", id: id));

        var courrierId = await CourrierIdAsync(id);

        Assert.That(await _courrier.Database.ScalarAsync<string>("SELECT motif FROM ingestion.accuses WHERE courrier_id = $1 AND etat = 'SansObjet'", courrierId), Does.Contain("chemin de retour vide"));
        Assert.That(await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE courrier_id = $1", courrierId), Is.Zero);
    }

    [Test]
    public async Task Acknowledgement_OfWhatExpectsNoAnswer_SaysSo()
    {
        var (copy, letter) = (NewId(), $"interne.{NewId()}@exemple.example");
        await _imap.DeliverAsync(Boite, Courriels.Make($"From: {copy}@exemple.example\nTo: maire@exemple.example\nCc: {Courriels.Boite}", id: copy));
        await _courrier.RegisteredAsync(Demandes.Lettre() with { Nature = NatureCourrier.PourInformation, Courriel = letter });

        foreach (var to in (string[])[$"{copy}@exemple.example", letter])
        {
            Assert.That(Plain((await AccuseToAsync(to)).TextBody), Does.Contain("transmis pour information").And.Not.Contain("nous engageons"));
        }
    }

    /// <summary>Echeances never comes to it: what it would write to is held.</summary>
    [Test]
    public async Task Acknowledgement_WhoseDateNeverComes_LeavesAfterTwoMinutesAndPromisesNothing()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var alone = await RunningCourrier.StartAsync(
            BoiteDepot.Settings, builder => builder.Services.AddSingleton<TimeProvider>(clock), ServiceRoles.Ingestion);
        await using var holder = new NpgsqlConnection(alone.Database.ConnectionStrings.Migration);
        await holder.OpenAsync();
        await using var held = await holder.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("LOCK TABLE echeances.suivis IN EXCLUSIVE MODE", holder, held);
        await hold.ExecuteNonQueryAsync();
        var boite = new BoiteDepot(alone);
        var id = NewId();
        boite.Drop(Courriels.Make(id: id));
        var courrierId = await boite.CourrierOfAsync($"{id}@exemple.example");
        await EventuallyAsync(
            "It never waited for the date",
            async () => await boite.CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE courrier_id = $1 AND detail LIKE 'En attente de la date%'", courrierId) == 1);
        Assert.That(await boite.CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE etat = 'Accepte'"), Is.Zero);

        clock.Advance(TimeSpan.FromMinutes(2) + TimeSpan.FromSeconds(1));

        var text = Plain((await boite.AccuseOfAsync(courrierId)).TextBody);
        Assert.That(text, Does.Not.Contain("pour information").And.Not.Contain("nous engageons").And.Not.Contain("Quand"));
        Assert.That(text, Does.Contain("a bien reçu votre message"));
    }

    private async Task<(string Id, string From, MimeMessage Accuse)> AcknowledgedAsync()
    {
        var id = NewId();
        var from = $"{id}@exemple.example";
        await _imap.DeliverAsync(Boite, Courriels.Make($"From: {from}", id: id));
        return (id, from, await AccuseToAsync(from));
    }

    private async Task<MimeMessage> AccuseToAsync(string address)
    {
        await EventuallyAsync($"No acknowledgement ever came to {address}", () => Task.FromResult(_smtp.DeliveredTo(address).Count > 0));
        return _smtp.DeliveredTo(address).Single();
    }

    private Task AccuseIsAsync(Guid courrierId, string etat) => EventuallyAsync(
        $"The acknowledgement never became {etat}",
        async () => await _courrier.Database.ScalarAsync<string>("SELECT etat FROM ingestion.accuses WHERE courrier_id = $1", courrierId) == etat);

    /// <summary>One task, and the list shows the state: everything that was told has been applied.</summary>
    private async Task OneTaskAsync(Guid courrierId)
    {
        const string Applied =
            """
            SELECT count(*) FROM portail.dossiers d JOIN ingestion.accuses a ON a.courrier_id = d.courrier_id
            WHERE d.courrier_id = $1 AND d.accuse_etat = a.etat AND EXISTS (SELECT 1 FROM portail.taches t WHERE t.courrier_id = d.courrier_id)
                AND NOT EXISTS (SELECT 1 FROM messagerie.outbox)
            """;
        await EventuallyAsync("Nobody was ever asked to find another address", async () => await CountAsync(Applied, courrierId) == 1);
        Assert.That(await CountAsync("SELECT count(*) FROM portail.taches WHERE courrier_id = $1 AND kind = 'AdresseRefusee'", courrierId), Is.EqualTo(1));
    }

    private async Task<Guid> CourrierIdAsync(string id)
    {
        await FateAsync($"{id}@exemple.example");
        return await _courrier.Database.ScalarAsync<Guid>("SELECT courrier_id FROM ingestion.messages_recus WHERE message_id = $1", $"{id}@exemple.example");
    }

    private async Task<string?> FateAsync(string messageId)
    {
        Task<string?> SortAsync() => _courrier.Database.ScalarAsync<string>("SELECT sort FROM ingestion.messages_recus WHERE message_id = $1", messageId);
        await EventuallyAsync($"The message {messageId} never had a fate", async () => await SortAsync() is not null);
        return await SortAsync();
    }

    private Task<string?> ChronoAsync(string id) => _courrier.Database.ScalarAsync<string>(
        "SELECT c.numero_chrono FROM ingestion.courriers c JOIN ingestion.messages_recus m ON m.courrier_id = c.id WHERE m.message_id = $1", $"{id}@exemple.example");

    /// <summary>The last day for the answer, as its clock has it.</summary>
    private Task<DateOnly> DueAsync(string id) => _courrier.Database.ScalarAsync<DateOnly>(
        "SELECT e.due_on FROM echeances.lecture_echeances e JOIN ingestion.messages_recus m ON m.courrier_id = e.courrier_id WHERE m.message_id = $1 AND e.kind = 'Reponse'",
        $"{id}@exemple.example");

    private Task<long> CountAsync(string sql, params object[] values) => _courrier.Database.ScalarAsync<long>(sql, values);

    private static byte[] Bytes(MimeMessage message)
    {
        using var bytes = new MemoryStream();
        message.WriteTo(bytes);
        return bytes.ToArray();
    }

    private static string Plain(string? text) => text!.Replace('\u00A0', ' ').ReplaceLineEndings(" ");

    private static string NewId() => Guid.NewGuid().ToString("N");
}
