using Microsoft.Playwright;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>Somebody without an account writes, and follows what becomes of it: without scripts, on a telephone, with the keyboard alone.</summary>
public sealed class ContactTests
{
    [TestCase(1280, false)]
    [TestCase(375, false)]
    [TestCase(375, true)]
    public async Task Message_WithTheKeyboardAlone_GivesItsReferenceAndItsFollowUp(int width, bool withScripts)
    {
        await using var courrier = await RunningCourrier.StartAsync();
        await using var browser = await Browser.LaunchAsync();
        var page = await browser.OpenAsync(courrier.BaseAddress, width, withScripts: withScripts);
        await page.GotoAsync("/contact");
        await Capture.KeepAsync(page, "contact");

        await page.Locator("#Categorie").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        foreach (var typed in new[] { "محمد D’Alembert", "", "mohamed@exemple.example", "", "" })
        {
            await page.Keyboard.PressAsync("Tab");
            await page.Keyboard.TypeAsync(typed);
        }

        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("Où en est mon dossier ?");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("Bonjour, 🕊️");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        Assert.That(await page.Locator(":focus").InnerTextAsync(), Is.EqualTo("Envoyer"), "nobody meets the field that is for robots");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/suivi/*");

        Assert.That(await page.Locator("main").InnerTextAsync(), Does.Match("ARR-[0-9]{4}-00001").And.Contain("Au plus tard le"));
        await Capture.KeepAsync(page, "contact-envoye");
        await page.ReloadAsync();
        Assert.That(await page.Locator("main").InnerTextAsync(), Does.Match("ARR-[0-9]{4}-00001"));
        await page.GetByRole(AriaRole.Link, new() { Name = "Suivre ma demande" }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("Votre demande ARR-");
        await Capture.KeepAsync(page, "suivi");
    }

    [TestCase(1280)]
    [TestCase(375)]
    public async Task Pages_OpenToEveryone_HaveNoAccessibilityViolation(int width)
    {
        await using var courrier = await RunningCourrier.StartAsync();
        await using var browser = await Browser.LaunchAsync();
        var page = await browser.OpenAsync(courrier.BaseAddress, width);
        await page.GotoAsync("/contact");
        await Accessibility.LookAtAsync(page, "contact");

        await page.Locator("#Objet").FillAsync("Une question");
        await page.Locator("#Fichiers").SetInputFilesAsync(new FilePayload { Name = "titre.pdf", MimeType = "application/pdf", Buffer = "%PDF-1.7"u8.ToArray() });
        await page.GetByRole(AriaRole.Button, new() { Name = "Envoyer" }).ClickAsync();
        await page.Locator("#erreurs:focus").WaitForAsync();
        Assert.That(await page.Locator("#Objet").InputValueAsync(), Is.EqualTo("Une question"));
        await Accessibility.LookAtAsync(page, "contact-erreurs");

        await page.Locator("#Categorie").CheckAsync(new() { Force = true });
        await page.Locator("#Nom").FillAsync("Claire Petit");
        await page.Locator("#Courriel").FillAsync("claire@exemple.example");
        await page.Locator("#Message").FillAsync("Bonjour");
        await page.GetByRole(AriaRole.Button, new() { Name = "Envoyer" }).ClickAsync();
        await page.WaitForURLAsync("**/suivi/*");
        await Accessibility.LookAtAsync(page, "suivi");
        await page.GotoAsync("/suivi/inconnu");
        await Accessibility.LookAtAsync(page, "suivi-inconnu");
    }
}
