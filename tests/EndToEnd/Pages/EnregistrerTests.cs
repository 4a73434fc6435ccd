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
        await Accessibility.LookAtAsync(page, "enregistrer");
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
        await Accessibility.LookAtAsync(page, "enregistre");
    }

    [TestCase(1280)]
    [TestCase(375)]
    public async Task Form_WithAScanChosen_ShowsItBesideWithoutBreakingThePolicy(int width)
    {
        await using var courrier = await RunningCourrier.StartAsync();
        using var account = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");
        await using var browser = await Browser.LaunchAsync();
        var page = await browser.OpenAsync(courrier.BaseAddress, width, height: 720);
        var refused = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
            {
                refused.Add(message.Text);
            }
        };
        await SignInAsync(page, account);
        await page.GotoAsync("/enregistrer");
        var scan = await page.ScreenshotAsync();

        await page.Locator("#Scans").SetInputFilesAsync(new FilePayload { Name = "lettre.png", MimeType = "image/png", Buffer = scan });
        await page.WaitForFunctionAsync("document.querySelector('[data-apercu-vue] img')?.naturalWidth > 0");
        await Accessibility.LookAtAsync(page, "enregistrer-image");

        var pdf = await page.PdfAsync(new() { Format = "A4" });
        await page.Locator("#Scans").SetInputFilesAsync(
        [
            new FilePayload { Name = "lettre.pdf", MimeType = "application/pdf", Buffer = pdf },
            new FilePayload { Name = "annexe.tiff", MimeType = "image/tiff", Buffer = "II*\0"u8.ToArray() },
        ]);
        await page.Locator("[data-apercu-vue] iframe").WaitForAsync();
        foreach (var field in new[] { "RecuLe", "DateCourrier", "CachetLe" })
        {
            Assert.That(await page.EvaluateAsync<double>($"document.getElementById('{field}').getBoundingClientRect().width"), Is.GreaterThan(145), field);
        }

        await Capture.KeepAsync(page, "enregistrer-pdf");
        await page.GetByRole(AriaRole.Button, new() { Name = "Document 2" }).ClickAsync();
        Assert.That(await page.Locator("[data-apercu-vue]").InnerTextAsync(), Does.Contain("TIFF sera tout de même enregistré"));
        await page.Locator("#Scans").SetInputFilesAsync(Array.Empty<FilePayload>());
        Assert.That(await page.Locator("[data-apercu-cadre]").IsVisibleAsync(), Is.False);
        Assert.That(refused, Is.Empty);
    }

    [Test]
    public async Task Form_WhileItIsFilled_AnnouncesTheDueDate_AndSaysNothingWithoutScripts()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        using var account = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");
        await using var browser = await Browser.LaunchAsync();
        var page = await browser.OpenAsync(courrier.BaseAddress, width: 1280, height: 720);
        var asked = new List<string>();
        page.Request += (_, request) => asked.Add(request.Url);
        await SignInAsync(page, account);
        await page.GotoAsync("/enregistrer");
        await page.Locator("#delai", new() { HasTextString = "jours ouvrés" }).WaitForAsync();

        await page.Locator("#Objet").FillAsync("Un objet que personne ne doit lire dans une adresse");
        await page.Locator("#RecuLe").FillAsync("2026-05-06");
        await page.Locator("#Nature").SelectOptionAsync("Demande");
        await page.Locator("#delai", new() { HasTextString = "À répondre avant le vendredi 22 mai 2026 (10 jours ouvrés)" }).WaitForAsync();
        await page.Locator("label[for=IsPourInformation]").ClickAsync();
        await page.Locator("#delai", new() { HasTextString = "Aucune réponse" }).WaitForAsync();
        Assert.That(asked, Has.None.Contains("personne"));
        Assert.That(
            await page.EvaluateAsync<int>("document.querySelector('form.c-saisie').getBoundingClientRect().bottom + window.scrollY"), Is.LessThanOrEqualTo(720));

        var plain = await browser.OpenAsync(courrier.BaseAddress, withScripts: false);
        await SignInAsync(plain, account);
        await plain.GotoAsync("/enregistrer");
        Assert.That(await plain.Locator("#delai").InnerTextAsync(), Is.Empty);
    }

    [Test]
    public async Task Dates_OnATelephone_AreNotCut()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        using var account = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");
        await using var browser = await Browser.LaunchAsync();
        var page = await browser.OpenAsync(courrier.BaseAddress, width: 375);
        await SignInAsync(page, account);
        await page.GotoAsync("/enregistrer");

        foreach (var field in new[] { "RecuLe", "DateCourrier", "CachetLe" })
        {
            // A date and its little calendar take nine letters and a half.
            Assert.That(await page.EvaluateAsync<double>($"document.getElementById('{field}').getBoundingClientRect().width"), Is.GreaterThan(145), field);
        }

        await Accessibility.LookAtAsync(page, "enregistrer");
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

        await page.Locator("#erreurs:focus").WaitForAsync();
        Assert.That(await page.Locator("#Objet").GetAttributeAsync("aria-invalid"), Is.EqualTo("true"));
        await Accessibility.LookAtAsync(page, "enregistrer-refus");
    }

    private static async Task SignInAsync(IPage page, SignedInClient account)
    {
        await page.GotoAsync("/connexion");
        await page.Locator("#Courriel").FillAsync(account.Courriel);
        await page.Locator("#MotDePasse").FillAsync(SignedInClient.MotDePasse);
        await page.Locator("main button[type=submit]").First.ClickAsync();
        await page.WaitForURLAsync(new Regex("/(?!connexion)[^/]*$"));
    }
}
