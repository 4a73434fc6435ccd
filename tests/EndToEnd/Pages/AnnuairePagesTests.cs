using Microsoft.Playwright;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>The directory with something in it, on an office screen and on a telephone, with and without scripts.</summary>
public sealed class AnnuairePagesTests
{
    private RunningCourrier _courrier = null!;
    private Browser _browser = null!;
    private SignedInClient _account = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync();
        _browser = await Browser.LaunchAsync();
        _account = await SignedInClient.CreateAsync(_courrier, RoleAgent.Superviseur, "SG");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _account.Dispose();
        await _browser.DisposeAsync();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task Annuaire_AMayorWrittenDown_IsGreetedAndReadableAtEveryWidth()
    {
        using var commune = await _account.PostAsync("/annuaire/fiche", new() { ["Nom"] = "Commune de Saint-Aubrin-sur-Indre", ["Categorie"] = "Commune", ["IsOrganisme"] = "true", ["Adresse"] = "1 place de la Mairie\n37999 SAINT-AUBRIN-SUR-INDRE" });
        var page = await OpenAsync(1280, withScripts: false);
        await page.GotoAsync("/annuaire");
        await page.GetByRole(AriaRole.Link, new() { Name = "Ajouter quelqu’un" }).ClickAsync();
        await page.GetByLabel("Nom", new() { Exact = false }).First.FillAsync("Hélène Marchandeau");
        await page.GetByLabel("Catégorie").SelectOptionAsync("Elu");
        await page.GetByLabel("Civilité").SelectOptionAsync("Madame");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enregistrer" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Ajouter une fonction" }).ClickAsync();
        await page.Locator("#Nature").WaitForAsync();
        var fonctions = page.Url;
        await page.Locator("#Nature").SelectOptionAsync("Maire");
        await page.GetByLabel("Territoire").FillAsync("Saint-Aubrin-sur-Indre");
        await page.GetByLabel("Dans l’organisme").FillAsync("commune de saint-aubrin-sur-indre");
        await page.GetByLabel("Premier jour").FillAsync("2020-07-04");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enregistrer" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Maire de Saint-Aubrin-sur-Indre");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("« Madame la Maire, »");
        var fiche = new Uri(page.Url).AbsolutePath;
        await page.Context.CloseAsync();

        foreach (var width in new[] { 1280, 375 })
        {
            page = await OpenAsync(width);
            await Accessibility.LookAtAsync(page, "/annuaire", "annuaire");
            await Accessibility.LookAtAsync(page, fiche, "annuaire-fiche");
            await Accessibility.LookAtAsync(page, commune.Headers.Location!.OriginalString, "annuaire-organisme");
            await Accessibility.LookAtAsync(page, new Uri(fonctions).AbsolutePath, "annuaire-fonction");
            await page.GetByRole(AriaRole.Button, new() { Name = "Enregistrer" }).ClickAsync();
            await Assertions.Expect(page.Locator("#Du-erreurs")).ToContainTextAsync("premier jour");
            await Accessibility.LookAtAsync(page, "annuaire-fonction-refusee");
            await page.Context.CloseAsync();
        }
    }

    [Test]
    public async Task ServicesAndFranceServices_AreReadableAtEveryWidth()
    {
        foreach (var width in new[] { 1280, 375 })
        {
            var page = await OpenAsync(width);
            await Accessibility.LookAtAsync(page, "/services", "services");
            await Accessibility.LookAtAsync(page, "/services/fiche", "services-ouvrir");
            await Accessibility.LookAtAsync(page, "/services/fiche/DCL-ETR", "services-fiche");
            await Accessibility.LookAtAsync(page, "/france-services", "france-services");
            await Accessibility.LookAtAsync(page, "/france-services/fiche", "france-services-ajouter");
            await Accessibility.LookAtAsync(page, "/france-services/fiche/37", "france-services-fiche");
            await page.Context.CloseAsync();
        }
    }

    private async Task<IPage> OpenAsync(int width, bool withScripts = true)
    {
        var page = await _browser.OpenAsync(_courrier.BaseAddress, width, height: 720, withScripts: withScripts);
        await PagesTests.SignInAsync(page, _account.Courriel);
        return page;
    }
}
