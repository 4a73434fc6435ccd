using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>An administrator adds a mailbox, is told what is wrong, tries its connection, and reads its ledger: in a browser, against a real IMAP server.</summary>
public sealed class BoitesTests
{
    private const string MotDePasseBoite = "un mot de passe de boîte";

    private DovecotServer _server = null!;
    private RunningCourrier _courrier = null!;
    private Browser _browser = null!;
    private SignedInClient _account = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await DovecotServer.StartAsync();
        await _server.AddMailboxAsync("etrangers", MotDePasseBoite);
        _courrier = await RunningCourrier.StartAsync(new Dictionary<string, string?> { ["Releve:PollImap"] = "00:00:00.500", ["Releve:PollReglages"] = "00:00:00.100" });
        _browser = await Browser.LaunchAsync();
        _account = await SignedInClient.CreateAsync(_courrier, RoleAgent.Administrateur, "SGCD");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _account.Dispose();
        await _browser.DisposeAsync();
        await _courrier.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task Boite_AddedWithTheKeyboard_RefusedThenTriedThenRead_IsReadableAtEveryWidth()
    {
        var page = await OpenAsync(1280);
        await page.GotoAsync("/boites");
        await TabToAsync(page, "a[href='/boites/nouvelle']");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/boites/nouvelle");
        await Accessibility.LookAtAsync(page, "boite-nouvelle");

        await TypeAsync(page, "#Code", "etrangers");
        await TypeAsync(page, "#Libelle", "Étrangers");
        await TypeAsync(page, "#Adresse", "etrangers@indre-et-loire.invalid");
        await TypeAsync(page, "#Hote", _server.Host);
        await TypeAsync(page, "#Port", _server.Port.ToString());
        await TabToAsync(page, "#Securite");
        await page.Keyboard.TypeAsync("STARTTLS");
        await TypeAsync(page, "#Utilisateur", "etrangers");
        await TabToAsync(page, "main form button[type=submit]");
        await page.Keyboard.PressAsync("Enter");

        await page.Locator("#erreurs:focus").WaitForAsync(); // who cannot see is told first
        Assert.That(await page.Locator("#MotDePasse-erreurs").InnerTextAsync(), Does.StartWith("Tapez le mot de passe de la boîte"));
        Assert.That(await page.Locator("#Libelle").InputValueAsync(), Is.EqualTo("Étrangers"), "what was typed is still there");
        await Accessibility.LookAtAsync(page, "boite-refusee");
        await page.SetViewportSizeAsync(375, 720);
        await Accessibility.LookAtAsync(page, "boite-refusee");
        await page.SetViewportSizeAsync(1280, 720);

        await TabToAsync(page, "#erreurs a");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#MotDePasse:focus").WaitForAsync();
        await page.Keyboard.TypeAsync(MotDePasseBoite);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(new Regex("/boites(#.*)?$"));

        await TabToAsync(page, "a[href='/boites/etrangers']");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/boites/etrangers");
        await TabToAsync(page, "main form button[type=submit]");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#essai").WaitForAsync();
        var found = await page.Locator("#essai").InnerTextAsync();
        Assert.That(found, Does.Contain("L’essai a échoué").And.Contain("recopiez son empreinte"));
        await Accessibility.LookAtAsync(page, "boite-essai");

        // The fingerprint the trial has shown, copied into the settings.
        var empreinte = Regex.Match(found, "(?:[0-9A-F]{2}:){31}[0-9A-F]{2}").Value;
        await page.GotoAsync("/boites/etrangers/modifier");
        await TypeAsync(page, "#EmpreinteCertificat", empreinte);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/boites");
        await UntilAsync("SELECT count(*) FROM ingestion.journees_boites WHERE boite_code = 'etrangers'", 1);
        await _server.DeliverAsync("etrangers", Encoding.UTF8.GetBytes(
            $"From: Claire Martin <claire@exemple.example>\r\nTo: etrangers@indre-et-loire.invalid\r\nSubject: Titre\r\nMessage-ID: <{Guid.NewGuid():N}@exemple.example>\r\n\r\nBonjour\r\n"));
        await UntilAsync("SELECT count(*) FROM ingestion.journees_boites WHERE boite_code = 'etrangers' AND fin = debut + 1", 1);

        // One identifier more than messages: somebody took one away before we read it.
        await _courrier.Database.ScalarAsync<long>("UPDATE ingestion.journees_boites SET debut = debut, fin = fin + 1, jour = jour - 1 WHERE boite_code = 'etrangers' RETURNING fin");
        foreach (var width in new[] { 1280, 375 })
        {
            await page.SetViewportSizeAsync(width, 720);
            await page.GotoAsync("/boites/etrangers");
            var text = await page.Locator("main").InnerTextAsync();
            Assert.That(text, Does.Contain("Relevée sans interruption depuis").And.Contain("1 disparu").IgnoreCase.And.Contain("1 arrivé = 1 enregistré"));
            await Accessibility.LookAtAsync(page, "boite");
            await page.GotoAsync("/boites");
            await Accessibility.LookAtAsync(page, "boites-administrateur");
        }

        await page.Context.CloseAsync();
    }

    private Task UntilAsync(string sql, long expected) => EventuallyAsync($"Never {expected}: {sql}", async () => await _courrier.Database.ScalarAsync<long>(sql) == expected);

    private async Task<IPage> OpenAsync(int width)
    {
        var page = await _browser.OpenAsync(_courrier.BaseAddress, width, height: 720);
        await PagesTests.SignInAsync(page, _account.Courriel);
        return page;
    }

    /// <summary>Goes to a field with Tab and writes over what it holds.</summary>
    private static async Task TypeAsync(IPage page, string selector, string text)
    {
        await TabToAsync(page, selector);
        await page.Keyboard.PressAsync("Control+A");
        await page.Keyboard.TypeAsync(text);
    }

    private static async Task TabToAsync(IPage page, string selector)
    {
        for (var pressed = 0; pressed < 80; pressed++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>("s => document.activeElement.matches(s)", selector))
            {
                return;
            }
        }

        throw new AssertionException($"{selector} cannot be reached with Tab on {page.Url}");
    }
}
