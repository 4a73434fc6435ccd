using System.Net;
using System.Text.RegularExpressions;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles.Gestion;

/// <summary>An administrator manages the mailboxes by the pages; the collection follows, without a restart. In by HTTP, out by a real IMAP server.</summary>
public sealed class GestionTests
{
    private DovecotServer _server = null!;
    private RunningCourrier _courrier = null!;
    private SignedInClient _administrateur = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await DovecotServer.StartAsync();
        await BoiteImap.OpenAsync(_server, "declaree");
        _courrier = await RunningCourrier.StartAsync(BoiteImap.Merge(
            BoiteDepot.Settings,
            BoiteImap.Settings(_server, "declaree"),
            new Dictionary<string, string?> { ["Releve:PollImap"] = "00:00:00.500", ["Releve:PollReglages"] = "00:00:00.100" }));
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
    public async Task Added_ByAnAdministrator_IsCollectedAndItsPasswordSeenNowhere()
    {
        var boite = await OpenAsync("ajoutee");

        await AddAsync("ajoutee", new() { ["ServiceCode"] = "DCL-ETR", ["TypeCode"] = await TypeAsync(), ["Alias"] = "Ancienne@indre-et-loire.invalid\n\nautre@indre-et-loire.invalid" });

        await boite.DeliverAsync(Courriels.Make(text: Guid.NewGuid().ToString()));
        await boite.MovedAsync(traites: 1);
        await boite.WellAsync();
        Assert.That(
            await boite.CountAsync(
                """
                SELECT count(*) FROM ingestion.courriers c JOIN ingestion.messages_recus m ON m.courrier_id = c.id
                WHERE m.boite_code = 'ajoutee' AND c.service_code = 'DCL-ETR' AND c.type_code = $1
                """,
                await TypeAsync()),
            Is.EqualTo(1), "service and type of the mailbox are those of what arrives there");
        Assert.That(await boite.CountAsync("SELECT count(*) FROM ingestion.boites WHERE code = 'ajoutee' AND secret_chiffre LIKE 'v1.%' AND cardinality(alias) = 2"), Is.EqualTo(1));
        foreach (var table in (string[])["boites", "journal"])
        {
            Assert.That(await boite.CountAsync($"SELECT count(*) FROM ingestion.{table} t WHERE t::text LIKE '%' || $1 || '%'", BoiteImap.Password), Is.Zero, table);
        }

        Assert.That(await _administrateur.ReadAsync("/boites/ajoutee/modifier"), Does.Not.Contain(WebUtility.HtmlEncode(BoiteImap.Password)));
        Assert.That(
            await boite.CountAsync("SELECT count(*) FROM ingestion.journal WHERE objet = 'boite:ajoutee' AND action = 'ConfigureBoite' AND acteur = $1", _administrateur.CompteId.ToString()),
            Is.EqualTo(1));
    }

    [Test]
    public async Task Changed_FromAWrongPasswordToTheRightOne_IsCollectedWithoutARestart()
    {
        var boite = await OpenAsync("corrigee");
        await boite.DeliverAsync(Courriels.Make(text: Guid.NewGuid().ToString()));
        await AddAsync("corrigee", new() { ["MotDePasse"] = "faux" });
        await boite.BrokenAsync("refuse l’identifiant ou le mot de passe");

        await ChangeAsync("corrigee", new() { ["MotDePasse"] = BoiteImap.Password });

        await boite.MovedAsync(traites: 1);
        await boite.WellAsync();
        Assert.That(
            await boite.CountAsync("SELECT count(*) FROM ingestion.journal WHERE objet = 'boite:corrigee' AND apres LIKE '%Nouveau mot de passe' AND avant IS NOT NULL"),
            Is.EqualTo(1));
    }

    [Test]
    public async Task Deactivated_IsNoLongerCollected_AndTakenUpAgain()
    {
        var boite = await OpenAsync("eteinte");
        await AddAsync("eteinte", []);
        await boite.WellAsync();

        await ChangeAsync("eteinte", new() { ["IsActif"] = "false" });
        Assert.That(WebUtility.HtmlDecode(await _administrateur.ReadAsync("/boites")), Does.Match("boite-eteinte(?s).*inactive"));
        await EventuallyAsync("Its connection never ended", async () => await ConnectionsAsync("eteinte") == 0);
        await boite.DeliverAsync(Courriels.Make(text: Guid.NewGuid().ToString()));
        Assert.That(await boite.CountInAsync("INBOX"), Is.EqualTo(1));

        await ChangeAsync("eteinte", new() { ["IsActif"] = "true" });

        await boite.MovedAsync(traites: 1);
    }

