using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MailKit;
using MailKit.Search;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles.Gestion;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles.Etat;

/// <summary>The page of one mailbox: its state, its ledger, and what the trial of its connection finds. Against a real IMAP server.</summary>
public sealed class EtatTests
{
    private DovecotServer _server = null!;
    private RunningCourrier _courrier = null!;
    private SignedInClient _administrateur = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await DovecotServer.StartAsync();
        var settings = new List<IReadOnlyDictionary<string, string?>>
        {
            BoiteDepot.Settings,
            new Dictionary<string, string?> { ["Releve:PollImap"] = "00:00:00.500", ["Releve:PollReglages"] = "00:00:00.100" },
        };
        string[] codes = ["etat", "compte", "renumerotee"];
        for (var number = 0; number < codes.Length; number++)
        {
            await BoiteImap.OpenAsync(_server, codes[number]);
            settings.Add(BoiteImap.Settings(_server, codes[number], number));
        }

        _courrier = await RunningCourrier.StartAsync(BoiteImap.Merge([.. settings]));
        _administrateur = await SignedInClient.CreateAsync(_courrier, RoleAgent.Administrateur, "SGCD");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _administrateur.Dispose();
        await _courrier.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task Page_OfACollectedMailbox_SaysSinceWhenAndWhatArrived()
    {
        var boite = Boite("etat");
        await boite.DeliverAsync(Courriels.Make(text: Guid.NewGuid().ToString()));
        await boite.MovedAsync(traites: 1);
        await boite.WellAsync();

        var page = await PageAsync("etat");

        Assert.That(page, Does.Contain("Relevée sans interruption depuis").And.Contain("traité le").And.Contain("entre l’arrivée du dernier message sur le serveur et son traitement")
            .And.Contain("1 arrivé = 1 enregistré + 0 rattaché + 0 mis de côté"));
    }

    [Test]
    public async Task Ledger_OfAllThatTheServerNumbered_AccountsForEachAndShowsWhatVanishedInRed()
    {
        var boite = Boite("compte");
        await NotedAsync("compte", uids: 0);
        var first = Courriels.Make(text: Guid.NewGuid().ToString());
        await boite.DeliverAsync(first);
        await boite.MovedAsync(traites: 1);
        await boite.DeliverAsync(first);
        await boite.DeliverAsync(Courriels.Make("List-Id: <liste.exemple.example>", text: Guid.NewGuid().ToString()));
        await boite.DeliverAsync(Courriels.Make(text: Guid.NewGuid().ToString()));
        await boite.MovedAsync(traites: 4);
        await NotedAsync("compte", uids: 4);
        Assert.That(await LineAsync("compte"), Is.EqualTo("4 2 1 1 0 aucun"));

        // Somebody takes two messages away while nobody reads: the identifiers they had are used up.
        await ChangeAsync("compte", isActif: false);
        await EventuallyAsync("Its connection never ended", async () => await _server.ConnectionsAsync("compte") == 0);
        await boite.DeliverAsync(Courriels.Make(text: Guid.NewGuid().ToString()));
        await boite.DeliverAsync(Courriels.Make(text: Guid.NewGuid().ToString()));
        using (var agent = await _server.ConnectAsync("compte"))
        {
            await agent.Inbox.OpenAsync(FolderAccess.ReadWrite);
            await agent.Inbox.AddFlagsAsync(await agent.Inbox.SearchAsync(SearchQuery.All), MessageFlags.Deleted, silent: true);
            await agent.Inbox.ExpungeAsync();
        }

        await boite.DeliverAsync(Courriels.Make(text: Guid.NewGuid().ToString()));
        await ChangeAsync("compte", isActif: true);

        await boite.MovedAsync(traites: 5);
        await NotedAsync("compte", uids: 7);
        Assert.That(await LineAsync("compte"), Is.EqualTo("7 3 1 1 0 2 disparus"));
        Assert.That(await PageAsync("compte"), Does.Contain("Des messages ont disparu avant d’être lus").And.Contain("c-badge\">2 disparus").Or.Contain("fr-badge--error"));
    }

