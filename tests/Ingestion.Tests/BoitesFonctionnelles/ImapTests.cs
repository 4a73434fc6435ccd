using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MailKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using SuiviCourrier.TestSupport.Processes;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;

/// <summary>In by a real IMAP server, out by the database and what the server then holds.</summary>
public sealed class ImapTests
{
    private static readonly Dictionary<string, string?> s_quick = new(BoiteDepot.Settings) { ["Releve:PollImap"] = "00:00:00.500" };
    private DovecotServer _server = null!;
    private RunningCourrier _courrier = null!;
    private int _taken;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await DovecotServer.StartAsync();
        var settings = new List<Dictionary<string, string?>> { BoiteDepot.Settings };
        for (var number = 0; number < 8; number++)
        {
            await BoiteImap.OpenAsync(_server, $"partagee-{number}");
            settings.Add(BoiteImap.Settings(_server, $"partagee-{number}", number));
        }

        _courrier = await RunningCourrier.StartAsync(BoiteImap.Merge([.. settings]));
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _courrier.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task Delivered_AMessage_IsRegisteredOnceWithItsBytes_MovedAndNeverSeen()
    {
        var boite = Mine();
        var id = NewId();
        var bytes = Courriels.Make(id: id, subject: "Une question");

        await boite.DeliverAsync(bytes);

        await boite.MovedAsync(traites: 1);
        Assert.That(await boite.FatesAsync(), Is.EqualTo("Courrier"));
        Assert.That(
            await boite.CountAsync(
                """
                SELECT count(*) FROM ingestion.courriers c JOIN ingestion.messages_recus m ON m.courrier_id = c.id
                WHERE m.message_id = $1 AND c.canal = 'Courriel' AND c.objet = 'Une question' AND m.sha256_brut = $2 AND m.uid IS NOT NULL
                    AND m.recu_a > now() - interval '1 minute'
                """,
                $"{id}@exemple.example", HashOf(bytes)),
            Is.EqualTo(1), "the instant of reception is that of the server, the bytes are those delivered");
        Assert.That(await boite.FlaggedAsync(MessageFlags.Seen), Is.Zero);
        await boite.WellAsync();
        await EventuallyAsync(
            "The acknowledgement never left",
            async () => await boite.CountAsync(
                "SELECT count(*) FROM messagerie.courriels_sortants s JOIN ingestion.messages_recus m ON m.courrier_id = s.courrier_id WHERE m.message_id = $1 AND s.etat = 'Accepte'",
                $"{id}@exemple.example") == 1);
    }

    [Test]
    public async Task Delivered_TheSameMessageTwice_IsOneCourrierWithAVisibleRepeat()
    {
        var boite = Mine();
        var bytes = Courriels.Make(id: NewId());
        await boite.DeliverAsync(bytes);
        await boite.MovedAsync(traites: 1);

        await boite.DeliverAsync([.. Encoding.ASCII.GetBytes("Received: from x by y; Mon, 23 Nov 2026 11:00:00 +0100\r\n"), .. bytes]);
        await boite.DeliverAsync(bytes);

        await boite.MovedAsync(traites: 3);
        Assert.That(await boite.FatesAsync(), Is.EqualTo("Courrier,Rattache,Rattache"));
        Assert.That(
            await boite.CountAsync(
                "SELECT count(*) FROM ingestion.echanges e JOIN ingestion.messages_recus m ON m.echange_id = e.id WHERE m.boite_code = $1 AND e.kind = 'Repetition'", boite.Code),
            Is.EqualTo(2));
    }

