using System.Text;
using Microsoft.Playwright;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>The pages of the mail room with something in them, looked at on an office screen and on a telephone.</summary>
public sealed class BureauOrdrePagesTests
{
    private RunningCourrier _courrier = null!;
    private Browser _browser = null!;
    private SignedInClient _account = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync(new Dictionary<string, string?>
        {
            ["Releve:Quietude"] = "00:00:00.050",
            ["Releve:PollDossier"] = "00:00:00.050",
            ["Boites:0:Code"] = "etrangers",
            ["Boites:0:Adresse"] = "etrangers@indre-et-loire.invalid",
            ["Boites:0:Imap:Hote"] = "127.0.0.1",
            ["Boites:0:Imap:Port"] = "1",
        });
        _browser = await Browser.LaunchAsync();
        _account = await SignedInClient.CreateAsync(_courrier, RoleAgent.BureauOrdre, "SGCD");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _account.Dispose();
        await _browser.DisposeAsync();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task MisDeCote_ListAndMessage_AreReadableAtEveryWidth()
    {
        Drop("La lettre de novembre", "Nos actualités du mois.\r\n\r\nPour ne plus la recevoir, écrivez-nous.", "List-Id: <infos.exemple.example>");
        Drop(string.Concat(Enumerable.Repeat("Un objet très long écrit par un robot bavard ", 20)), new string('x', 3000), "Auto-Submitted: auto-generated");
        Drop("محمد عبد الله 🕊️", "Bonjour", "Auto-Submitted: auto-generated");
        await EventuallyAsync(
            "The messages were never set aside",
            async () => await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.messages_recus WHERE sort = 'Ecarte'") == 3);

        foreach (var width in new[] { 1280, 375 })
        {
            var page = await OpenAsync(width);
            await Accessibility.LookAtAsync(page, "/mis-de-cote", "mis-de-cote");
            foreach (var url in await page.Locator("a.c-objet").EvaluateAllAsync<string[]>("links => links.map(l => l.getAttribute('href'))"))
            {
                await Accessibility.LookAtAsync(page, url, "mis-de-cote-message");
            }

            await page.Context.CloseAsync();
        }
    }

    [Test]
    public async Task Boites_OneReadAndOneBroken_AreReadableAtEveryWidth()
    {
        await EventuallyAsync(
            "The broken mailbox was never seen as such",
            async () => await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.lecture_boites WHERE en_panne_depuis IS NOT NULL") == 1);

        foreach (var width in new[] { 1280, 375 })
        {
            var page = await OpenAsync(width);
            await Accessibility.LookAtAsync(page, "/boites", "boites");
            await Accessibility.LookAtAsync(page, "/", "accueil-bureau-ordre");
            await page.Context.CloseAsync();
        }
    }

    [Test]
    public async Task Accuses_ToPrintAndLot_AreReadableAtEveryWidth()
    {
        foreach (var objet in new[] { "Demande de subvention DETR 2027", string.Concat(Enumerable.Repeat("Un objet qui n’en finit pas ", 17)) })
        {
            using var registered = await _account.PostAsync("/enregistrer", new()
            {
                ["Objet"] = objet,
                ["Nom"] = "Mme Ségolène d’Arçay",
                ["Categorie"] = "Particulier",
                ["Adresse"] = "3 rue des Lilas\n37000 TOURS",
            });
            Assert.That((int)registered.StatusCode, Is.EqualTo(302));
        }

        await EventuallyAsync(
            "The due dates never came",
            async () => await _courrier.Database.ScalarAsync<long>(
                "SELECT count(*) FROM ingestion.lecture_accuses a JOIN echeances.lecture_echeances e USING (courrier_id) WHERE a.etat = 'AImprimer' AND e.kind = 'Reponse'") == 2);
        using var prepared = await _account.PostAsync("/accuses", [], "?handler=Preparer");
        foreach (var width in new[] { 1280, 375 })
        {
            var page = await OpenAsync(width);
            await Accessibility.LookAtAsync(page, "/accuses", "accuses");
            await Accessibility.LookAtAsync(page, prepared.Headers.Location!.OriginalString, "accuses-lot");
            await page.Context.CloseAsync();
        }
    }

    [Test]
    public async Task Courrier_ReceivedByMail_ShowsItsTextBesideTheFacts()
    {
        Drop("Permanence à Loches", "Bonjour,\r\n\r\nLa permanence du mardi est-elle maintenue ?\r\n<script>alert(1)</script>", "X-Essai: texte");
        Drop("Titre de séjour", "<p>Bonjour <b>Madame</b>,</p><p>Voyez <a href=\"https://exemple.example/suivi\">mon dossier</a>.</p><img src=\"https://espion.example/p.png\">", "X-Essai: html", "text/html");
        await EventuallyAsync(
            "The messages were never registered",
            async () => await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.courriers WHERE objet IN ('Permanence à Loches', 'Titre de séjour')") == 2);
        var text = await _courrier.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.courriers WHERE objet = 'Permanence à Loches'");
        var html = await _courrier.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.courriers WHERE objet = 'Titre de séjour'");

        foreach (var width in new[] { 1280, 375 })
        {
            var page = await OpenAsync(width);
            var asked = new List<string>();
            page.Request += (_, request) => asked.Add(request.Url);
            await Accessibility.LookAtAsync(page, $"/courriers/{text}", "courrier-texte");
            Assert.That(await page.Locator(".c-document--texte").InnerTextAsync(), Does.Contain("La permanence du mardi").And.Contain("<script>alert(1)</script>"));
            await page.GotoAsync($"/courriers/{html}");
            var frame = page.FrameLocator("iframe.c-document--texte");
            Assert.That(await frame.Locator("body").InnerTextAsync(), Does.Contain("Bonjour Madame").And.Contain("mon dossier ‹https://exemple.example/suivi›"));
            Assert.That(await frame.Locator("body").EvaluateAsync<string>("b => getComputedStyle(b).marginTop"), Is.EqualTo("16px"), "its style sheet is ours and is applied");
            await Capture.KeepAsync(page, "courrier-html");
            Assert.That(asked, Has.None.Contains("espion"));
            await page.Context.CloseAsync();
        }
    }

    /// <summary>Without a script as with one: boxes ticked, a reason, a yes; several leave at once.</summary>
    [Test]
    public async Task CourrielsSortants_ListsAndDecision_WorkAtEveryWidth()
    {
        foreach (var width in new[] { 1280, 375 })
        {
            await _courrier.Database.ScalarAsync<object>(
                """
                INSERT INTO messagerie.courriels_sortants (id, cle, kind, reference, etat, attempts, not_before, created_at, data_started, detail, settled_at)
                SELECT gen_random_uuid(), 'essai:' || gen_random_uuid(), 'essai', 'rien', etat, 4, now() + interval '1 hour', now() - interval '2 days', false, detail, now()
                FROM generate_series(1, 3) n, (VALUES
                    ('Differe', 'Le serveur a répondu 451 : 4.7.1 greylisted, come back later'),
                    ('Refuse', 'Le serveur a répondu 550 : 5.1.1 ' || repeat('a', 200)),
                    ('Incertain', 'Connexion perdue après l’envoi du texte, avant la réponse du serveur (IOException)')) s (etat, detail)
                """);
            var page = await OpenAsync(width);
            await Accessibility.LookAtAsync(page, "/courriels-sortants", "courriels-sortants");
            await Accessibility.LookAtAsync(page, "/courriels-sortants?Voir=refuses", "courriels-sortants-refuses");
            await Accessibility.LookAtAsync(page, "/courriels-sortants?Voir=incertains", "courriels-sortants-incertains");
            await page.GetByRole(AriaRole.Button, new() { Name = "Tout renvoyer" }).ClickAsync();
            await Assertions.Expect(page.Locator("main")).ToContainTextAsync("peut-être arrivés : confirmez");
            await Accessibility.LookAtAsync(page, "courriels-sortants-refus");
            await page.GetByLabel("J’accepte que les destinataires").CheckAsync(new() { Force = true });
            await page.GetByLabel("Motif").FillAsync("Personne n’a rien reçu");
            await page.GetByRole(AriaRole.Button, new() { Name = "Tout renvoyer" }).ClickAsync();
            await Assertions.Expect(page.Locator("main")).ToContainTextAsync("3 messages repartent");
            await _courrier.Database.ScalarAsync<object>("DELETE FROM messagerie.courriels_sortants WHERE kind = 'essai'");
            await page.Context.CloseAsync();
        }
    }

    private void Drop(string subject, string text, string headers, string type = "text/plain")
    {
        var folder = Directory.CreateDirectory(Path.Combine(_courrier.Folder, "courriels-entrants", "contact")).FullName;
        var message = $"From: Infos <infos@exemple.example>\r\nTo: contact@indre-et-loire.invalid\r\nSubject: {subject}\r\nMessage-ID: <{Guid.NewGuid():N}@exemple.example>\r\n{headers}\r\nContent-Type: {type}; charset=utf-8\r\n\r\n{text}\r\n";
        var file = Path.Combine(_courrier.Folder, $"{Guid.NewGuid():N}.eml");
        File.WriteAllText(file, message, new UTF8Encoding(false));
        File.Move(file, Path.Combine(folder, Path.GetFileName(file)));
    }

    private async Task<IPage> OpenAsync(int width, bool withScripts = true)
    {
        var page = await _browser.OpenAsync(_courrier.BaseAddress, width, height: 720, withScripts);
        await PagesTests.SignInAsync(page, _account.Courriel);
        return page;
    }
}
