using Microsoft.Playwright;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>Every page that needs no courrier, as each role sees it: accessible, readable on a telephone and at 200 %.</summary>
public sealed class PagesTests
{
    private RunningCourrier _courrier = null!;
    private Browser _browser = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync();
        _browser = await Browser.LaunchAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _browser.DisposeAsync();
        await _courrier.DisposeAsync();
    }

    [TestCase(RoleAgent.BureauOrdre, "/", "/corbeille", "/registre", "/mis-de-cote", "/mis-de-cote?Voir=ecartes", "/boites", "/accuses", "/accuses?Voir=refuses", "/accuses?Voir=sans", "/accuses?Voir=retenus", "/courriels-sortants", "/courriels-sortants?Voir=refuses", "/courriels-sortants?Voir=incertains", "/aide", "/accessibilite")]
    [TestCase(RoleAgent.Agent, "/", "/corbeille", "/modeles")]
    [TestCase(RoleAgent.ChefService, "/", "/corbeille", "/en-retard")]
    [TestCase(RoleAgent.Superviseur, "/", "/corbeille", "/en-retard")]
    [TestCase(RoleAgent.Administrateur, "/", "/reglages", "/comptes", "/cles-api", "/api", "/echecs")]
    public async Task Pages_OfARole_AreAccessibleAtEveryWidth(RoleAgent role, params string[] urls)
    {
        using var account = await SignedInClient.CreateAsync(_courrier, role);
        foreach (var (width, zoom) in ((int, int)[])[(1280, 1), (375, 1), (1280, 2)])
        {
            var page = await _browser.OpenAsync(_courrier.BaseAddress, width, zoom: zoom);
            await SignInAsync(page, account.Courriel);
            foreach (var url in urls)
            {
                var response = await page.GotoAsync(url);

                Assert.That(response!.Status, Is.EqualTo(200), url);
                await Accessibility.AssertNoSidewaysScrollAsync(page);
                if (zoom == 1)
                {
                    await Accessibility.AssertNoViolationAsync(page);
                }
            }

            await page.Context.CloseAsync();
        }
    }

    [Test]
    public async Task SignIn_IsAccessible_AndWorksWithTheKeyboardOnly()
    {
        using var account = await SignedInClient.CreateAsync(_courrier, RoleAgent.Agent);
        var page = await _browser.OpenAsync(_courrier.BaseAddress, width: 375);
        await page.GotoAsync("/connexion");
        await Accessibility.AssertNoViolationAsync(page);

        await page.Keyboard.TypeAsync(account.Courriel);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(SignedInClient.MotDePasse);
        await page.Keyboard.PressAsync("Enter");

        await page.WaitForURLAsync("**/");
        Assert.That(await page.TitleAsync(), Does.StartWith("Accueil"));
    }

    internal static async Task SignInAsync(IPage page, string courriel)
    {
        await page.GotoAsync("/connexion");
        await page.GetByLabel("Adresse électronique").FillAsync(courriel);
        await page.GetByLabel("Mot de passe", new() { Exact = true }).FillAsync(SignedInClient.MotDePasse);
        await page.GetByRole(AriaRole.Button, new() { Name = "Se connecter" }).ClickAsync();
        await page.WaitForURLAsync("**/");
    }
}
