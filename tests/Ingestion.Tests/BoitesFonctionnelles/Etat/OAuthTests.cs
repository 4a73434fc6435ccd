using System.Net;
using System.Text.RegularExpressions;
using SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles.Gestion;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles.Etat;

/// <summary>A mailbox without a password: its server asks an authorization server whose the token is. Both are real servers on loopback.</summary>
public sealed class OAuthTests
{
    private TokenServer _tokens = null!;
    private DovecotServer _server = null!;
    private RunningCourrier _courrier = null!;
    private SignedInClient _administrateur = null!;
    private string _folder = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = Directory.CreateTempSubdirectory("courrier-jetons-").FullName;
        _tokens = await TokenServer.StartAsync();
        _server = await DovecotServer.StartAsync(_tokens.TokenInfoUrl);
        var settings = new Dictionary<string, string?>(BoiteDepot.Settings) { ["Releve:PollImap"] = "00:00:00.500", ["Releve:PollReglages"] = "00:00:00.100" };
        foreach (var code in (string[])["commande", "muette"])
        {
            settings[$"Releve:CommandesJeton:{code}"] = Path.Combine(_folder, code);
        }

        _courrier = await RunningCourrier.StartAsync(settings);
        _administrateur = await SignedInClient.CreateAsync(_courrier, RoleAgent.Administrateur, "SGCD");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _administrateur.Dispose();
        await _courrier.DisposeAsync();
        await _server.DisposeAsync();
        await _tokens.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test, Order(1)]
    public async Task ClientCredentials_Accepted_CollectTheMailbox_WithOneTokenForManyConnections_AndItsSecretIsSeenNowhere()
    {
        var boite = await OpenAsync("application");
        _tokens.User = "application";
        var given = _tokens.Given;
        await AddAsync("application", Client([]));

        await boite.DeliverAsync(Courriels.Make(text: Guid.NewGuid().ToString()));
        await boite.MovedAsync(traites: 1);
        await boite.WellAsync();
        Assert.That(await TryAsync("application"), Does.Contain("L’essai a réussi").And.Contain("Le jeton d’accès est accepté"));
        Assert.That(_tokens.Given, Is.EqualTo(given + 1), "a token serves until it ends");

        // Revoked: refused once, then asked for anew.
        _tokens.Revoke();
        Assert.That(await TryAsync("application"), Does.Contain("refuse le jeton d’accès"));
        Assert.That(await TryAsync("application"), Does.Contain("L’essai a réussi"));
        foreach (var table in (string[])["boites", "journal"])
        {
            Assert.That(await boite.CountAsync($"SELECT count(*) FROM ingestion.{table} t WHERE t::text LIKE '%' || $1 || '%' OR t::text LIKE '%jeton.%'", TokenServer.ClientSecret), Is.Zero, table);
        }
    }

    [Test, Order(2)]
    public async Task ClientCredentials_Refused_SayWhy_WithoutWhatWasSent()
    {
        await OpenAsync("refusee");
        await AddAsync("refusee", Client(new() { ["MotDePasse"] = "un autre secret", ["IsActif"] = "false" }));
        Assert.That(await TryAsync("refusee"), Does.Contain("refuse : invalid_client").And.Not.Contain("un autre secret"));

        await ChangeAsync("refusee", new() { ["MotDePasse"] = TokenServer.ClientSecret, ["JetonPortee"] = "autre" });
        Assert.That(await TryAsync("refusee"), Does.Contain("refuse : invalid_scope"));

        await ChangeAsync("refusee", new() { ["JetonUrl"] = "http://127.0.0.1:1/jeton", ["MotDePasse"] = TokenServer.ClientSecret });
        Assert.That(await TryAsync("refusee"), Does.Contain("est injoignable"));
    }

    [TestCase("{}", "ne contient pas de jeton", TestName = "An answer without a token")]
    [TestCase("<html>", "ne contient pas de jeton", TestName = "A page instead of an answer")]
    [TestCase("{\"access_token\": \"a\\u0000b c\"}", "n’en est pas un", TestName = "A token with a null character")]
    [Order(3)]
    public async Task ClientCredentials_AnsweredStrangely_SaySo(string answer, string words)
    {
        var code = $"etrange-{Guid.NewGuid():N}"[..18];
        await OpenAsync(code);
        await AddAsync(code, Client(new() { ["IsActif"] = "false" }));
        _tokens.Instead = answer;
        try
        {
            Assert.That(await TryAsync(code), Does.Contain(words));
        }
        finally
        {
            _tokens.Instead = null;
        }
    }

    [Test, Order(4)]
    public async Task Command_OfTheMachine_GivesTheToken_AndItsSecretsStayHere()
    {
        var boite = await OpenAsync("commande");
        var token = _tokens.GiveDirectly("commande");
        Write("commande", $"""
            env > {_folder}/vu
            echo "$1 $2" >> {_folder}/vu
            echo {token}
            """);
        Environment.SetEnvironmentVariable("COURRIER_BOITE_ESSAI_MOTDEPASSE", "ne le dites pas");
        try
        {
            await AddAsync("commande", new() { ["Authentification"] = "JetonCommande", ["MotDePasse"] = "" });
            await boite.DeliverAsync(Courriels.Make(text: Guid.NewGuid().ToString()));
            await boite.MovedAsync(traites: 1);
        }
        finally
        {
            Environment.SetEnvironmentVariable("COURRIER_BOITE_ESSAI_MOTDEPASSE", null);
        }

        Assert.That(await File.ReadAllTextAsync(Path.Combine(_folder, "vu")), Does.Contain("commande commande").And.Not.Contain("ne le dites pas"));
    }

    [Test, Order(5)]
    public async Task Command_ThatFails_IsNotNamedOrIsAbsent_SaysSo()
    {
        await OpenAsync("muette");
        await AddAsync("muette", new() { ["Authentification"] = "JetonCommande", ["MotDePasse"] = "", ["IsActif"] = "false" });
        Assert.That(await TryAsync("muette"), Does.Contain("ne peut pas être lancée"));
        Write("muette", "exit 3");
        Assert.That(await TryAsync("muette"), Does.Contain("a échoué (code 3)"));
        Write("muette", "true");
        Assert.That(await TryAsync("muette"), Does.Contain("n’en est pas un"));

        await OpenAsync("sans-commande");
        await AddAsync("sans-commande", new() { ["Authentification"] = "JetonCommande", ["MotDePasse"] = "", ["IsActif"] = "false" });
        Assert.That(await TryAsync("sans-commande"), Does.Contain("la nomme par le réglage Releve:CommandesJeton:sans-commande"));
    }

    [TestCase("JetonUrl", "http://jetons.exemple.example/token", "https", TestName = "A secret sent in clear")]
    [TestCase("JetonUrl", "", "Indiquez l’adresse", TestName = "No address of the authorization server")]
    [TestCase("JetonIdentifiant", "", "Indiquez l’identifiant", TestName = "No client")]
    public async Task ClientCredentials_WronglyTyped_AreSaidBesideTheirField(string field, string value, string words)
    {
        using var answer = await FormulaireDeBoite.PostAsync(
            _administrateur, "/boites/nouvelle", FormulaireDeBoite.FieldsOf(_server, "mal-tapee", Client(new() { [field] = value })));
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());

        Assert.That(Regex.Match(page, $"id=\"{field}-erreurs\"[^>]*>(.*?)</div>", RegexOptions.Singleline).Groups[1].Value, Does.Contain(words));
    }

    private Dictionary<string, string?> Client(Dictionary<string, string?> changes)
    {
        var all = new Dictionary<string, string?>
        {
            ["Authentification"] = "JetonClient",
            ["JetonUrl"] = _tokens.TokenUrl,
            ["JetonIdentifiant"] = TokenServer.ClientId,
            ["JetonPortee"] = TokenServer.Scope,
            ["MotDePasse"] = TokenServer.ClientSecret,
        };
        foreach (var (name, value) in changes)
        {
            all[name] = value;
        }

        return all;
    }

    private void Write(string name, string lines)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, $"#!/bin/sh\n{lines}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private async Task<BoiteImap> OpenAsync(string code)
    {
        await BoiteImap.OpenAsync(_server, code);
        return new BoiteImap(_server, _courrier.Database, code);
    }

    private Task AddAsync(string code, Dictionary<string, string?> changes) => FormulaireDeBoite.AddAsync(_administrateur, _server, code, changes);

    private Task ChangeAsync(string code, Dictionary<string, string?> changes) => FormulaireDeBoite.ChangeAsync(_administrateur, code, changes);

    private async Task<string> TryAsync(string code)
    {
        using var answer = await _administrateur.PostAsync($"/boites/{code}", [], "?handler=Essayer");
        return Regex.Match(WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), "<section id=\"essai\".*?</section>", RegexOptions.Singleline).Value;
    }
}