    [Test]
    public async Task Delivered_TheSameMessageInTwoMailboxes_IsOneCourrierWithTwoArrivalsOnItsPage()
    {
        var (one, other) = (Mine(), Mine());
        var id = NewId();
        var bytes = Courriels.Make(id: id);
        await one.DeliverAsync(bytes);
        await one.MovedAsync(traites: 1);

        await other.DeliverAsync([.. Encoding.ASCII.GetBytes($"Delivered-To: {other.Code}\r\n"), .. bytes]);

        await other.MovedAsync(traites: 1);
        Assert.That(await one.FatesAsync(), Is.EqualTo("Courrier"));
        Assert.That(await other.FatesAsync(), Is.EqualTo("Rattache"));
        var courrierId = await _courrier.Database.ScalarAsync<Guid>("SELECT courrier_id FROM ingestion.messages_recus WHERE message_id = $1 AND sort = 'Courrier'", $"{id}@exemple.example");
        using var agent = await SignedInClient.CreateAsync(_courrier, SuiviCourrier.Presentation.Rights.RoleAgent.Superviseur, "SGCD");
        var page = await agent.ReadAsync($"/courriers/{courrierId}");
        Assert.That(System.Net.WebUtility.HtmlDecode(page), Does.Contain("Arrivé 2 fois").And.Contain($"{one.Code}@indre-et-loire.invalid").And.Contain($"{other.Code}@indre-et-loire.invalid"));
    }

    [Test]
    public async Task Delivered_WithAReusedOrMissingMessageId_AreCourriersOfTheirOwn()
    {
        var boite = Mine();
        var id = NewId();
        await boite.DeliverAsync(Courriels.Make(id: id, text: "Première demande"));
        await boite.DeliverAsync(Courriels.Make(id: id, text: "Autre demande"));
        await boite.DeliverAsync(WithoutId("Sans identifiant, première"));
        await boite.DeliverAsync(WithoutId("Sans identifiant, seconde"));

        await boite.MovedAsync(traites: 4);
        Assert.That(await boite.FatesAsync(), Is.EqualTo("Courrier,Courrier,Courrier,Courrier"));

        static byte[] WithoutId(string text) => Encoding.UTF8.GetBytes(
            string.Join("\r\n", Encoding.UTF8.GetString(Courriels.Make(text: text)).Split("\r\n").Where(l => !l.StartsWith("Message-ID", StringComparison.Ordinal))));
    }

    [Test]
    public async Task Delivered_WithHardBytes_IsRegisteredReadably()
    {
        var boite = Mine();
        await boite.DeliverAsync(Courriels.Make("Subject: Ma\0 demande d’été", text: $"Un nul \0 au milieu {NewId()}"));
        await boite.DeliverAsync(Encoding.Latin1.GetBytes($"From: Am\u00e9lie <amelie@exemple.example>\r\nTo: x@y.example\r\nSubject: D\u00e9p\u00f4t {NewId()}\r\n\r\nTexte\r\n"));
        var lines = Courriels.Make(text: string.Join("\r\n", Enumerable.Range(0, 5000).Select(n => $"Ligne {n} {NewId()}")));
        await boite.DeliverAsync(lines);

        // Exactly one piece of the download, and one byte more.
        await boite.DeliverAsync(OfLength(1 << 20));
        await boite.DeliverAsync(OfLength((2 << 20) + 1));

        await boite.MovedAsync(traites: 5);
        Assert.That(await boite.FatesAsync(), Is.EqualTo("Courrier,Courrier,Courrier,Courrier,Courrier"));
        Assert.That(
            await boite.CountAsync(
                """
                SELECT count(*) FROM ingestion.courriers c JOIN ingestion.messages_recus m ON m.courrier_id = c.id
                WHERE m.boite_code = $1 AND (c.expediteur_nom = 'Amélie' AND c.objet LIKE 'Dépôt %' OR c.objet LIKE 'Ma%demande d’été')
                """,
                boite.Code),
            Is.EqualTo(2));
        foreach (var bytes in (byte[][])[lines, OfLength(1 << 20), OfLength((2 << 20) + 1)])
        {
            Assert.That(await boite.CountAsync("SELECT count(*) FROM ingestion.messages_recus WHERE sha256_brut = $1 AND taille = $2", HashOf(bytes), (long)bytes.Length), Is.EqualTo(1));
        }

        static byte[] OfLength(int length)
        {
            var start = Courriels.Make(id: $"longueur-{length}", text: "");
            var filling = string.Concat(Enumerable.Repeat(new string('x', 70) + "\r\n", (length - start.Length) / 72));
            var bytes = new List<byte>([.. start, .. Encoding.ASCII.GetBytes(filling)]);
            bytes.AddRange(Enumerable.Repeat((byte)'y', length - bytes.Count));
            return [.. bytes];
        }
    }

