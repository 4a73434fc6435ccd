using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Ingestion.Tests.Annuaire;

/// <summary>The directory by its pages: what is refused is said beside its field, what is saved is in the audit, and the next letter follows.</summary>
public sealed class AnnuairePagesTests
{
    private RunningCourrier _courrier = null!;
    private SignedInClient _bureau = null!;
    private SignedInClient _superviseur = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync(new Dictionary<string, string?> { ["Liens:ReseauInterne"] = "true", ["Liens:Delai"] = "00:00:05" });
        _bureau = await SignedInClient.CreateAsync(_courrier, RoleAgent.BureauOrdre, "SGCD");
        _superviseur = await SignedInClient.CreateAsync(_courrier, RoleAgent.Superviseur, "SG");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _bureau.Dispose();
        _superviseur.Dispose();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task Fiche_AddedWithAPosition_IsFoundGreetedAndAudited()
    {
        var nom = $"Hélène {Guid.NewGuid():N}";
        var url = await AddAsync(new() { ["Nom"] = nom, ["Categorie"] = "Elu", ["Civilite"] = "Madame", ["AutresCourriels"] = "helene@exemple.example\nHELENE@exemple.example\nmairie@exemple.example" });

        using var saved = await _bureau.PostAsync($"{url}/fonctions", new() { ["Nature"] = "Maire", ["Territoire"] = "Loches", ["Du"] = "2020-07-04" });
        var fiche = await _bureau.ReadAsync(url);
        using var search = await _bureau.PostAsync("/annuaire", new() { ["Q"] = nom[7..20], ["Elus"] = "true" });
        var found = await search.Content.ReadAsStringAsync();

        Assert.Multiple(() =>
        {
            Assert.That(saved.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
            Assert.That(WebUtility.HtmlDecode(fiche), Does.Contain("Maire de Loches, depuis le samedi 4 juillet 2020").And.Contain("« Madame la Maire, »"));
            Assert.That(WebUtility.HtmlDecode(found), Does.Contain(nom).And.Contain("Maire de Loches"));
        });
        Assert.That(
            await _courrier.Database.ScalarAsync<string>(
                "SELECT string_agg(action, ',' ORDER BY id) FROM ingestion.journal WHERE objet = $1", $"correspondant:{url[^36..]}"),
            Is.EqualTo("SaveCorrespondant,SaveFonction"));
        Assert.That(
            await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.adresses_correspondants WHERE correspondant_id = $1", Guid.Parse(url[^36..])),
            Is.EqualTo(2), "one address written twice is one address");
    }

    [Test]
    public async Task Fiche_MandateEnded_GreetsNobodyAsMayor()
    {
        var url = await AddAsync(new() { ["Nom"] = $"Paul {Guid.NewGuid():N}", ["Categorie"] = "Elu", ["Civilite"] = "Monsieur" });

        using var saved = await _bureau.PostAsync($"{url}/fonctions", new() { ["Nature"] = "Maire", ["Territoire"] = "Loches", ["Du"] = "2014-03-30", ["Au"] = "2020-07-03" });

        Assert.That(WebUtility.HtmlDecode(await _bureau.ReadAsync(url)), Does.Contain("terminée").And.Contain("« Monsieur, »"));
    }

    [TestCase("Nom", "", "Nom", TestName = "Without a name")]
    [TestCase("Courriel", "pas une adresse", "Courriel", TestName = "An address that is none")]
    [TestCase("Telephone", "appelez-moi", "Telephone", TestName = "A phone that is none")]
    [TestCase("AutresCourriels", "bon@exemple.example\nmauvais@", "AutresCourriels", TestName = "One of the other addresses is none")]
    [TestCase("Organisme", "Mairie de nulle part", "Organisme", TestName = "An organisation nobody knows")]
    [TestCase("IsElectroniqueRefusee", "true", "Adresse", TestName = "Who refuses e-mail needs a postal address")]
    public async Task Fiche_Refused_SaysItBesideTheField(string field, string value, string beside)
    {
        var fields = new Dictionary<string, string?> { ["Nom"] = "Claire Refus", ["Categorie"] = "Particulier", [field] = value };

        using var response = await _bureau.PostAsync("/annuaire/fiche", fields);
        var html = await response.Content.ReadAsStringAsync();

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(html, Does.Match($"id=\"{beside}-erreurs\"[^>]*><p class=\"fr-message fr-message--error\">"));
    }

    [Test]
    public async Task Fiche_ChangedByTwoAtOnce_KeepsTheFirst()
    {
        var url = await AddAsync(new() { ["Nom"] = $"Claire {Guid.NewGuid():N}", ["Categorie"] = "Particulier" });
        var form = SignedInClient.FieldsOf(await _bureau.ReadAsync(url));
        form["Categorie"] = "Particulier";
        using var first = await _superviseur.PostAsync(url, new() { ["Categorie"] = "Particulier", ["Telephone"] = "02 47 00 00 01" });
        form["Telephone"] = "02 47 00 00 02";

        using var second = await _bureau.SendAsync(url, form);

        Assert.That(WebUtility.HtmlDecode(await second.Content.ReadAsStringAsync()), Does.Contain("Quelqu’un vient de modifier cette fiche"));
        Assert.That(await _courrier.Database.ScalarAsync<string>("SELECT telephone FROM ingestion.correspondants WHERE id = $1", Guid.Parse(url[^36..])), Is.EqualTo("02 47 00 00 01"));
    }

    [TestCase(RoleAgent.Agent, "/annuaire", HttpStatusCode.Forbidden)]
    [TestCase(RoleAgent.ChefService, "/france-services", HttpStatusCode.Forbidden)]
    [TestCase(RoleAgent.BureauOrdre, "/services", HttpStatusCode.OK)]
    [TestCase(RoleAgent.BureauOrdre, "/services/fiche", HttpStatusCode.Forbidden)]
    [TestCase(RoleAgent.Superviseur, "/services/fiche/DCL", HttpStatusCode.OK)]
    public async Task Pages_ByRole_OpenOrNot(RoleAgent role, string url, HttpStatusCode expected)
    {
        using var client = await SignedInClient.CreateAsync(_courrier, role, "SGCD");
        using var response = await client.GetAsync(url);

        Assert.That(response.StatusCode, Is.EqualTo(expected));
    }

    [Test]
    public async Task Service_OpenedThenClosed_IsProposedOnlyInBetween()
    {
        using var opened = await _superviseur.PostAsync(
            "/services/fiche", new() { ["NouveauCode"] = "DCL-ESSAI", ["Libelle"] = "Bureau d’essai", ["ParentCode"] = "DCL", ["Responsable"] = "Mme Essai, cheffe", ["Telephone"] = "02 61 91 37 99" });
        Assert.That(opened.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await opened.Content.ReadAsStringAsync());
        Assert.That(WebUtility.HtmlDecode(await _bureau.ReadAsync("/services")), Does.Contain("Bureau d’essai").And.Contain("Mme Essai, cheffe"));
        Assert.That(await _bureau.ReadAsync("/enregistrer"), Does.Contain("value=\"DCL-ESSAI\""));

        using var closed = await _superviseur.PostAsync("/services/fiche/DCL-ESSAI", new() { ["FermeLe"] = "2026-01-31" });

        Assert.That(closed.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await closed.Content.ReadAsStringAsync());
        Assert.That(await _bureau.ReadAsync("/enregistrer"), Does.Not.Contain("value=\"DCL-ESSAI\""));
        Assert.That(WebUtility.HtmlDecode(await _bureau.ReadAsync("/services")), Does.Contain("fermé depuis le"));
        Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.journal WHERE objet = 'service:DCL-ESSAI'"), Is.EqualTo(2));
    }

    [TestCase("DCL", "FermeLe", "2026-01-31", "en dépend encore", TestName = "Not while a service depends on it")]
    [TestCase("DCL", "ParentCode", "DCL-ETR", "ne peut pas dépendre de lui-même", TestName = "Not below its own child")]
    [TestCase("CAB", "FermeLe", "2026-01-31", "lui est confié d’office", TestName = "Not while a type is given to it")]
    public async Task Service_ThatOthersLeanOn_IsNotMovedNorClosed(string code, string field, string value, string phrase)
    {
        using var response = await _superviseur.PostAsync($"/services/fiche/{code}", new() { [field] = value });

        Assert.That(WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync()), Does.Contain(phrase));
    }

