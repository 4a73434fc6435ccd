using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Accuses.Modeles;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Ingestion.Tests.Courriers;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Ingestion.Tests.Accuses.Modeles;

/// <summary>A letter text is written by its owner, approved by somebody else, and letters follow it from its day on.</summary>
public sealed class VersionsModelesTests
{
    private const string Code = "accuse-enregistrement-courrier";
    private const string Url = $"/modeles/{Code}";

    private RunningCourrier _courrier = null!;
    private SignedInClient _bureau = null!;
    private SignedInClient _superviseur = null!;
    private SignedInClient _agent = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync(roles: ServiceDefaults.ServiceRoles.Portail);
        _bureau = await SignedInClient.CreateAsync(_courrier, RoleAgent.BureauOrdre, "SGCD", "Dominique Bureau");
        _superviseur = await SignedInClient.CreateAsync(_courrier, RoleAgent.Superviseur, "SG", "Marie Essai");
        _agent = await SignedInClient.CreateAsync(_courrier, RoleAgent.Agent, "DDT", "Karim Essai");
    }

    [TearDown]
    public async Task StopAsync()
    {
        _agent.Dispose();
        _superviseur.Dispose();
        _bureau.Dispose();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task Draft_ApprovedByASecondPerson_IsWhatLettersAreWrittenFrom()
    {
        var shipped = await VersionAsync();
        using var saved = await WriteAsync(_bureau, "Gardez cette lettre", "Conservez bien cette lettre");
        Assert.That(saved.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await saved.Content.ReadAsStringAsync());
        Assert.That((await RenderAsync()).ModeleVersion, Is.EqualTo(shipped), "a draft writes no letter");

        using var approved = await ApproveAsync(_superviseur);

        Assert.That(approved.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await approved.Content.ReadAsStringAsync());
        var letter = await RenderAsync();
        Assert.That(letter.ModeleVersion, Is.EqualTo(shipped + 1), "the version is the evidence");
        Assert.That(letter.Text, Does.Contain("Conservez bien cette lettre"));
        Assert.That(
            await _courrier.Database.ScalarAsync<string>("SELECT string_agg(action, ',' ORDER BY id) FROM ingestion.journal WHERE objet = $1", $"modele:{Code}"),
            Is.EqualTo("WriteModele,ApproveModele"));
    }

    [Test]
    public async Task Draft_WaitingForASecondPerson_IsCountedForWhoMayApproveIt()
    {
        using var chef = await SignedInClient.CreateAsync(_courrier, RoleAgent.ChefService, "SGCD", "Claude Chef");
        using var autre = await SignedInClient.CreateAsync(_courrier, RoleAgent.ChefService, "DDT", "Andrea Chef");
        Assert.That(WebUtility.HtmlDecode(await _superviseur.ReadAsync("/")), Does.Not.Contain("Modèle à approuver"));

        using var saved = await WriteAsync(chef, "Gardez cette lettre", "Conservez bien cette lettre");

        Assert.That(WebUtility.HtmlDecode(await _superviseur.ReadAsync("/")), Does.Contain("Modèle à approuver").And.Contain($"href=\"{Url}\""));
        Assert.That(WebUtility.HtmlDecode(await chef.ReadAsync("/")), Does.Not.Contain("Modèle à approuver"), "its author does not approve it");
        Assert.That(WebUtility.HtmlDecode(await autre.ReadAsync("/")), Does.Not.Contain("Modèle à approuver"), "of another service");
        Assert.That(WebUtility.HtmlDecode(await _bureau.ReadAsync("/")), Does.Not.Contain("Modèle à approuver"), "approves nothing");
        using var approved = await ApproveAsync(_superviseur);
        Assert.That(WebUtility.HtmlDecode(await _superviseur.ReadAsync("/")), Does.Not.Contain("Modèle à approuver"));
    }

    [Test]
    public async Task Draft_ApprovedForALaterDay_WritesNoLetterBefore()
    {
        var shipped = await VersionAsync();
        using var saved = await WriteAsync(_bureau, "Gardez cette lettre", "Conservez bien cette lettre");

        using var approved = await ApproveAsync(_superviseur, "2099-01-01");

        Assert.That(approved.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await approved.Content.ReadAsStringAsync());
        Assert.That((await RenderAsync()).ModeleVersion, Is.EqualTo(shipped));
    }

    [Test]
    public async Task Draft_TouchedByTheApprover_IsNotApprovedByTheApprover()
    {
        using var first = await WriteAsync(_bureau, "Gardez cette lettre", "Conservez bien cette lettre");
        using var second = await WriteAsync(_superviseur, "Conservez bien", "Conservez");
        using var forged = await _superviseur.PostAsync(Url, new() { ["Vu"] = "2", ["ValableDu"] = "2099-01-01" }, "?handler=Approuver");

        Assert.That(WebUtility.HtmlDecode(await forged.Content.ReadAsStringAsync()), Does.Contain("une autre personne doit l’approuver"));
        Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.versions_modeles WHERE etat = 'Brouillon'"), Is.EqualTo(1));
    }

    [TestCase("Gardez cette lettre", "Appelez le 02 61 91 37 00", "numéro de téléphone")]
    [TestCase("Gardez cette lettre", "Écrivez à accueil@exemple.example", "adresse électronique")]
    [TestCase("Gardez cette lettre", "Bonjour {{ prenom_du_prefet }}", "« prenom_du_prefet »")]
    [TestCase("({{ france_services_lien }})", "(https://ailleurs.example)", "lien France Services")]
    public async Task Draft_WithAMistake_IsNotApproved(string removed, string added, string phrase)
    {
        using var saved = await WriteAsync(_bureau, removed, added);
        Assert.That(saved.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), "a draft may be wrong");

        using var refused = await ApproveAsync(_superviseur);

        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync()), Does.Contain(phrase));
    }

    [TestCase("DELETE FROM ingestion.liens_france_services WHERE departement = '37'", "département 37 manque")]
    [TestCase("UPDATE ingestion.liens_france_services SET echec = 'Le site est injoignable' WHERE departement = '37'", "ne répond plus")]
    [TestCase("UPDATE ingestion.liens_france_services SET verifie_le = NULL WHERE departement = '37'", "n’a jamais été ouvert")]
    public async Task Draft_WhoseLinkTargetIsMissing_IsNotApproved(string sql, string phrase)
    {
        await _courrier.Database.ScalarAsync<int>(sql);
        using var saved = await WriteAsync(_bureau, "Gardez cette lettre", "Conservez cette lettre");

        using var refused = await ApproveAsync(_superviseur);

        Assert.That(WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync()), Does.Contain(phrase));
    }

    [Test]
    public async Task Texts_ByWhoDoesNotOwnThem_AreReadAndNotWritten()
    {
        using var edit = await _agent.GetAsync($"{Url}/modifier");
        using var approve = await _bureau.GetAsync(Url);
        using var saved = await WriteAsync(_bureau, "Gardez", "Conservez");
        using var forged = await _bureau.PostAsync(Url, new() { ["Vu"] = "1", ["ValableDu"] = "2099-01-01" }, "?handler=Approuver");

        Assert.That(await _agent.ReadAsync(Url), Does.Contain("Demander une modification").And.Not.Contain("/modifier\""));
        Assert.That(edit.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(forged.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task Request_OfAChange_ReachesTheHomePageOfTheOwnerUntilDealtWith()
    {
        using var asked = await _agent.PostAsync(Url, new() { ["Demande"] = "Ajouter les horaires d’ouverture" }, "?handler=Demander");
        Assert.That(WebUtility.HtmlDecode(await _bureau.ReadAsync("/")), Does.Contain("Modification de modèle demandée"));
        Assert.That(WebUtility.HtmlDecode(await _agent.ReadAsync("/")), Does.Not.Contain("Modification de modèle demandée"), "of another service");
        var id = await _courrier.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.demandes_modeles");
        Assert.That(WebUtility.HtmlDecode(await _bureau.ReadAsync(Url)), Does.Contain("Ajouter les horaires d’ouverture").And.Contain("Karim Essai"));

        using var settled = await _bureau.PostAsync(Url, new() { ["demande"] = id.ToString() }, "?handler=Traiter");

        Assert.That(settled.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
        Assert.That(WebUtility.HtmlDecode(await _bureau.ReadAsync("/")), Does.Not.Contain("Modification de modèle demandée"));
    }

    [Test]
    public async Task Seed_RunAgainAfterAnApproval_PutsNothingOverTheSitesText()
    {
        using var saved = await WriteAsync(_bureau, "Gardez cette lettre", "Conservez bien cette lettre");
        using var approved = await ApproveAsync(_superviseur);
        var before = await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.versions_modeles");

        await using (var scope = _courrier.Scope())
        {
            var seeder = scope.ServiceProvider.GetServices<ServiceDefaults.Schemas.ISeeder>().OfType<SeedModeles>().Single();
            await seeder.SeedAsync(Path.Combine(AppContext.BaseDirectory, "seeds"), CancellationToken.None);
        }

        Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.versions_modeles"), Is.EqualTo(before));
        Assert.That((await RenderAsync()).Text, Does.Contain("Conservez bien cette lettre"));
    }

    private static async Task<HttpResponseMessage> WriteAsync(SignedInClient client, string removed, string added)
    {
        var html = await client.ReadAsync($"{Url}/modifier");
        var texte = WebUtility.HtmlDecode(Regex.Match(html, "<textarea[^>]*id=\"Texte\"[^>]*>(.*?)</textarea>", RegexOptions.Singleline).Groups[1].Value);
        Assert.That(texte, Does.Contain(removed));
        return await client.PostAsync($"{Url}/modifier", new() { ["Texte"] = texte.Replace(removed, added, StringComparison.Ordinal) });
    }

    private static Task<HttpResponseMessage> ApproveAsync(SignedInClient client, string? du = null) =>
        client.PostAsync(Url, du is null ? [] : new() { ["ValableDu"] = du }, "?handler=Approuver");

    private Task<int> VersionAsync() =>
        _courrier.Database.ScalarAsync<int>("SELECT max(version) FROM ingestion.versions_modeles WHERE code = $1 AND etat = 'Approuve'", Code);

    private async Task<RenderedModele> RenderAsync()
    {
        var id = (await _courrier.RegisteredAsync(Demandes.Lettre() with { Courriel = null })).CourrierId;
        await using var scope = _courrier.Scope();
        var db = scope.ServiceProvider.GetRequiredService<IngestionDbContext>();
        var courrier = await db.Courriers.AsNoTracking().SingleAsync(c => c.Id == id);
        var accuse = await db.Accuses.AsNoTracking().SingleAsync(a => a.CourrierId == id && a.Kind == KindAccuse.Enregistrement);
        return await scope.ServiceProvider.GetRequiredService<TexteAccuse>().RenderAsync(courrier, accuse, ReponseAnnoncee.Inconnue, CancellationToken.None);
    }
}