    [Test]
    public async Task Changed_ToAnotherAccountWithTheSameIdentifiers_LosesNothing()
    {
        var first = await OpenAsync("premiere");
        var second = await OpenAsync("seconde");
        await _server.SetUidValidityAsync("premiere", 1234567);
        await _server.SetUidValidityAsync("seconde", 1234567);
        var repeated = Courriels.Make(text: $"Dans les deux {Guid.NewGuid()}");
        await first.DeliverAsync(Courriels.Make(text: $"Dans la première {Guid.NewGuid()}"));
        await first.DeliverAsync(repeated);
        await AddAsync("premiere", []);
        await first.MovedAsync(traites: 2);
        await second.DeliverAsync(Courriels.Make(text: $"Dans la seconde {Guid.NewGuid()}"));
        await second.DeliverAsync(repeated);

        await ChangeAsync("premiere", new() { ["Utilisateur"] = "seconde", ["MotDePasse"] = BoiteImap.Password });

        await second.MovedAsync(traites: 2);
        Assert.That(await first.FatesAsync(), Is.EqualTo("Courrier,Courrier,Courrier"), "the message of both accounts was recognised by its bytes");
    }

    [Test]
    public async Task Key_Missing_StopsItsMailboxInWordsAndNoOther_AndHeals()
    {
        await BoiteImap.OpenAsync(_server, "contact");
        await using var courrier = await RunningCourrier.StartAsync(BoiteImap.Merge(
            BoiteDepot.Settings,
            BoiteImap.Settings(_server, "contact"),
            new Dictionary<string, string?> { ["Releve:PollImap"] = "00:00:00.500", ["Releve:PollReglages"] = "00:00:00.100" }));
        using var administrateur = await SignedInClient.CreateAsync(courrier, RoleAgent.Administrateur, "SGCD");
        await BoiteImap.OpenAsync(_server, "chiffree");
        var chiffree = new BoiteImap(_server, courrier.Database, "chiffree");
        var contact = new BoiteImap(_server, courrier.Database, "contact");
        using (await PostAsync(administrateur, "/boites/nouvelle", FieldsOf("chiffree", [])))
        {
            await chiffree.WellAsync();
        }

        var key = Path.Combine(courrier.Folder, "coffre.cle");
        File.Move(key, key + ".ailleurs");

        // Any change starts it again: only then is its password asked for.
        using (await PostAsync(administrateur, "/boites/chiffree/modifier", new() { ["Libelle"] = "Autre nom" }))
        {
            await chiffree.BrokenAsync("La clé « ");
        }

        Assert.That(WebUtility.HtmlDecode(await administrateur.ReadAsync("/boites")), Does.Contain("qui chiffre le mot de passe de cette boîte manque : remettez-la dans le fichier"));
        await contact.DeliverAsync(Courriels.Make());
        await contact.MovedAsync(traites: 1);

        File.Move(key + ".ailleurs", key);
        await chiffree.WellAsync();
    }

    [Test]
    public async Task Refused_SaysWhatIsWrongBesideEachField()
    {
        using var answer = await PostAsync(_administrateur, "/boites/nouvelle", FieldsOf("Boîte 1", new()
        {
            ["Libelle"] = " ",
            ["Adresse"] = "contact@indre-et-loire.invalid",
            ["Alias"] = "bonne@exemple.example\nmauvaise",
            ["ServiceCode"] = "INCONNU",
            ["Hote"] = "imap.exemple.example",
            ["Port"] = "imaps",
            ["Securite"] = "Aucune",
            ["MotDePasse"] = "",
            ["EmpreinteCertificat"] = "ABC",
            ["DossierTraites"] = "inbox",
        }));

        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(ErrorOf(page, "Code"), Does.Contain("lettres minuscules"));
        Assert.That(ErrorOf(page, "Libelle"), Does.Contain("Donnez un nom"));
        Assert.That(ErrorOf(page, "Alias"), Does.Contain("« mauvaise » n’est pas une adresse"));
        Assert.That(ErrorOf(page, "ServiceCode"), Does.Contain("Ce service n’existe pas"));
        Assert.That(ErrorOf(page, "Port"), Does.Contain("imaps"));
        Assert.That(ErrorOf(page, "Securite"), Does.Contain("passent en clair"));
        Assert.That(ErrorOf(page, "EmpreinteCertificat"), Does.Contain("64 caractères"));
        Assert.That(ErrorOf(page, "DossierTraites"), Does.Contain("relus sans fin"));
        Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.boites WHERE libelle = ' '"), Is.Zero);
    }

