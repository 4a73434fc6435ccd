using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Portail.Comptes;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Schemas;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Portail.Tests.Comptes;

public sealed class ConnexionTests
{
    private RunningCourrier _courrier = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _courrier = await RunningCourrier.StartAsync(new Dictionary<string, string?> { ["Connexion:EchecsParMinute"] = "8" });

    [OneTimeTearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [Test]
    public async Task SignIn_WithTheRightPassword_OpensTheHomeOfTheRole()
    {
        using var agent = await SignedInClient.CreateAsync(_courrier, RoleAgent.Agent, nom: "Nadia Belkacem");

        var home = await agent.ReadAsync("/");

        Assert.That(home, Does.Contain("Nadia Belkacem").And.Contain("En retard").And.Contain("Confiés à moi"));
    }

    [TestCase("/")]
    [TestCase("/corbeille")]
    [TestCase("/comptes")]
    public async Task Page_NotSignedIn_LeadsToTheSignInPage(string url)
    {
        using var nobody = SignedInClient.Anonymous(_courrier);

        using var response = await nobody.GetAsync(url);

        Assert.Multiple(() =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
            Assert.That(response.Headers.Location!.ToString(), Does.Contain("/connexion"));
        });
    }

    [Test]
    public async Task SignIn_ToAnotherSiteAfterwards_StaysHere()
    {
        using var agent = await SignedInClient.CreateAsync(_courrier, RoleAgent.Agent);
        using var again = SignedInClient.Anonymous(_courrier, agent.Courriel);

        using var response = await again.PostAsync(
            "/connexion?Retour=https%3A%2F%2Fexemple.invalid%2F", new() { ["Courriel"] = agent.Courriel, ["MotDePasse"] = SignedInClient.MotDePasse });

        Assert.That(response.Headers.Location!.ToString(), Is.EqualTo("/"));
    }

    [Test]
    public async Task SignIn_ToADemonstrationAccount_WorksOnlyWhereTheDemonstrationRuns()
    {
        static Task CreateAsync(IServiceScope scope) =>
            scope.ServiceProvider.GetRequiredService<DemoComptes>().CreateAsync(SeedRunner.DefaultFolder, SignedInClient.MotDePasse, CancellationToken.None);
        await using var scope = _courrier.Scope();
        await CreateAsync(scope);
        await using var demonstration = await RunningCourrier.StartAsync(new Dictionary<string, string?> { ["Demonstration:Active"] = "true" });
        await using var demoScope = demonstration.Scope();
        await CreateAsync(demoScope);
        await CreateAsync(demoScope);
        using var elsewhere = SignedInClient.Anonymous(_courrier, "marie.castel@indre-et-loire.invalid");
        using var there = SignedInClient.Anonymous(demonstration, "marie.castel@indre-et-loire.invalid");

        using var refused = await elsewhere.SignInAsync(SignedInClient.MotDePasse);
        using var accepted = await there.SignInAsync(SignedInClient.MotDePasse);

        Assert.Multiple(() =>
        {
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(accepted.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
        });
    }

    [Test]
    public async Task Close_OfAnAccount_EndsItsSignIn()
    {
        using var admin = await SignedInClient.CreateAsync(_courrier, RoleAgent.Administrateur, "SIDSIC");
        using var agent = await SignedInClient.CreateAsync(_courrier, RoleAgent.Agent);

        using var closed = await admin.SendAsync(
            $"/comptes/{agent.CompteId}",
            new(SignedInClient.FieldsOf(await admin.ReadAsync($"/comptes/{agent.CompteId}"))) { ["Role"] = "Agent", ["ServiceCode"] = "DCL-ETR", ["IsActif"] = "false" });
        using var again = SignedInClient.Anonymous(_courrier, agent.Courriel);
        using var refused = await again.SignInAsync(SignedInClient.MotDePasse);

        Assert.Multiple(() =>
        {
            Assert.That(closed.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        });
    }

    [Test]
    public async Task Create_WithAnAddressAlreadyTaken_IsRefusedBesideTheField()
    {
        using var admin = await SignedInClient.CreateAsync(_courrier, RoleAgent.Administrateur, "SIDSIC");

        using var response = await admin.PostAsync("/comptes", new()
        {
            ["Nom"] = "Zoé",
            ["Courriel"] = admin.Courriel,
            ["Role"] = "Agent",
            ["ServiceCode"] = "DCL",
            ["MotDePasse"] = SignedInClient.MotDePasse,
        });

        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("Un compte existe déjà avec cette adresse").And.Contain("href=\"#Courriel\""));
    }

    [Test]
    public async Task Post_WithoutItsAntiForgeryToken_ChangesNothing()
    {
        using var agent = await SignedInClient.CreateAsync(_courrier, RoleAgent.Administrateur);
        var before = await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM portail.comptes");

        using var response = await agent.SendAsync("/comptes", new()
        {
            ["Nom"] = "Intrus",
            ["Courriel"] = "intrus@essais.invalid",
            ["Role"] = "Administrateur",
            ["ServiceCode"] = "DCL",
            ["MotDePasse"] = SignedInClient.MotDePasse,
        });

        Assert.Multiple(async () =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
            Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("Formulaire périmé"));
            Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM portail.comptes"), Is.EqualTo(before));
        });
    }
}

/// <summary>Alone: failures count for the whole address.</summary>
public sealed class ConnexionFreineeTests
{
    [Test]
    public async Task SignIn_RefusedFiveTimes_LocksTheAccountEvenForTheRightPassword()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.Agent);
        using var attacker = SignedInClient.Anonymous(courrier, agent.Courriel);
        for (var attempt = 0; attempt < 5; attempt++)
        {
            using var refused = await attacker.SignInAsync("ce n’est pas lui");
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }

        using var response = await attacker.SignInAsync(SignedInClient.MotDePasse);

        Assert.Multiple(async () =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("bloqué 5 minutes"));
        });
    }

    [Test]
    public async Task SignIn_RefusedTooOftenFromOneAddress_AnswersTooManyForEveryAccount()
    {
        await using var courrier = await RunningCourrier.StartAsync(new Dictionary<string, string?> { ["Connexion:EchecsParMinute"] = "6" });
        using var attacker = SignedInClient.Anonymous(courrier);
        for (var attempt = 0; attempt < 6; attempt++)
        {
            using var refused = await attacker.SignInAsync("essai");
        }

        using var response = await attacker.SignInAsync("essai");

        Assert.Multiple(async () =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
            Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("Trop de tentatives"));
        });
    }
}
