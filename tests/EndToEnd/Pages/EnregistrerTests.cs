using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>The mail room registers a letter with the keyboard alone, on an office screen and on a telephone.</summary>
public sealed class EnregistrerTests
{
    [Test]
    public async Task Letter_WithTheKeyboardAlone_ShowsItsNumberAtOnce()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        using var account = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");
        await using var browser = await Browser.LaunchAsync();
        var page = await browser.OpenAsync(courrier.BaseAddress, width: 1280, height: 720);
        await SignInAsync(page, account);
        await page.GotoAsync("/enregistrer");
        await LookAtAsync(page, "enregistrer-1280");
        Assert.That(
            await page.EvaluateAsync<int>("document.querySelector('form.c-saisie').getBoundingClientRect().bottom + window.scrollY"),
            Is.LessThanOrEqualTo(720),
            "the form does not fit the office screen");

        await page.Locator("#Objet").FocusAsync();
        await page.Keyboard.TypeAsync("Demande de titre de séjour");
        await page.Locator("#Nom").FocusAsync();
        await page.Keyboard.TypeAsync("محمد D’Alembert 🕊️");
        await page.Keyboard.PressAsync("Control+Enter");
        await page.WaitForURLAsync(new Regex("/enregistrer/[0-9a-f-]{36}$"));

        Assert.That(await page.Locator("h1").InnerTextAsync(), Does.Match("^ARR-[0-9]{4}-00001 enregistré$"));
        await page.Locator("#echeance strong").WaitForAsync();
        await LookAtAsync(page, "enregistre-1280");
    }

    [Test]
    public async Task Form_RefusedOnATelephone_SaysWhatToDoAndStaysReadable()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        using var account = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");
        await using var browser = await Browser.LaunchAsync();
        var page = await browser.OpenAsync(courrier.BaseAddress, width: 375);
        await SignInAsync(page, account);
        await page.GotoAsync("/enregistrer");

        await page.Locator("form.c-saisie button:not([aria-hidden])", new() { HasTextString = "Enregistrer" }).ClickAsync();
        await page.Locator("#erreurs").WaitForAsync();

        Assert.That(await page.EvaluateAsync<string>("document.activeElement.id"), Is.EqualTo("erreurs"), "the summary of errors takes the focus");
        Assert.That(await page.Locator("#Objet").GetAttributeAsync("aria-invalid"), Is.EqualTo("true"));
        await LookAtAsync(page, "enregistrer-refus-375");
    }

    private static async Task SignInAsync(IPage page, SignedInClient account)
    {
        await page.GotoAsync("/connexion");
        await page.Locator("#Courriel").FillAsync(account.Courriel);
        await page.Locator("#MotDePasse").FillAsync(SignedInClient.MotDePasse);
        await page.Locator("main button[type=submit]").First.ClickAsync();
        await page.WaitForURLAsync(new Regex("/(?!connexion)[^/]*$"));
    }

    private static async Task LookAtAsync(IPage page, string name)
    {
        await page.ScreenshotAsync(new() { Path = Path.Combine(TestContext.CurrentContext.WorkDirectory, "captures", $"{name}.png"), FullPage = true });
        await Accessibility.AssertNoViolationAsync(page);
        await Accessibility.AssertNoSidewaysScrollAsync(page);
    }
}