    [Test]
    public async Task Ledger_OfTheDayAfter_BeginsWhereTheDayBeforeEnded()
    {
        await using var courrier = await RunningCourrier.StartAsync(roles: ServiceDefaults.ServiceRoles.Portail);
        using var administrateur = await SignedInClient.CreateAsync(courrier, RoleAgent.Administrateur, "SGCD");
        await NoteAsync(courrier, 10);
        await courrier.Database.ScalarAsync<long>("WITH moved AS (UPDATE ingestion.journees_boites SET jour = jour - 3, fin = 14 RETURNING 1) SELECT count(*) FROM moved");

        await NoteAsync(courrier, 20, 18, 19);

        Assert.That(
            await courrier.Database.ScalarAsync<string>("SELECT string_agg(debut || '-' || fin || ' ' || en_attente, ', ' ORDER BY jour) FROM ingestion.journees_boites"),
            Is.EqualTo("10-14 0, 14-20 2"), "what came while nobody looked is of the day it was found");

        static async Task NoteAsync(RunningCourrier courrier, long uidNext, params uint[] waiting)
        {
            await using var scope = courrier.Scope();
            await scope.ServiceProvider.GetRequiredService<KeepJournees>().NoteAsync("contact", 7, uidNext, waiting, CancellationToken.None);
        }
    }

    [Test]
    public async Task Ledger_OfAFolderWithNewIdentifiers_LosesNothingFromSight()
    {
        var boite = Boite("renumerotee");
        await NotedAsync("renumerotee", uids: 0);
        await boite.DeliverAsync(Courriels.Make(text: Guid.NewGuid().ToString()));
        await boite.MovedAsync(traites: 1);
        await NotedAsync("renumerotee", uids: 1);
        await _server.ResetUidValidityAsync("renumerotee");
        await EventuallyAsync(
            "The new identity was never noted",
            async () => await boite.CountAsync("SELECT count(*) FROM ingestion.journees_boites WHERE boite_code = 'renumerotee'") == 2);
        await boite.DeliverAsync(Courriels.Make(text: Guid.NewGuid().ToString()));
        await boite.MovedAsync(traites: 2);
        await NotedAsync("renumerotee", uids: 2);

        Assert.That(await LineAsync("renumerotee"), Is.EqualTo("2 2 0 0 0 aucun"));
    }

    [Test]
    public async Task Trial_OfAGoodMailbox_SaysEachThingFound_AndChangesNothing()
    {
        await BoiteImap.OpenAsync(_server, "essai");
        await AddAsync("essai", isActif: false);
        await Boite("essai").DeliverAsync(Courriels.Make());

        var found = await TryAsync("essai");

        Assert.That(found, Does.Contain("L’essai a réussi").And.Contain("chiffré (Tls13)").And.Contain("mot de passe sont acceptés").And.Contain("1 message y est")
            .And.Contain("Le dossier « Traités » n’existe pas encore"));
        Assert.That(await _server.FoldersAsync("essai"), Is.EquivalentTo(new Dictionary<string, int> { ["INBOX"] = 1 }));
        Assert.That(await Boite("essai").FlaggedAsync(MessageFlags.Seen | MessageFlags.Deleted), Is.Zero);
    }

    [TestCase("imap_hote = 'serveur.invalid'", "Le nom serveur.invalid n’est pas connu", TestName = "A name nobody knows")]
    [TestCase("imap_port = 1", "rien n’écoute sur ce port", TestName = "A port nobody listens on")]
    [TestCase("imap_securite = 'Tls'", "ne répond pas en TLS", TestName = "TLS where there is none")]
    [TestCase("imap_empreinte_certificat = NULL", "n’est pas signé par une autorité connue, ou n’est plus valable. S’il est bien le vôtre, recopiez son empreinte dans les réglages : {0}", TestName = "A certificate nobody vouches for")]
    [TestCase("imap_empreinte_certificat = repeat('0', 64)", "ce n’est pas celui dont l’empreinte est dans les réglages. Celui qu’il présente a l’empreinte {0}", TestName = "Another certificate than the one pinned")]
    [TestCase("imap_utilisateur = 'inconnu'", "refuse l’identifiant ou le mot de passe", TestName = "An account that does not exist")]
    [TestCase("imap_dossier = 'INBOX.Absent'", "Le dossier « INBOX.Absent » n’existe pas", TestName = "A folder that does not exist")]
    [TestCase("secret_chiffre = NULL", "n’a pas de mot de passe", TestName = "No password")]
    public async Task Trial_OfABadMailbox_SaysExactlyWhatIsWrong(string change, string words)
    {
        var code = $"mauvaise-{Guid.NewGuid():N}"[..20];
        await BoiteImap.OpenAsync(_server, code);
        await AddAsync(code, isActif: false);
        await _courrier.Database.ScalarAsync<string>($"UPDATE ingestion.boites SET {change} WHERE code = $1 RETURNING code", code);

        var found = await TryAsync(code);

        var shown = string.Join(':', _server.Empreinte.Chunk(2).Select(pair => new string(pair)));
        Assert.That(found, Does.Contain("L’essai a échoué").And.Contain(string.Format(words, shown)));
        Assert.That(found, Does.Not.Contain(BoiteImap.Password));
    }