    [TestCase("Adresse", "contact@indre-et-loire.invalid", "Adresse", "déjà celle de la boîte", TestName = "An address of another mailbox")]
    [TestCase("Alias", "COURRIER@indre-et-loire.invalid", "Alias", "déjà celle de la boîte", TestName = "An alias of another mailbox")]
    [TestCase("MotDePasse", "", "MotDePasse", "Tapez le mot de passe", TestName = "No password")]
    [TestCase("Code", "contact", "Code", "porte déjà ce code", TestName = "A code that exists")]
    [TestCase("Code", "nouvelle", "Code", "Un code s’écrit", TestName = "A code that is a page")]
    public async Task Refused_ForOneReason_SaysIt(string field, string value, string champ, string words)
    {
        using var answer = await PostAsync(_administrateur, "/boites/nouvelle", FieldsOf("refusee", new() { [field] = value }));

        Assert.That(ErrorOf(WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), champ), Does.Contain(words));
    }

    [Test]
    public async Task Changed_ToAnotherServer_AsksForThePasswordAgain()
    {
        await OpenAsync("gardee");
        await AddAsync("gardee", []);

        using var answer = await PostAsync(_administrateur, "/boites/gardee/modifier", new() { ["Hote"] = "imap.pirate.example" });

        Assert.That(ErrorOf(WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), "MotDePasse"), Does.Contain("retapez le mot de passe"));
        Assert.That(await _courrier.Database.ScalarAsync<string>("SELECT imap_hote FROM ingestion.boites WHERE code = 'gardee'"), Is.EqualTo("127.0.0.1"));
    }

    [Test]
    public async Task Changed_SinceTheFormWasShown_IsRefused()
    {
        await OpenAsync("disputee");
        await AddAsync("disputee", []);
        var shown = SignedInClient.FieldsOf(await _administrateur.ReadAsync("/boites/disputee/modifier"));
        await ChangeAsync("disputee", new() { ["Libelle"] = "Le premier" });

        shown["Libelle"] = "Le second";
        using var answer = await _administrateur.SendAsync("/boites/disputee/modifier", shown);

        Assert.That(WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), Does.Contain("Quelqu’un vient de modifier cette boîte"));
        Assert.That(await _courrier.Database.ScalarAsync<string>("SELECT libelle FROM ingestion.boites WHERE code = 'disputee'"), Is.EqualTo("Le premier"));
    }

    [Test]
    public async Task Declared_InTheConfiguration_ShowsItsAccessAndKeepsIt()
    {
        var boite = new BoiteImap(_server, _courrier.Database, "declaree");
        await boite.WellAsync();
        Assert.That(WebUtility.HtmlDecode(await _administrateur.ReadAsync("/boites/declaree/modifier")), Does.Contain("Accès déclaré dans la configuration").And.Contain($"127.0.0.1:{_server.Port}"));

        await ChangeAsync("declaree", new() { ["Libelle"] = "Déclarée", ["Hote"] = "imap.pirate.example", ["Adresse"] = "pirate@exemple.example", ["MotDePasse"] = "x" });

        await boite.DeliverAsync(Courriels.Make(text: Guid.NewGuid().ToString()));
        await boite.MovedAsync(traites: 1);
        Assert.That(
            await boite.CountAsync(
                "SELECT count(*) FROM ingestion.boites WHERE code = 'declaree' AND libelle = 'Déclarée' AND imap_hote = '127.0.0.1' AND adresse = 'declaree@indre-et-loire.invalid' AND secret_chiffre IS NULL"),
            Is.EqualTo(1));
    }

    [TestCase(RoleAgent.BureauOrdre)]
    [TestCase(RoleAgent.Superviseur)]
    [TestCase(RoleAgent.Agent)]
    public async Task Settings_ForAnyoneElse_AreForbidden(RoleAgent role)
    {
        using var other = await SignedInClient.CreateAsync(_courrier, role, "SGCD");
        foreach (var url in (string[])["/boites/nouvelle", "/boites/declaree/modifier"])
        {
            using var shown = await other.GetAsync(url);
            using var sent = await other.SendAsync(url, new() { ["Libelle"] = "Pirate" });
            Assert.That(shown.StatusCode, Is.Not.EqualTo(HttpStatusCode.OK), url);
            Assert.That(sent.StatusCode, Is.Not.EqualTo(HttpStatusCode.OK), url);
        }

        Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.boites WHERE libelle = 'Pirate'"), Is.Zero);
    }

    [TestCase("inconnue")]
    [TestCase("%00")]
    public async Task Settings_OfNoMailbox_AreNotFound(string code)
    {
        using var answer = await _administrateur.GetAsync($"/boites/{code}/modifier");

        Assert.That(answer.StatusCode, Is.AnyOf(HttpStatusCode.NotFound, HttpStatusCode.BadRequest));
    }

    private async Task<BoiteImap> OpenAsync(string code)
    {
        await BoiteImap.OpenAsync(_server, code);
        return new BoiteImap(_server, _courrier.Database, code);
    }

    private Dictionary<string, string?> FieldsOf(string code, Dictionary<string, string?> fields) => FormulaireDeBoite.FieldsOf(_server, code, fields);

    private Task AddAsync(string code, Dictionary<string, string?> fields) => FormulaireDeBoite.AddAsync(_administrateur, _server, code, fields);

    private Task ChangeAsync(string code, Dictionary<string, string?> fields) => FormulaireDeBoite.ChangeAsync(_administrateur, code, fields);

    private static Task<HttpResponseMessage> PostAsync(SignedInClient client, string url, Dictionary<string, string?> fields) =>
        FormulaireDeBoite.PostAsync(client, url, fields);

    private static string ErrorOf(string page, string field) =>
        Regex.Match(page, $"id=\"{field}-erreurs\"[^>]*>(.*?)</div>", RegexOptions.Singleline).Groups[1].Value;

    private Task<string> TypeAsync() => _courrier.Database.ScalarAsync<string>("SELECT code FROM ingestion.types WHERE NOT is_sans_accuse ORDER BY ordre LIMIT 1")!;

    /// <summary>The server's own count of who is signed in.</summary>
    private Task<int> ConnectionsAsync(string user) => _server.ConnectionsAsync(user);
}
