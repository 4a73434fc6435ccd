using System.Net;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Portail.Tests.Registre;

/// <summary>The search box of every page.</summary>
public sealed class RechercheTests
{
    private RunningCourrier _courrier = null!;
    private SignedInClient _superviseur = null!;
    private SignedInClient _agent = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync();
        _superviseur = await SignedInClient.CreateAsync(_courrier, RoleAgent.Superviseur, "SG");
        _agent = await SignedInClient.CreateAsync(_courrier, RoleAgent.Agent, "DCL-ETR");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _superviseur.Dispose();
        _agent.Dispose();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task Search_AnExactNumber_OpensTheCourrier([Values] bool isLowercase)
    {
        var courrier = await ArrivedAsync(new Arrivee());

        using var response = await SearchAsync(_superviseur, isLowercase ? courrier.NumeroChrono.ToLowerInvariant() : courrier.NumeroChrono);

        Assert.That(response.Headers.Location?.OriginalString, Is.EqualTo($"/courriers/{courrier.Id}"));
    }

    [TestCase("carrefour", "Sécurité du CARREFOUR des Tilleuls", "Une mairie")]
    [TestCase("Dubreuil", "Une question", "Mme Dubreuil-Essai")]
    public async Task Search_AWordOfTheSubjectOrOfTheSender_FindsIt(string words, string objet, string expediteur)
    {
        var courrier = await ArrivedAsync(new Arrivee { Objet = objet, ExpediteurNom = expediteur });

        using var response = await SearchAsync(_superviseur, words);

        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain(courrier.NumeroChrono));
    }

    [TestCase("0 %")]
    [TestCase("a_b")]
    [TestCase(@"c\d")]
    public async Task Search_ForAPatternCharacter_FindsOnlyWhatHoldsIt(string words)
    {
        var held = await ArrivedAsync(new Arrivee { Objet = $"Taux de {words} exactement" });
        var other = await ArrivedAsync(new Arrivee { Objet = "Taux de 100 pour aXb ou cd" });

        using var response = await SearchAsync(_superviseur, words);

        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain(held.NumeroChrono).And.Not.Contain(other.NumeroChrono));
    }

    [Test]
    public async Task Search_ByAnAgent_NeverFindsAnotherServicesCourrier([Values] bool isByNumber)
    {
        var foreign = await ArrivedAsync(new Arrivee { Objet = "Pylône de la colline", ServiceCode = "DDT" });

        using var response = await SearchAsync(_agent, isByNumber ? foreign.NumeroChrono : "Pylône");
        var html = await response.Content.ReadAsStringAsync();

        Assert.Multiple(() =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), "no redirection tells that it exists");
            Assert.That(html, Does.Not.Contain($"/courriers/{foreign.Id}"));
        });
    }

    private static async Task<HttpResponseMessage> SearchAsync(SignedInClient client, string words)
    {
        var token = SignedInClient.FieldsOf(await client.ReadAsync("/deconnexion"))["__RequestVerificationToken"];
        return await client.SendAsync("/registre", new() { ["Q"] = words, ["__RequestVerificationToken"] = token });
    }

    /// <summary>Registered, and shown by a page once: the register of the day opens what has no dossier yet.</summary>
    private async Task<Ingestion.Courriers.Courrier> ArrivedAsync(Arrivee arrivee)
    {
        var courrier = await arrivee.RegisterAsync(_courrier);
        await _superviseur.ReadAsync($"/courriers/{courrier.Id}");
        return courrier;
    }
}