    [Test]
    public async Task Trial_OfAServerThatIsNoMailServer_OrHasNoTls_SaysSo()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var answering = AnswerAsync(silent, "HTTP/1.1 400 Bad Request\r\n\r\n");
        await BoiteImap.OpenAsync(_server, "autre-serveur");
        await AddAsync("autre-serveur", isActif: false);
        await _courrier.Database.ScalarAsync<string>(
            "UPDATE ingestion.boites SET imap_port = $1 WHERE code = 'autre-serveur' RETURNING code", ((IPEndPoint)silent.LocalEndpoint).Port);
        Assert.That(await TryAsync("autre-serveur"), Does.Contain("ne parle pas IMAP"));
        await answering;

        await using var proxy = ImapProxy.Start(_server, "STARTTLS");
        await _courrier.Database.ScalarAsync<string>("UPDATE ingestion.boites SET imap_port = $1 WHERE code = 'autre-serveur' RETURNING code", proxy.Port);
        Assert.That(await TryAsync("autre-serveur"), Does.Contain("ne propose pas le chiffrement demandé"));

        static async Task AnswerAsync(TcpListener listener, string text)
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(text));
        }
    }

    [Test]
    public async Task Trial_OfAServerThatCannotMove_SaysWhatFollows()
    {
        await BoiteImap.OpenAsync(_server, "immobile");
        await using var proxy = ImapProxy.Start(_server, "MOVE", "UIDPLUS");
        await AddAsync("immobile", isActif: false);
        await _courrier.Database.ScalarAsync<string>("UPDATE ingestion.boites SET imap_port = $1, imap_securite = 'Aucune' WHERE code = 'immobile' RETURNING code", proxy.Port);

        Assert.That(await TryAsync("immobile"), Does.Contain("L’essai a réussi").And.Contain("sans chiffrement").And.Contain("ni déplacer (MOVE)"));
    }

    [Test]
    public async Task Trial_ForTheMailRoom_IsForbidden_AndThePageIsNot()
    {
        using var agent = await SignedInClient.CreateAsync(_courrier, RoleAgent.BureauOrdre, "SGCD");
        Assert.That(await agent.ReadAsync("/boites/etat"), Does.Not.Contain("Essayer la connexion"));
        using var stranger = await SignedInClient.CreateAsync(_courrier, RoleAgent.Agent);
        using var page = await stranger.GetAsync("/boites/etat");
        using var trial = await agent.PostAsync("/boites/etat", [], "?handler=Essayer");

        Assert.That(page.StatusCode, Is.Not.EqualTo(HttpStatusCode.OK));
        Assert.That(trial.StatusCode, Is.Not.EqualTo(HttpStatusCode.OK));
        using var unknown = await agent.GetAsync("/boites/inconnue");
        Assert.That(unknown.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private BoiteImap Boite(string code) => new(_server, _courrier.Database, code);

    private async Task<string> PageAsync(string code) => WebUtility.HtmlDecode(await _administrateur.ReadAsync($"/boites/{code}"));

    /// <summary>The numbers of the newest day.</summary>
    private async Task<string> LineAsync(string code)
    {
        var row = Regex.Match(await PageAsync(code), "<tbody>.*?<tr>(.*?)</tr>", RegexOptions.Singleline).Groups[1].Value;
        return string.Join(' ', Regex.Matches(row, "<td[^>]*>(.*?)</td>", RegexOptions.Singleline).Skip(1).Select(m => Regex.Replace(m.Groups[1].Value, "<[^>]*>", "").Trim()));
    }

    private Task NotedAsync(string code, int uids) => EventuallyAsync(
        $"{code}: its day never had {uids} identifiers, all with their fate",
        async () => await _courrier.Database.ScalarAsync<long>("SELECT coalesce(sum(fin - debut), -1)::bigint FROM ingestion.journees_boites WHERE boite_code = $1 AND en_attente = 0", code) == uids);

    private async Task<string> TryAsync(string code)
    {
        using var answer = await _administrateur.PostAsync($"/boites/{code}", [], "?handler=Essayer");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        return Regex.Match(WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), "<section id=\"essai\".*?</section>", RegexOptions.Singleline).Value;
    }

    private Task AddAsync(string code, bool isActif) => FormulaireDeBoite.AddAsync(_administrateur, _server, code, new() { ["IsActif"] = isActif ? "true" : "false" });

    private Task ChangeAsync(string code, bool isActif) => FormulaireDeBoite.ChangeAsync(_administrateur, code, new() { ["IsActif"] = isActif ? "true" : "false" });
}
