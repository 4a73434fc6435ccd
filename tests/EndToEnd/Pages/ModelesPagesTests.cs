using Microsoft.Playwright;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>The editor of letter texts: the preview follows what is typed, on a real courrier; without scripts a button shows it.</summary>
public sealed class ModelesPagesTests
{
    private const string Url = "/modeles/accuse-enregistrement-courrier";

    private RunningCourrier _courrier = null!;
    private Browser _browser = null!;
    private SignedInClient _bureau = null!;
    private SignedInClient _superviseur = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync();
        _browser = await Browser.LaunchAsync();
        _bureau = await SignedInClient.CreateAsync(_courrier, RoleAgent.BureauOrdre, "SGCD", "Dominique Bureau");
        _superviseur = await SignedInClient.CreateAsync(_courrier, RoleAgent.Superviseur, "SG", "Marie Essai");
        using var registered = await _bureau.PostAsync("/enregistrer", new() { ["Objet"] = "Demande de rendez-vous", ["Nom"] = "Mme Ségolène d’Arçay", ["Categorie"] = "Particulier", ["Adresse"] = "3 rue des Lilas\n37000 TOURS" });
        Assert.That((int)registered.StatusCode, Is.EqualTo(302));
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _bureau.Dispose();
        _superviseur.Dispose();
        await _browser.DisposeAsync();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task Editor_Typing_ShowsTheLetterAndWhatStopsIt_ThenAnotherPersonApproves()
    {
        var page = await OpenAsync(_bureau, 1280);
        await Accessibility.LookAtAsync(page, "/modeles", "modeles");
        await Accessibility.LookAtAsync(page, $"{Url}/modifier", "modele-editeur");
        var apercu = page.Locator("#apercu");
        await Assertions.Expect(apercu).ToContainTextAsync("Mme Ségolène d’Arçay");
        var texte = await page.Locator("#Texte").InputValueAsync();
        await page.Locator("#Texte").FillAsync(texte + "\n\nAppelez le 02 47 00 00 00.");
        await Assertions.Expect(apercu).ToContainTextAsync("numéro de téléphone");
        await page.Locator("#Texte").FillAsync(texte + "\n\nÀ bientôt dans nos locaux.");
        await Assertions.Expect(apercu).ToContainTextAsync("À bientôt dans nos locaux");
        await Assertions.Expect(apercu).ToContainTextAsync("Rien n’empêche l’approbation");
        await Accessibility.AssertNoViolationAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Enregistrer le brouillon" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("attend l’approbation");
        await page.Context.CloseAsync();

        page = await OpenAsync(_superviseur, 375);
        await Accessibility.LookAtAsync(page, Url, "modele-a-approuver");
        await page.GetByRole(AriaRole.Button, new() { Name = "Approuver" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("est approuvée");
        await Accessibility.LookAtAsync(page, "/modeles", "modeles");
        await page.Context.CloseAsync();
    }

    [Test]
    public async Task Editor_WithoutScripts_ShowsTheLetterByItsButton()
    {
        var page = await OpenAsync(_bureau, 375, withScripts: false);
        await page.GotoAsync("/modeles/recepisse-depot/modifier");
        await page.Locator("#Texte").FillAsync("Bonjour {{ inconnu }}");
        await page.Locator("#modele").GetByRole(AriaRole.Button, new() { Name = "Voir l’aperçu" }).Last.ClickAsync();

        await Assertions.Expect(page.Locator("#apercu")).ToContainTextAsync("« inconnu », qui n’existe pas");
        Assert.That(await page.Locator("#Texte").InputValueAsync(), Is.EqualTo("Bonjour {{ inconnu }}"));
        await page.Context.CloseAsync();
    }

    private async Task<IPage> OpenAsync(SignedInClient account, int width, bool withScripts = true)
    {
        var page = await _browser.OpenAsync(_courrier.BaseAddress, width, height: 720, withScripts: withScripts);
        await PagesTests.SignInAsync(page, account.Courriel);
        return page;
    }
}
