using Microsoft.Playwright;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>The print run of the mail room, from two letters received on paper to the post, and once more for one of them.</summary>
public sealed class ImpressionTests
{
    private const double Mm = 72 / 25.4;

    private RunningCourrier _courrier = null!;
    private Browser _browser = null!;
    private SignedInClient _account = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync();
        _browser = await Browser.LaunchAsync();
        _account = await SignedInClient.CreateAsync(_courrier, RoleAgent.BureauOrdre, "SGCD", "Dominique Bureau");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _account.Dispose();
        await _browser.DisposeAsync();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task PrintRun_TwoLetters_ArePrintedTickedPostedAndOneIsPrintedAgain()
    {
        var first = await RegisterAsync("Demande de subvention", "Mme Ségolène d’Arçay", "Bâtiment C – Résidence des Églantines\n3 rue des Lilas\n37000 TOURS");
        var second = await RegisterAsync("Permis de construire", "Association « Les Amis de l’Œuvre »", "12 place de la Mairie\n37600 LOCHES");
        await EventuallyAsync(
            "The due dates never came",
            async () => await _courrier.Database.ScalarAsync<long>(
                "SELECT count(*) FROM ingestion.lecture_accuses a JOIN echeances.lecture_echeances e USING (courrier_id) WHERE a.etat = 'AImprimer' AND e.kind = 'Reponse'") == 2);
        var page = await OpenAsync(1280);
        await LookAsync(page, "/accuses", "impression-a-imprimer");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Accusés : à imprimer");
        await page.GetByRole(AriaRole.Link, new() { Name = "Lire la lettre de" }).First.ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync(first.NumeroChrono);
        await Accessibility.LookAtAsync(page, "impression-lettre-seule");
        await page.GoBackAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Préparer le PDF des 2 lettres" }).ClickAsync();
        await page.WaitForURLAsync("**/accuses/lots/*");
        var lot = new Uri(page.Url).AbsolutePath;
        await LookAsync(page, lot, "impression-lot");

        using (var letters = await PdfAsync(page, "toutes les lettres à la suite"))
        {
            Assert.That(letters.NumberOfPages, Is.EqualTo(2));
            AssertInWindow(letters.GetPage(1), "Ségolène", "d’Arçay", "Églantines", "Lilas", "TOURS");
            AssertInWindow(letters.GetPage(2), "Œuvre", "Mairie", "LOCHES");
        }

        using (var list = await PdfAsync(page, "la liste à cocher"))
        {
            var text = list.GetPage(1).Text;
            Assert.That(text, Does.Contain("Imprimée").And.Contain("Postée").And.Contain(first.NumeroChrono).And.Contain(second.NumeroChrono).And.Contain("Ségolène d’Arçay"));
        }

        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Le PDF de ce lot a déjà été ouvert le");
        await page.GetByRole(AriaRole.Link, new() { Name = $"La lettre de {second.NumeroChrono}" }).ClickAsync();
        await Assertions.Expect(page.Locator("address").Nth(1)).ToContainTextAsync("Association « Les Amis de l’Œuvre »");
        await LookAsync(page, new Uri(page.Url).AbsolutePath, "impression-lettre");

        await page.GotoAsync(lot);
        await page.Locator("label", new() { HasText = first.NumeroChrono }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Marquer comme imprimées" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("1 lettre reste à imprimer");
        await page.GetByRole(AriaRole.Button, new() { Name = "Marquer comme imprimées" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Toutes les lettres de ce lot sont imprimées");
        await LookAsync(page, "/accuses?Voir=a-poster", "impression-a-poster");
        await page.GotoAsync(lot);
        await page.GetByRole(AriaRole.Button, new() { Name = "Marquer comme postées" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("2 lettres sont marquées comme postées");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("par Dominique Bureau");

        await page.Locator("label", new() { HasText = second.NumeroChrono }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Réimprimer les lettres cochées" }).ClickAsync();
        await Assertions.Expect(page.Locator("#erreurs")).ToContainTextAsync("Motif de la réimpression : dites pourquoi");
        await Accessibility.LookAtAsync(page, "impression-motif");
        await page.GetByLabel("Motif de la réimpression").FillAsync("Revenue abîmée");
        await page.GetByRole(AriaRole.Button, new() { Name = "Réimprimer les lettres cochées" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Réimpression : Revenue abîmée");
        using (var again = await PdfAsync(page, "toutes les lettres à la suite"))
        {
            AssertInWindow(again.GetPage(1), "Œuvre", "LOCHES");
        }

        await LookAsync(page, new Uri(page.Url).AbsolutePath, "impression-reimpression");
        await page.GetByRole(AriaRole.Link, new() { Name = $"Le courrier {second.NumeroChrono}" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Réimpression de l’accusé");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Revenue abîmée");
        await LookAsync(page, new Uri(page.Url).AbsolutePath, "impression-courrier");
        await page.Context.CloseAsync();
    }

    [Test]
    public async Task Deposit_AtTheCounter_HasItsReceiptPrintedOnTheSpot()
    {
        using var registered = await _account.PostAsync("/enregistrer", new()
        {
            ["Canal"] = "Depot",
            ["Objet"] = "Dossier de naturalisation",
            ["Nom"] = "M. Aurélien Hélène",
            ["Categorie"] = "Particulier",
            ["Originaux"] = "3",
        });
        var url = registered.Headers.Location!.OriginalString;
        var page = await OpenAsync(1280);
        await LookAsync(page, url, "recepisse-a-remettre");
        await page.GetByRole(AriaRole.Link, new() { Name = "Lire le récépissé" }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("Récépissé de dépôt");
        await Accessibility.LookAtAsync(page, "recepisse-lecture");
        await page.GotoAsync(url);

        await page.GetByRole(AriaRole.Button, new() { Name = "Imprimer le récépissé" }).ClickAsync();
        await EventuallyAsync(
            "The receipt was never printed",
            async () => await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.pieces WHERE nom = 'recepisse-depot.pdf'") == 1);

        await LookAsync(page, url, "recepisse-remis");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Réimprimer le récépissé" })).ToBeVisibleAsync();
        using var receipt = await PdfAsync(page, "le revoir");
        var text = string.Join(' ', receipt.GetPage(1).GetWords().Select(w => w.Text));
        Assert.That(receipt.NumberOfPages, Is.EqualTo(1));
        Assert.That(text, Does.Contain("M. Aurélien Hélène").And.Contain("3 documents originaux").And.Match(@"enregistré le .+ à \d{1,2} h \d{2} sous le numéro ARR-").And.Contain("02 61 91 37 00"));
        await page.Context.CloseAsync();
    }

    /// <summary>Where every window of a French envelope shows it: docs/decisions/034.</summary>
    private static void AssertInWindow(Page page, params string[] words)
    {
        foreach (var word in words)
        {
            var shown = page.GetWords().Where(w => w.Text.Contains(word, StringComparison.Ordinal)).Select(w => w.BoundingBox).ToArray();
            Assert.That(
                shown.Any(b => b.Left >= 105 * Mm && b.Right <= 200 * Mm && page.Height - b.Top >= 45 * Mm && page.Height - b.Bottom <= 79 * Mm),
                Is.True, $"{word} is outside the window: {string.Join(" ; ", shown)}");
        }
    }

    private static async Task<PdfDocument> PdfAsync(IPage page, string link)
    {
        var href = await page.GetByRole(AriaRole.Link, new() { Name = link }).First.GetAttributeAsync("href");
        var response = await page.Context.APIRequest.GetAsync(href!);
        Assert.That(response.Headers["content-type"], Is.EqualTo("application/pdf"));
        var bytes = await response.BodyAsync();
        await Capture.KeepAsync(bytes, $"{link}.pdf");
        return PdfDocument.Open(bytes);
    }

    /// <summary>At both widths, the wide one last.</summary>
    private static async Task LookAsync(IPage page, string url, string name)
    {
        foreach (var width in new[] { 375, 1280 })
        {
            await page.SetViewportSizeAsync(width, 720);
            await Accessibility.LookAtAsync(page, url, name);
        }
    }

    private async Task<(Guid Id, string NumeroChrono)> RegisterAsync(string objet, string nom, string adresse)
    {
        using var registered = await _account.PostAsync("/enregistrer", new() { ["Objet"] = objet, ["Nom"] = nom, ["Categorie"] = "Particulier", ["Adresse"] = adresse });
        Assert.That((int)registered.StatusCode, Is.EqualTo(302));
        var id = await _courrier.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.courriers WHERE objet = $1", objet);
        return (id, (await _courrier.Database.ScalarAsync<string>("SELECT numero_chrono FROM ingestion.courriers WHERE id = $1", id))!);
    }

    private async Task<IPage> OpenAsync(int width)
    {
        var page = await _browser.OpenAsync(_courrier.BaseAddress, width, height: 720);
        await PagesTests.SignInAsync(page, _account.Courriel);
        return page;
    }
}
