using System.Net;
using System.Text.RegularExpressions;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles.Releve;

/// <summary>Every mailbox says whether it is read, and what became of everything that arrived.</summary>
public sealed class BoitesPageTests
{
    private const string MotDePasse = "m0t-de-passe-très-secret";

    private RunningCourrier _courrier = null!;
    private SignedInClient _agent = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        // Nothing listens on port 1: a server that cannot be reached.
        _courrier = await RunningCourrier.StartAsync(new Dictionary<string, string?>(BoiteDepot.Settings)
        {
            ["Boites:0:Code"] = "etrangers",
            ["Boites:0:Adresse"] = "etrangers@indre-et-loire.invalid",
            ["Boites:0:Imap:Hote"] = "127.0.0.1",
            ["Boites:0:Imap:Port"] = "1",
            ["Boites:0:Imap:Utilisateur"] = "un-identifiant",
            ["COURRIER_BOITE_ETRANGERS_MOTDEPASSE"] = MotDePasse,
        });
        _agent = await SignedInClient.CreateAsync(_courrier, RoleAgent.BureauOrdre, "SGCD");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _agent.Dispose();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task Mailbox_WhoseServerCannotBeReached_SaysSoAndWhatToDoAndNeverItsPassword()
    {
        await EventuallyAsync("The mailbox never showed its failure", async () => (await SectionAsync("etrangers")).Contains("en panne", StringComparison.Ordinal));

        var section = await SectionAsync("etrangers");
        Assert.That(section, Does.Contain("injoignable").And.Contain("Rien n’est perdu").And.Contain("prévenez l’administrateur").And.Contain("Serveur IMAP").And.Contain("127.0.0.1:1"));
        Assert.That(await PageAsync(), Does.Not.Contain(MotDePasse).And.Not.Contain("un-identifiant"));
        Assert.That(WebUtility.HtmlDecode(await _agent.ReadAsync("/")), Does.Match("<span class=\"c-compteur__nombre\">1</span> <span class=\"c-compteur__texte\">Boîte en panne"));
    }

    [Test]
    public async Task Mailbox_WithItsDropFolder_CountsEverythingThatArrivedToday()
    {
        var boite = new BoiteDepot(_courrier);
        var id = Guid.NewGuid().ToString("N");
        var message = Courriels.Make(id: id);
        await boite.DroppedAndDoneAsync(message);
        await boite.DroppedAndDoneAsync(Courriels.Make($"In-Reply-To: <{id}@exemple.example>"));
        await boite.DroppedAndDoneAsync(message);
        await boite.DroppedAndDoneAsync(Courriels.Make("Auto-Submitted: auto-generated"));

        var section = await SectionAsync("contact");
        Assert.That(section, Does.Contain("4 arrivés = 1 enregistré + 2 rattachés + 1 mis de côté").And.Contain("1 message attend votre décision")
            .And.Contain("Dossier de dépôt").And.Contain("relevée").And.Contain("il y a moins d’une minute"));
        Assert.That(WebUtility.HtmlDecode(await _agent.ReadAsync("/")), Does.Match("<span class=\"c-compteur__nombre\">1</span> <span class=\"c-compteur__texte\">Message mis de côté"));
    }

    [Test]
    public async Task Mailbox_OfYesterday_CountsNothingToday_AndSilenceIsSeen()
    {
        await using var courrier = await RunningCourrier.StartAsync(roles: ServiceDefaults.ServiceRoles.Portail);
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.Superviseur, "SGCD");
        await courrier.Database.ScalarAsync<string>("UPDATE ingestion.boites SET relevee_le = now() - interval '3 hours' RETURNING code");

        var page = WebUtility.HtmlDecode(await agent.ReadAsync("/boites"));

        Assert.That(page, Does.Contain("plus relevée").And.Contain("il y a 3 heures").And.Contain("Rien n’est arrivé"));
        Assert.That(WebUtility.HtmlDecode(await agent.ReadAsync("/")), Does.Contain("Boîte en panne"));
    }

    [Test]
    public async Task Page_ForAnAgentOfAService_IsForbidden()
    {
        using var stranger = await SignedInClient.CreateAsync(_courrier, RoleAgent.Agent);

        using var response = await stranger.GetAsync("/boites");

        Assert.That(response.StatusCode, Is.Not.EqualTo(HttpStatusCode.OK));
    }

    private async Task<string> PageAsync() => WebUtility.HtmlDecode(await _agent.ReadAsync("/boites"));

    private async Task<string> SectionAsync(string code) =>
        Regex.Match(await PageAsync(), $"<section[^>]*aria-labelledby=\"boite-{code}\">.*?</section>", RegexOptions.Singleline).Value;
}