    [Test]
    public async Task Folder_WithNewIdentifiers_LosesNothingAndRepeatsNothing()
    {
        await BoiteImap.OpenAsync(_server, "renumerotee");

        // Nothing can be moved: everything is still there when the identifiers change.
        await using var proxy = ImapProxy.Start(_server, "MOVE", "UIDPLUS");
        await using var courrier = await RunningCourrier.StartAsync(BoiteImap.Merge(s_quick, BoiteImap.Settings(_server, "renumerotee", proxy: proxy)));
        var boite = new BoiteImap(_server, courrier.Database, "renumerotee");
        for (var n = 0; n < 5; n++)
        {
            await boite.DeliverAsync(Courriels.Make(text: $"Message {n}"));
        }

        await boite.ReceivedAsync(5);
        await _server.ResetUidValidityAsync("renumerotee");
        await boite.DeliverAsync(Courriels.Make(text: "Message d’après"));
        await boite.ReceivedAsync(6);
        await EventuallyAsync(
            "The new identity of the folder was never noted",
            async () => await boite.CountAsync("SELECT count(DISTINCT uid_validity) FROM ingestion.messages_recus") == 2
                && await boite.CountAsync("SELECT dernier_uid FROM ingestion.boites WHERE code = 'renumerotee'") == 6);

        Assert.That(await boite.FatesAsync(), Is.EqualTo("Courrier,Courrier,Courrier,Courrier,Courrier,Courrier"));
        Assert.That(await boite.CountInAsync("INBOX"), Is.EqualTo(6), "without MOVE nor UIDPLUS nothing is moved");
        Assert.That(await boite.FlaggedAsync(MessageFlags.Seen), Is.Zero);
    }

    [TestCase(ImapFault.CutBefore)]
    [TestCase(ImapFault.CutAfter)]
    public async Task Connection_CutWhileMoving_MovesAfterwardsAndRegistersOnce(ImapFault fault)
    {
        var code = $"coupee-{fault}".ToLowerInvariant();
        await BoiteImap.OpenAsync(_server, code);
        await using var proxy = ImapProxy.Start(_server);
        var cuts = 0;
        proxy.Decide = command => command.StartsWith("UID MOVE", StringComparison.Ordinal) && Interlocked.Increment(ref cuts) <= 2 ? fault : ImapFault.None;
        await using var courrier = await RunningCourrier.StartAsync(BoiteImap.Merge(s_quick, BoiteImap.Settings(_server, code, proxy: proxy)));
        var boite = new BoiteImap(_server, courrier.Database, code);

        await boite.DeliverAsync(Courriels.Make(text: "Premier"));
        await boite.ReceivedAsync(1);
        await boite.DeliverAsync(Courriels.Make(text: "Second"));

        await boite.MovedAsync(traites: 2);
        Assert.That(await boite.FatesAsync(), Is.EqualTo("Courrier,Courrier"));
        Assert.That(cuts, Is.GreaterThanOrEqualTo(2));
        await boite.WellAsync();
    }

    [Test]
    public async Task Server_RefusingToMove_SaysSoAndTheNextMessagesAreStillRegistered()
    {
        await BoiteImap.OpenAsync(_server, "pleine");
        await using var proxy = ImapProxy.Start(_server);
        proxy.Decide = command => command.StartsWith("UID MOVE", StringComparison.Ordinal) ? ImapFault.Refuse : ImapFault.None;
        await using var courrier = await RunningCourrier.StartAsync(BoiteImap.Merge(s_quick, BoiteImap.Settings(_server, "pleine", proxy: proxy)));
        var boite = new BoiteImap(_server, courrier.Database, "pleine");

        await boite.DeliverAsync(Courriels.Make(text: "Premier"));
        await boite.BrokenAsync("refuse de ranger les messages dans le dossier « Traités »");
        await boite.DeliverAsync(Courriels.Make(text: "Second"));
        await boite.ReceivedAsync(2);

        proxy.Decide = _ => ImapFault.None;
        await boite.MovedAsync(traites: 2);
        await boite.WellAsync();
        Assert.That(await boite.FatesAsync(), Is.EqualTo("Courrier,Courrier"));
    }

