using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>A courrier from its registration to its answer, in a browser that runs no script, and by somebody who has no mouse.</summary>
public sealed partial class TravailTests
{
    private RunningCourrier _courrier = null!;
    private Browser _browser = null!;
    private SignedInClient _guichet = null!;
    private SignedInClient _agent = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync();
        _browser = await Browser.LaunchAsync();
        _guichet = await SignedInClient.CreateAsync(_courrier, RoleAgent.BureauOrdre, "SGCD", "Lucie Garnier");
        _agent = await SignedInClient.CreateAsync(_courrier, RoleAgent.Agent, "DCL-ETR", "Nadia Belkacem");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _guichet.Dispose();
        _agent.Dispose();
        await _browser.DisposeAsync();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task Courrier_WithoutJavaScript_IsRegisteredWithItsScanAssignedAndAnswered()
    {
        var page = await _browser.OpenAsync(_courrier.BaseAddress, withScripts: false);
        await SignInAsync(page, _guichet);
        await page.GotoAsync("/enregistrer");
        await page.GetByLabel("Objet", new() { Exact = true }).FillAsync("Demande sans script");
        await page.GetByLabel("Nom", new() { Exact = false }).First.FillAsync("Association des riverains");
        await page.Locator("#Adresse").FillAsync("3 rue des Halles, 37000 Tours");
        await page.Locator("#Scans").SetInputFilesAsync(Path.Combine(Repository.Root, "seeds", "demo", "scans", "demande-document.pdf"));
        await page.Locator("form.c-saisie button:not([aria-hidden])", new() { HasTextString = "Enregistrer" }).ClickAsync();
        await page.WaitForURLAsync(new Regex("/enregistrer/[0-9a-f-]{36}$"));
        var id = page.Url[^36..];

        await page.GotoAsync($"/courriers/{id}/affecter");
        await page.GetByLabel("Service instructeur").SelectOptionAsync("DCL-ETR");
        await page.GetByLabel("Agent").SelectOptionAsync(_agent.CompteId.ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Affecter", Exact = true }).ClickAsync();
        await page.WaitForURLAsync($"**/courriers/{id}");
        await page.Context.CloseAsync();

        page = await _browser.OpenAsync(_courrier.BaseAddress, withScripts: false);
        await SignInAsync(page, _agent);
        await page.GotoAsync("/corbeille?Agent=moi");
        await page.Locator("tr", new() { HasTextString = "Demande sans script" }).Locator("a.c-chrono").ClickAsync();
        await page.WaitForURLAsync($"**/courriers/{id}");
        await page.Locator($"a[href='/courriers/{id}/repondre']").ClickAsync();
        await page.Locator("label[for=Fond]").ClickAsync();
        await page.GetByLabel("Texte", new() { Exact = false }).FillAsync("Réponse partie ce jour.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enregistrer la réponse" }).ClickAsync();
        await page.WaitForURLAsync($"**/courriers/{id}");

        Assert.That(await page.Locator("main").InnerTextAsync(), Does.Contain("Réponse enregistrée : le délai est arrêté."));
        Assert.That(await _courrier.Database.ScalarAsync<string>("SELECT etat FROM portail.dossiers WHERE courrier_id = $1", Guid.Parse(id)), Is.EqualTo("Repondu"));
        Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.pieces WHERE courrier_id = $1 AND role = 'Document'", Guid.Parse(id)), Is.EqualTo(1));
        await page.Context.CloseAsync();
    }

    [Test]
    public async Task Courrier_WithTheKeyboardAlone_IsFoundInTheBasketAndAnswered()
    {
        using var registered = await _guichet.PostAsync("/enregistrer", new()
        {
            ["Objet"] = "Demande au clavier",
            ["Nom"] = "Claire Martin",
            ["Adresse"] = "3 rue des Halles, 37000 Tours",
            ["ServiceCode"] = "DCL-ETR",
        });
        var id = registered.Headers.Location!.OriginalString[^36..];
        var page = await _browser.OpenAsync(_courrier.BaseAddress);

        await page.GotoAsync("/connexion");
        await page.Keyboard.TypeAsync(_agent.Courriel);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(SignedInClient.MotDePasse);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/");

        await TabToAsync(page, "#menu a[href='/corbeille']");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/corbeille");
        await TabToAsync(page, $"a[href='/courriers/{id}']");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync($"**/courriers/{id}");
        await TabToAsync(page, $"a[href='/courriers/{id}/repondre']");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/repondre");

        await TabToAsync(page, "#Fond");
        await page.Keyboard.PressAsync("Space");
        await TabToAsync(page, "#Texte");
        await page.Keyboard.TypeAsync("Réponse donnée au clavier.");
        await TabToAsync(page, "main button[type=submit]");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync($"**/courriers/{id}");

        Assert.That(await page.Locator("main").InnerTextAsync(), Does.Contain("Réponse enregistrée : le délai est arrêté.").And.Contain("Réponse donnée au clavier."));
        await page.Context.CloseAsync();
    }

    /// <summary>Goes from field to field until this one has the focus, and shows that it has.</summary>
    private static async Task TabToAsync(IPage page, string selector)
    {
        for (var pressed = 0; pressed < 80; pressed++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>("s => document.activeElement.matches(s)", selector))
            {
                Assert.That(
                    await page.EvaluateAsync<bool>("() => { const e = document.activeElement, r = e.getBoundingClientRect(); return e.matches(':focus-visible') && r.width > 0 && r.bottom > 0 && r.top < innerHeight; }"),
                    Is.True,
                    $"{selector} has the focus and does not show it");
                return;
            }
        }

        throw new AssertionException($"{selector} cannot be reached with Tab on {page.Url}");
    }

    private static async Task SignInAsync(IPage page, SignedInClient account)
    {
        await page.GotoAsync("/connexion");
        await page.Locator("#Courriel").FillAsync(account.Courriel);
        await page.Locator("#MotDePasse").FillAsync(SignedInClient.MotDePasse);
        await page.Locator("main button[type=submit]").First.ClickAsync();
        await page.WaitForURLAsync(Home());
    }

    [GeneratedRegex("/(?!connexion)[^/]*$")]
    private static partial Regex Home();
}
