using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Portail.Comptes.ClesApi;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Portail.Tests.Comptes;

/// <summary>Keys of programs: made by an administrator, shown once, refused as soon as they are revoked; and nothing else opens the API.</summary>
public sealed class ClesApiTests
{
    private const string Nowhere = "/api/v1/nulle-part";
    private RunningCourrier _courrier = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _courrier = await RunningCourrier.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [Test]
    public async Task Page_CreatesAKeyShownOnce_AndRevokesIt()
    {
        var nom = $"site {Guid.NewGuid():N}";
        using var admin = await SignedInClient.CreateAsync(_courrier, RoleAgent.Administrateur, "SGCD");
        using var created = await admin.PostAsync("/cles-api", new() { ["Nom"] = nom, ["Operations"] = "lire_courrier", ["Limites"] = "DCL" });
        var secret = Regex.Match(await created.Content.ReadAsStringAsync(), "id=\"secret\"[^>]*value=\"([^\"]+)\"").Groups[1].Value;

        using var program = new ApiKey(Guid.Empty, secret).Client(_courrier.BaseAddress);
        Assert.That(await StatusAndCodeAsync(program, Nowhere), Is.EqualTo((404, "adresse-inconnue")));
        Assert.That(await admin.ReadAsync("/cles-api"), Does.Contain(nom).And.Not.Contain(secret));
        var cle = await CleAsync(nom);
        Assert.That(cle.Empreinte, Is.EqualTo(SecretCle.EmpreinteOf(secret)), "the key itself is kept nowhere");
        Assert.That(cle.LastUsedAt, Is.Not.Null);

        using var revoked = await admin.PostAsync("/cles-api", new() { ["id"] = cle.Id.ToString() }, "?handler=Revoquer");

        Assert.That(revoked.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
        Assert.That(await StatusAndCodeAsync(program, Nowhere), Is.EqualTo((401, "cle-refusee")));
        Assert.That(
            await _courrier.Database.ScalarAsync<long>($"SELECT count(*) FROM portail.journal WHERE objet = 'cle:{cle.Id}' AND acteur = '{admin.CompteId}'"),
            Is.EqualTo(2), "made and revoked, by whom");
    }

    [Test]
    public async Task Page_WithoutOperationOrWithANameTaken_SaysSoBesideTheField()
    {
        var key = await ApiKey.CreateAsync(_courrier);
        await using var scope = _courrier.Scope();
        var taken = await scope.ServiceProvider.GetRequiredService<PortailDbContext>().ClesApi.Where(c => c.Id == key.Id).Select(c => c.Nom).SingleAsync();
        using var admin = await SignedInClient.CreateAsync(_courrier, RoleAgent.Administrateur, "SGCD");

        using var empty = await admin.PostAsync("/cles-api", new() { ["Nom"] = "" });
        using var twice = await admin.PostAsync("/cles-api", new() { ["Nom"] = taken, ["Operations"] = "lire_courrier" });

        Assert.That(WebUtility.HtmlDecode(await empty.Content.ReadAsStringAsync()), Does.Contain("Choisissez au moins une opération").And.Contain("Ce champ est à remplir"));
        Assert.That(WebUtility.HtmlDecode(await twice.Content.ReadAsStringAsync()), Does.Contain("Une clé en service porte déjà ce nom"));
    }

    [Test]
    public async Task Page_ForWhoIsNoAdministrator_IsForbidden()
    {
        using var chef = await SignedInClient.CreateAsync(_courrier, RoleAgent.ChefService, "DCL");

        using var response = await chef.GetAsync("/cles-api");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [TestCase(null, "cle-absente", TestName = "Api_WithoutAKey_Is401")]
    [TestCase("Bearer courrier_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "cle-refusee", TestName = "Api_WithAWrongKey_Is401")]
    [TestCase("Bearer nimporte quoi", "cle-refusee", TestName = "Api_WithSomethingElseThanAKey_Is401")]
    [TestCase("Basic YWRtaW46YWRtaW4=", "cle-refusee", TestName = "Api_WithAPassword_Is401")]
    public async Task Api_WithoutAGoodKey_Is401(string? authorization, string code)
    {
        using var http = new HttpClient { BaseAddress = _courrier.BaseAddress };
        if (authorization is not null)
        {
            http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        }

        using var response = await http.GetAsync(Nowhere);

        Assert.That((int)response.StatusCode, Is.EqualTo(401));
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
        Assert.That(response.Headers.WwwAuthenticate.Single().Scheme, Is.EqualTo("Bearer"));
        Assert.That(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString(), Is.EqualTo(code));
    }

    /// <summary>Otherwise a page of another site could act through the browser of whoever is signed in.</summary>
    [Test]
    public async Task Api_WithTheCookieOfSomebodySignedIn_Is401()
    {
        using var admin = await SignedInClient.CreateAsync(_courrier, RoleAgent.Administrateur, "SGCD");

        using var response = await admin.GetAsync(Nowhere);

        Assert.That((int)response.StatusCode, Is.EqualTo(401));
    }

    [Test]
    public async Task Pages_WithAKey_StayClosed()
    {
        using var program = (await ApiKey.CreateAsync(_courrier)).Client(_courrier.BaseAddress);

        foreach (var page in (string[])["/", "/corbeille", "/cles-api", "/hangfire"])
        {
            using var response = await program.GetAsync(page);
            Assert.That((int)response.StatusCode, Is.EqualTo(302).Or.EqualTo(401), page);
        }
    }

    private static async Task<(int Status, string? Code)> StatusAndCodeAsync(HttpClient http, string url)
    {
        using var response = await http.GetAsync(url);
        Assert.That(response.Content.Headers.ContentType, Is.EqualTo(new MediaTypeHeaderValue("application/problem+json", "utf-8")).Or.EqualTo(new MediaTypeHeaderValue("application/problem+json")));
        return ((int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString());
    }

    private async Task<CleApi> CleAsync(string nom)
    {
        await using var scope = _courrier.Scope();
        return await scope.ServiceProvider.GetRequiredService<PortailDbContext>().ClesApi.AsNoTracking().SingleAsync(c => c.Nom == nom);
    }
}