    /// <summary>A firewall that forgets a connection tells neither end: what is asked is never answered, and nothing is cut.</summary>
    [TestCase("UID SEARCH")]
    [TestCase("UID FETCH 1 (BODY.PEEK")]
    [TestCase("UID MOVE")]
    [TestCase("IDLE")]
    public async Task Server_ThatNoLongerAnswers_IsLeftAndCalledAgain(string command)
    {
        var code = $"muette-{new string([.. command.ToLowerInvariant().Where(char.IsAsciiLetter)])}";
        await BoiteImap.OpenAsync(_server, code);
        await using var proxy = ImapProxy.Start(_server);
        var held = 0;
        proxy.Decide = c => c.StartsWith(command, StringComparison.Ordinal) && Interlocked.Increment(ref held) == 1 ? ImapFault.Hold : ImapFault.None;
        await using var courrier = await RunningCourrier.StartAsync(BoiteImap.Merge(
            s_quick, BoiteImap.Settings(_server, code, proxy: proxy), new Dictionary<string, string?> { ["Releve:PatienceImap"] = "00:00:02" }));
        var boite = new BoiteImap(_server, courrier.Database, code);

        await boite.DeliverAsync(Courriels.Make(text: "Premier"));
        await EventuallyAsync("The server was never asked", () => Task.FromResult(held > 0));
        await boite.DeliverAsync(Courriels.Make(text: "Second"));

        await boite.MovedAsync(traites: 2);
        Assert.That(await boite.FatesAsync(), Is.EqualTo("Courrier,Courrier"));
        await boite.WellAsync();
    }