    [Test]
    public async Task FranceServices_LinkChecked_KeepsDayAndResult()
    {
        await using var site = await StartSiteAsync();
        foreach (var (departement, path) in new[] { ("972", "/liste"), ("973", "/absente") })
        {
            using var added = await _bureau.PostAsync(
                "/france-services/fiche", new() { ["Departement"] = departement, ["Libelle"] = $"Liste {departement}", ["Adresse"] = site.Urls.First() + path });
            Assert.That(added.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await added.Content.ReadAsStringAsync());
            using var response = await _bureau.PostAsync("/france-services", new() { ["departement"] = departement }, "?handler=Verifier");
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
        }

        Assert.That(
            await _courrier.Database.ScalarAsync<string>("SELECT string_agg(coalesce(echec, 'ok') || (verifie_le IS NOT NULL)::text, ';' ORDER BY departement) FROM ingestion.liens_france_services WHERE departement IN ('972', '973') AND essaye_le IS NOT NULL"),
            Is.EqualTo("oktrue;Le site répond 404 : la page n’est pas làfalse"));
        Assert.That(WebUtility.HtmlDecode(await _bureau.ReadAsync("/france-services")), Does.Contain("répond").And.Contain("en échec"));
    }

    [TestCase("37", "javascript:alert(1)", "Adresse")]
    [TestCase("37000", "https://exemple.example/", "Departement")]
    public async Task FranceServices_Refused_SaysItBesideTheField(string departement, string adresse, string beside)
    {
        using var response = await _bureau.PostAsync("/france-services/fiche", new() { ["Departement"] = departement, ["Libelle"] = "Liste", ["Adresse"] = adresse });

        Assert.That(await response.Content.ReadAsStringAsync(), Does.Match($"id=\"{beside}-erreurs\"[^>]*><p class=\"fr-message fr-message--error\">"));
    }

    private async Task<string> AddAsync(Dictionary<string, string?> fields)
    {
        using var response = await _bureau.PostAsync("/annuaire/fiche", fields);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await response.Content.ReadAsStringAsync());
        return response.Headers.Location!.OriginalString;
    }

    /// <summary>A site that has one page.</summary>
    private static async Task<WebApplication> StartSiteAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var site = builder.Build();
        site.MapGet("/liste", () => Results.Text("ici"));
        await site.StartAsync();
        return site;
    }
}