    [Test]
    public async Task Server_ThatIsSlowButNeverSilent_IsWaitedFor()
    {
        await BoiteImap.OpenAsync(_server, "lente");
        await using var proxy = ImapProxy.StartSlow(_server, drip: 1_000);
        await using var courrier = await RunningCourrier.StartAsync(BoiteImap.Merge(
            s_quick, BoiteImap.Settings(_server, "lente", proxy: proxy), new Dictionary<string, string?> { ["Releve:PatienceImap"] = "00:00:02" }));
        var boite = new BoiteImap(_server, courrier.Database, "lente");

        await boite.DeliverAsync(Courriels.Make(text: string.Concat(Enumerable.Repeat("Une ligne qui met son temps.\r\n", 2_000)))); // six seconds

        await boite.MovedAsync(traites: 1);
        Assert.That(await boite.FatesAsync(), Is.EqualTo("Courrier"));
        Assert.That(proxy.Commands.Count(c => c.StartsWith("UID FETCH 1 (BODY.PEEK", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    /// <summary>Pauses grow from one second to five minutes while nothing is received; here every cut comes after a message was: twelve of them would take twenty minutes.</summary>
    [Test]
    public async Task Connection_CutAgainAndAgainInABacklog_GoesOnWithoutLongerPauses()
    {
        const int messages = 24;
        await BoiteImap.OpenAsync(_server, "coupee");
        await using var proxy = ImapProxy.Start(_server);
        var cut = new HashSet<string>();
        proxy.Decide = command => command.StartsWith("UID FETCH", StringComparison.Ordinal) && command.Contains("(BODY.PEEK", StringComparison.Ordinal)
            && int.Parse(command.Split(' ')[2], CultureInfo.InvariantCulture) % 2 == 0 && cut.Add(command.Split(' ')[2])
            ? ImapFault.CutBefore : ImapFault.None;
        await using var courrier = await RunningCourrier.StartAsync(BoiteImap.Merge(s_quick, BoiteImap.Settings(_server, "coupee", proxy: proxy)));
        var boite = new BoiteImap(_server, courrier.Database, "coupee");
        foreach (var n in Enumerable.Range(0, messages))
        {
            await boite.DeliverAsync(Courriels.Make($"Message-ID: <coupee{n}@exemple.example>", text: $"Question {n}"));
        }

        await boite.MovedAsync(traites: messages);

        Assert.That(cut, Has.Count.EqualTo(messages / 2));
        Assert.That(await boite.FatesAsync(), Is.EqualTo(string.Join(',', Enumerable.Repeat("Courrier", messages))));
    }

    [Test]
    public async Task Host_KilledBetweenItsCommitAndTheMove_MovesWithoutRegisteringAgain()
    {
        await BoiteImap.OpenAsync(_server, "tuee");
        await using var proxy = ImapProxy.Start(_server);
        proxy.Decide = command => command.StartsWith("UID MOVE", StringComparison.Ordinal) ? ImapFault.Hold : ImapFault.None;
        await using var installation = await Installation.CreateAsync(BoiteImap.Merge(s_quick, BoiteImap.Settings(_server, "tuee", proxy: proxy)));
        var boite = new BoiteImap(_server, installation.Database, "tuee");
        await boite.DeliverAsync(Courriels.Make());
        await boite.DeliverAsync(Courriels.Read("pas-un-courriel-image"));
        await installation.StartAsync();
        await EventuallyAsync("The move was never asked for", () => Task.FromResult(proxy.Commands.Any(c => c.StartsWith("UID MOVE", StringComparison.Ordinal))));

        await installation.KillAsync();
        proxy.Decide = _ => ImapFault.None;
        Assert.That(await boite.CountInAsync("INBOX"), Is.EqualTo(2));
        await installation.StartAsync();

        await boite.MovedAsync(traites: 1, anomalies: 1);
        Assert.That((await boite.FatesAsync())?.Split(','), Is.EquivalentTo(new[] { "Courrier", "Ecarte" }));
    }

    [Test]
    public async Task Server_GoneForAWhile_IsSaidAndCollectedWhenItIsBack()
    {
        await using var server = await DovecotServer.StartAsync();
        await BoiteImap.OpenAsync(server, "absente");
        await using var courrier = await RunningCourrier.StartAsync(BoiteImap.Merge(s_quick, BoiteImap.Settings(server, "absente")));
        var boite = new BoiteImap(server, courrier.Database, "absente");
        await boite.WellAsync();

        await server.StopAsync();
        await boite.DeliverAsync(Courriels.Make());
        await boite.BrokenAsync($"Le serveur 127.0.0.1:{server.Port} est injoignable");

        await server.RestartAsync();
        await boite.MovedAsync(traites: 1);
        await boite.WellAsync();
        Assert.That(await boite.FatesAsync(), Is.EqualTo("Courrier"));
    }

    [Test]
    public async Task Mailbox_WronglyDeclared_SaysWhatIsWrongAndStopsNoOther()
    {
        string[] codes = ["motdepasse", "certificat", "dossier", "chiffrement", "service", "bonne"];
        foreach (var code in codes)
        {
            await BoiteImap.OpenAsync(_server, code);
        }

        await using var courrier = await RunningCourrier.StartAsync(BoiteImap.Merge(
            [
                s_quick,
                .. codes.Select((code, number) => BoiteImap.Settings(_server, code, number)),
                new Dictionary<string, string?>
                {
                    ["COURRIER_BOITE_MOTDEPASSE_MOTDEPASSE"] = "faux",
                    ["Boites:1:Imap:EmpreinteCertificat"] = new string('0', 64),
                    ["Boites:2:Imap:Dossier"] = "INBOX.Préfecture",
                    ["Boites:3:Imap:Securite"] = "Tls",
                    ["Boites:4:ServiceCode"] = "INCONNU",
                },
            ]));
        BoiteImap Boite(string code) => new(_server, courrier.Database, code);
        foreach (var code in codes)
        {
            await Boite(code).DeliverAsync(Courriels.Make(text: code));
        }

        await Boite("bonne").MovedAsync(traites: 1);
        await Boite("motdepasse").BrokenAsync($"Le serveur 127.0.0.1:{_server.Port} refuse l’identifiant ou le mot de passe : vérifiez-les (Imap:Utilisateur et la variable COURRIER_BOITE_MOTDEPASSE_MOTDEPASSE)");
        await Boite("certificat").BrokenAsync("Le certificat du serveur 127.0.0.1 n’est pas accepté");
        await Boite("dossier").BrokenAsync("Le dossier « INBOX.Préfecture » n’existe pas dans cette boîte");
        await Boite("chiffrement").BrokenAsync("ne répond pas en TLS : vérifiez le port");
        await Boite("service").BrokenAsync("Le service « INCONNU » déclaré pour cette boîte n’existe pas");
        Assert.That(await Boite("bonne").PanneAsync(), Is.Null);
        Assert.That(await Boite("bonne").CountAsync("SELECT count(*) FROM ingestion.messages_recus"), Is.EqualTo(1));
    }

    [Test]
    public async Task Workers_TwoOnOneMailbox_RegisterEachMessageOnce()
    {
        await BoiteImap.OpenAsync(_server, "contact");
        var boite = new BoiteImap(_server, _courrier.Database, "contact");
        for (var n = 0; n < 60; n++)
        {
            await boite.DeliverAsync(Courriels.Make($"From: p{n}@exemple.example", text: $"Message {n}"));
        }

        await using var one = Worker();
        await using var two = Worker();
        await EventuallyAsync("INBOX was never emptied", async () =>
        {
            await Task.WhenAll(one.CollectAsync(CancellationToken.None), two.CollectAsync(CancellationToken.None));
            return await boite.CountInAsync("INBOX") == 0;
        });

        // Both may move one message at the same moment: the server then keeps two copies of it, and the register one.
        Assert.That(await boite.CountInAsync("Traités"), Is.GreaterThanOrEqualTo(60));
        Assert.That(await boite.CountAsync("SELECT count(*) FROM ingestion.messages_recus WHERE boite_code = 'contact' AND sort = 'Courrier'"), Is.EqualTo(60));
        Assert.That(await boite.CountAsync("SELECT count(*) FROM ingestion.messages_recus WHERE boite_code = 'contact'"), Is.EqualTo(60));

        ImapMailbox Worker() => new(
            "contact",
            0,
            new ImapOptions { Hote = _server.Host, Port = _server.Port, Securite = SecuriteImap.StartTls, Utilisateur = "contact", EmpreinteCertificat = _server.Empreinte },
            _ => Task.FromResult(BoiteImap.Password),
            () => { },
            _courrier.App.Services.GetRequiredService<IServiceScopeFactory>(),
            _courrier.App.Services.GetRequiredService<IOptions<ReleveOptions>>(),
            NullLogger<ImapMailbox>.Instance);
    }

    [Test]
    public async Task Message_TheServerCannotGive_ComesLastAndIsSetAside()
    {
        await BoiteImap.OpenAsync(_server, "abimee");
        await using var proxy = ImapProxy.Start(_server);
        proxy.Decide = command => command.StartsWith("UID FETCH 1 (BODY.PEEK", StringComparison.Ordinal) ? ImapFault.CutBefore : ImapFault.None;
        await using var courrier = await RunningCourrier.StartAsync(BoiteImap.Merge(s_quick, BoiteImap.Settings(_server, "abimee", proxy: proxy)));
        var boite = new BoiteImap(_server, courrier.Database, "abimee");

        await boite.DeliverAsync(Courriels.Make(text: "Celui que le serveur ne donne pas"));
        await EventuallyAsync("It was never asked for", () => Task.FromResult(proxy.Commands.Any(c => c.StartsWith("UID FETCH 1 (BODY.PEEK", StringComparison.Ordinal))));
        await boite.DeliverAsync(Courriels.Make(text: "Le suivant"));

        await boite.MovedAsync(traites: 1, anomalies: 1);
        Assert.That(await boite.FatesAsync(), Is.EqualTo("Courrier,Ecarte"));
    }

    private BoiteImap Mine() => new(_server, _courrier.Database, $"partagee-{Interlocked.Increment(ref _taken)}");

    private static string NewId() => Guid.NewGuid().ToString("N");

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
