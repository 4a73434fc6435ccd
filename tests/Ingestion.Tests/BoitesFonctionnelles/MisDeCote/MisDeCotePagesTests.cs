using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles.MisDeCote;

/// <summary>What the collection sets aside is seen, read, registered or discarded by a person: once, whoever clicks and how often.</summary>
public sealed class MisDeCotePagesTests
{
    private RunningCourrier _courrier = null!;
    private BoiteDepot _boite = null!;
    private SignedInClient _agent = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync(BoiteDepot.Settings);
        _boite = new BoiteDepot(_courrier);
        _agent = await SignedInClient.CreateAsync(_courrier, RoleAgent.BureauOrdre, "SGCD", "Dominique Bureau");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _agent.Dispose();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task List_Empty_SaysWhyAndWhatToDo()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");

        Assert.That(await ReadAsync(agent, "/mis-de-cote"), Does.Contain("Rien n’est mis de côté").And.Contain("/boites"));
        Assert.That(await ReadAsync(agent, "/mis-de-cote?Voir=ecartes"), Does.Contain("Aucun message écarté"));
    }

    [Test]
    public async Task List_AMessageSetAside_SaysWhyFromWhomInWhichBoxAndHowLarge()
    {
        var (_, page) = await SetAsideAsync("List-Id: <infos.exemple.example>\nFrom: Infos <infos@exemple.example>", subject: "La lettre de novembre");

        Assert.That(page, Does.Contain("La lettre de novembre").And.Contain("Infos <infos@exemple.example>").And.Contain("Lettre d’information ou liste de diffusion")
            .And.Contain(Courriels.Boite).And.Contain("octets"));
        var list = await ReadAsync(_agent, "/mis-de-cote");
        Assert.That(list, Does.Contain("La lettre de novembre").And.Contain("Lettre d’information ou liste de diffusion"));
    }

    [Test]
    public async Task List_Long_IsPagedNewestFirstWithoutGapNorRepeat()
    {
        await using var courrier = await RunningCourrier.StartAsync(BoiteDepot.Settings);
        var boite = new BoiteDepot(courrier);
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.Superviseur, "SGCD");
        for (var n = 0; n < 60; n++)
        {
            // Three of each minute: the cursor must tell equal instants apart.
            boite.Drop(Courriels.Make($"Received: from x by y; Mon, 23 Nov 2026 08:{n / 3:D2}:00 +0100\nAuto-Submitted: auto-generated", subject: $"Automate {n:D2}"));
        }

        await Eventually.EventuallyAsync(
            "Some messages were never set aside", async () => await boite.CountAsync("SELECT count(*) FROM ingestion.messages_recus WHERE sort = 'Ecarte'") == 60);

        var seen = new List<string>();
        for (var url = "/mis-de-cote"; url is not null;)
        {
            var page = await ReadAsync(agent, url);
            seen.AddRange(Regex.Matches(page, "Automate [0-9]{2}").Select(m => m.Value));
            url = Regex.Match(page, "href=\"(/mis-de-cote\\?Apres=[^\"]+)\"") is { Success: true } next ? next.Groups[1].Value : null;
        }

        Assert.That(seen, Is.Unique.And.Count.EqualTo(60));
        Assert.That(seen.Select(s => int.Parse(s[^2..], System.Globalization.CultureInfo.InvariantCulture) / 3), Is.Ordered.Descending);
    }

    [TestCase("pasuncurseur")]
    [TestCase("99999999999999999999_00000000-0000-0000-0000-000000000000")]
    [TestCase("9223372036854775807_00000000-0000-0000-0000-000000000000")]
    public async Task List_WithACursorNobodyGave_StartsAtTheBeginning(string apres) =>
        Assert.That(await ReadAsync(_agent, $"/mis-de-cote?Apres={apres}"), Does.Contain("Messages mis de côté"));

    [Test]
    public async Task Register_ANewsletterThatIsACourrier_KeepsItsDateAndSaysWhoDidIt()
    {
        var (id, _) = await SetAsideAsync("Received: from x by y; Fri, 20 Nov 2026 09:00:00 +0100\nList-Unsubscribe: <https://exemple.example>", subject: "Association X : demande de salle");

        using var reply = await _agent.PostAsync($"/mis-de-cote/{id}", [], "?handler=Enregistrer");

        Assert.That(reply.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
        var courrierId = Guid.Parse(reply.Headers.Location!.OriginalString.Split('/')[^1]);
        Assert.That(await ReadAsync(_agent, reply.Headers.Location.OriginalString), Does.Contain("Le message mis de côté est enregistré").And.Contain("Le message vient d’une liste de diffusion"));
        Assert.That(
            await _boite.CountAsync("SELECT count(*) FROM ingestion.courriers WHERE id = $1 AND recu_le = DATE '2026-11-20' AND enregistre_par = $2", courrierId, _agent.CompteId.ToString()),
            Is.EqualTo(1));
        Assert.That(await JournalAsync(id), Is.EqualTo("ReceiveMessage,RegisterSetAsideAsync"));
        Assert.That(await ReadAsync(_agent, $"/mis-de-cote/{id}"), Does.Contain("Enregistré comme courrier").And.Contain("Dominique Bureau"));
        Assert.That(await ReadAsync(_agent, "/mis-de-cote"), Does.Not.Contain("Association X"));
    }

    [Test]
    public async Task Register_ByTwoAgentsManyTimesAtOnce_IsOneCourrierAndASentenceForTheOthers()
    {
        var (id, _) = await SetAsideAsync("Auto-Submitted: auto-generated", subject: "Deux agents à la fois");
        using var other = await SignedInClient.CreateAsync(_courrier, RoleAgent.Superviseur, "SGCD");

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => (n % 2 == 0 ? _agent : other).PostAsync($"/mis-de-cote/{id}", [], "?handler=Enregistrer")));

        var to = replies.Select(r => r.Headers.Location!.OriginalString).ToList();
        Assert.That(to.Count(l => l.StartsWith("/enregistrer/", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(to.Count(l => l == $"/mis-de-cote/{id}"), Is.EqualTo(7));
        Assert.That(await _boite.CountAsync("SELECT count(*) FROM ingestion.courriers WHERE objet = 'Deux agents à la fois'"), Is.EqualTo(1));
        Assert.That(await ReadAsync(_agent, $"/mis-de-cote/{id}"), Does.Contain("déjà été traité"));
    }

    [Test]
    public async Task Register_AndDiscardAtOnce_HasOneEffect()
    {
        for (var n = 0; n < 5; n++)
        {
            var (id, _) = await SetAsideAsync("Auto-Submitted: auto-generated", subject: $"Course {n}");

            var replies = await Task.WhenAll(
                _agent.PostAsync($"/mis-de-cote/{id}", [], "?handler=Enregistrer"),
                _agent.PostAsync($"/mis-de-cote/{id}", new() { ["Motif"] = "Automate" }, "?handler=Ecarter"));

            Assert.That(replies.Select(r => r.StatusCode), Is.All.EqualTo(HttpStatusCode.Redirect));
            Assert.That(
                await _boite.CountAsync(
                    "SELECT (SELECT count(*) FROM ingestion.courriers WHERE objet = $2) + (SELECT count(*) FROM ingestion.messages_recus WHERE id = $1 AND motif_ecart IS NOT NULL)",
                    id, $"Course {n}"),
                Is.EqualTo(1));
        }
    }

    [Test]
    public async Task Register_ACopyOfWhatIsRegisteredAlready_IsAttachedToIt()
    {
        var message = Courriels.Make("Auto-Submitted: auto-generated", subject: "Reçu deux fois");
        var first = await SetAsideAsync(message, "Reçu deux fois");
        var second = await SetAsideAsync(message, "Reçu deux fois", except: first);

        using var one = await _agent.PostAsync($"/mis-de-cote/{first}", [], "?handler=Enregistrer");
        using var two = await _agent.PostAsync($"/mis-de-cote/{second}", [], "?handler=Enregistrer");

        Assert.That(two.Headers.Location, Is.EqualTo(one.Headers.Location));
        Assert.That(await ReadAsync(_agent, two.Headers.Location!.OriginalString), Does.Contain("il est rattaché au courrier"));
        Assert.That(await _boite.CountAsync("SELECT count(*) FROM ingestion.courriers WHERE objet = 'Reçu deux fois'"), Is.EqualTo(1));
        Assert.That(await _boite.CountAsync("SELECT count(*) FROM ingestion.messages_recus WHERE id = $1 AND sort = 'Rattache' AND repris_par = $2", second, _agent.CompteId.ToString()), Is.EqualTo(1));
    }

    [Test]
    public async Task Discard_WithAReason_LeavesTheListAndStaysReadableWithItAndCanStillBeRegistered()
    {
        var (id, _) = await SetAsideAsync("Auto-Submitted: auto-generated", subject: "À écarter");

        using var reply = await _agent.PostAsync($"/mis-de-cote/{id}", new() { ["Motif"] = "Publicité d’un « fournisseur » 🕊️" }, "?handler=Ecarter");
        using var again = await _agent.PostAsync($"/mis-de-cote/{id}", new() { ["Motif"] = "Autre motif" }, "?handler=Ecarter");

        Assert.That(reply.Headers.Location!.OriginalString, Is.EqualTo("/mis-de-cote"));
        Assert.That(again.Headers.Location!.OriginalString, Is.EqualTo($"/mis-de-cote/{id}"), "the second changes nothing and says so");
        Assert.That(await ReadAsync(_agent, "/mis-de-cote?Voir=ecartes"), Does.Contain("Publicité d’un « fournisseur » 🕊️").And.Contain("Dominique Bureau").And.Not.Contain("Autre motif"));
        Assert.That(await ReadAsync(_agent, "/mis-de-cote"), Does.Not.Contain("À écarter"));
        Assert.That(await JournalAsync(id), Is.EqualTo("ReceiveMessage,DiscardMessage"));

        using var taken = await _agent.PostAsync($"/mis-de-cote/{id}", [], "?handler=Enregistrer");
        Assert.That(taken.Headers.Location!.OriginalString, Does.StartWith("/enregistrer/"));
    }

    [TestCase("", "Dites pourquoi", TestName = "No reason")]
    [TestCase("   ", "Dites pourquoi", TestName = "Only spaces")]
    [TestCase("a\0b", "caractère invisible", TestName = "A null byte in the reason")]
    [TestCase("600", "500 au plus", TestName = "A reason of 600 characters")]
    public async Task Discard_WithoutAUsableReason_SaysSoBesideTheFieldAndChangesNothing(string motif, string sentence)
    {
        var (id, _) = await SetAsideAsync("Auto-Submitted: auto-generated", subject: $"Motif {Guid.NewGuid():N}");

        using var reply = await _agent.PostAsync($"/mis-de-cote/{id}", new() { ["Motif"] = motif == "600" ? new string('x', 600) : motif }, "?handler=Ecarter");

        Assert.That(reply.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(WebUtility.HtmlDecode(await reply.Content.ReadAsStringAsync()), Does.Match($"id=\"Motif-erreurs\"[^>]*>\\s*<p[^>]*>[^<]*{sentence}"));
        Assert.That(await _boite.CountAsync("SELECT count(*) FROM ingestion.messages_recus WHERE id = $1 AND repris_par IS NULL", id), Is.EqualTo(1));
    }

    [TestCase("pas-un-courriel-image")]
    [TestCase("pas-un-courriel-pdf")]
    [TestCase("pas-un-courriel-vide")]
    public async Task Read_WhatIsNoEmail_SaysSoAndGivesItsExactBytes(string name)
    {
        var bytes = Courriels.Read(name);
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        await _boite.DroppedAndDoneAsync(bytes, "anomalies");
        var id = await _courrier.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.messages_recus WHERE sha256_brut = $1 LIMIT 1", sha256);

        Assert.That(await ReadAsync(_agent, $"/mis-de-cote/{id}"), Does.Contain("Ce fichier n’est pas un courriel lisible").And.Contain("Aucun texte lisible").And.Contain("Expéditeur illisible"));
        using var raw = await _agent.GetAsync($"/mis-de-cote/{id}/brut");
        Assert.That(await raw.Content.ReadAsByteArrayAsync(), Is.EqualTo(bytes));
        Assert.That(raw.Content.Headers.ContentDisposition!.DispositionType, Is.EqualTo("attachment"));
        Assert.That(raw.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/octet-stream"));
        using var registered = await _agent.PostAsync($"/mis-de-cote/{id}", [], "?handler=Enregistrer");
        Assert.That(registered.Headers.Location!.OriginalString, Does.StartWith("/enregistrer/"));
    }

    [Test]
    public async Task Read_HostileContent_IsShownAsTextAndNothingElse()
    {
        var subject = string.Concat(Enumerable.Repeat("très long \u202Eégarél\u202C ", 56))[..998];
        var html = "<style>*{display:none}</style><p>Bonjour &lt;b&gt;<script>alert(1)</script><img src=https://espion.example/x onerror=alert(2)></p><p>محمد 🕊️ a\0b</p>";

        var (id, page) = await SetAsideAsync(
            "Auto-Submitted: auto-generated\nFrom: \"<script>alert(3)</script> \u202Eمحمد\" <robot@exemple.example>\nContent-Type: text/html; charset=utf-8", html, subject);

        using var response = await _agent.GetAsync($"/mis-de-cote/{id}");
        var raw = await response.Content.ReadAsStringAsync();
        Assert.That(raw, Does.Not.Contain("<script>alert").And.Not.Contain("espion.example").And.Not.Contain("<style>"));
        Assert.That(raw.IndexOfAny(['\u202E', '\0']), Is.Negative, "neither turns the page around nor cuts it");
        Assert.That(page, Does.Contain("Bonjour <b>").And.Contain("محمد 🕊️").And.Contain("très long"));
        using var list = await _agent.GetAsync("/mis-de-cote");
        var listed = await list.Content.ReadAsStringAsync();
        Assert.That(listed, Does.Not.Contain("<script>alert"));
        Assert.That(listed.IndexOf('\u202E', StringComparison.Ordinal), Is.Negative);
    }

    [Test]
    public async Task Pages_ForAnAgentOfAService_AreForbidden_AndForNobodyRefused()
    {
        var (id, _) = await SetAsideAsync("Auto-Submitted: auto-generated", subject: "Pas pour tous");
        using var stranger = await SignedInClient.CreateAsync(_courrier, RoleAgent.ChefService);
        using var nobody = SignedInClient.Anonymous(_courrier);

        foreach (var url in new[] { "/mis-de-cote", $"/mis-de-cote/{id}", $"/mis-de-cote/{id}/brut" })
        {
            Assert.That(await TextAsync(stranger, url), Does.Not.Contain("Pas pour tous"), url);
            Assert.That(await TextAsync(nobody, url), Does.Not.Contain("Pas pour tous"), url);
        }
    }

    [Test]
    public async Task Raw_OfARegisteredMessage_IsGivenWithItsCourrierOnly()
    {
        var (id, _) = await SetAsideAsync("Auto-Submitted: auto-generated", subject: "Désormais courrier");
        (await _agent.PostAsync($"/mis-de-cote/{id}", [], "?handler=Enregistrer")).Dispose();

        using var raw = await _agent.GetAsync($"/mis-de-cote/{id}/brut");

        Assert.That(raw.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task ReadAgain_AMessageThatStaysAside_SaysWhyAndLeavesItThere()
    {
        var (id, page) = await SetAsideAsync("Auto-Submitted: auto-generated", subject: "Encore un automate");
        Assert.That(page, Does.Contain("Relire"));

        using var reply = await _agent.PostAsync($"/mis-de-cote/{id}", [], "?handler=Relire");

        Assert.That(await ReadAsync(_agent, reply.Headers.Location!.OriginalString), Does.Contain("reste mis de côté. Message automatique"));
        Assert.That(await JournalAsync(id), Is.EqualTo("ReceiveMessage,RetrySetAsideAsync"));
    }

    [Test]
    public async Task ReadAgain_AMessageOfAFormDeclaredSince_IsTheCourrierOfItsAuthor()
    {
        var (id, _) = await SetAsideAsync(
            "From: site-neuf@indre-et-loire.invalid\nReply-To: Yann <yann@exemple.example>\nAuto-Submitted: auto-generated", subject: "Message du formulaire neuf");
        await _courrier.Database.ScalarAsync<string>(
            "UPDATE ingestion.boites SET expediteurs_formulaire = expediteurs_formulaire || ARRAY['Site-Neuf@indre-et-loire.invalid'] WHERE code = 'contact' RETURNING code");

        using var reply = await _agent.PostAsync($"/mis-de-cote/{id}", [], "?handler=Relire");

        Assert.That(reply.Headers.Location!.OriginalString, Does.StartWith("/enregistrer/"));
        Assert.That(
            await _boite.CountAsync("SELECT count(*) FROM ingestion.courriers WHERE objet = 'Message du formulaire neuf' AND expediteur_courriel = 'yann@exemple.example'"),
            Is.EqualTo(1));
    }

    [Test]
    public async Task Page_OfAMessageWithItsImages_ShowsThemAndNothingFromElsewhere()
    {
        await _boite.DroppedAndDoneAsync(Courriels.Read("image-cid"));
        var piece = await _courrier.Database.ScalarAsync<Guid>(
            "SELECT p.id FROM ingestion.pieces p JOIN ingestion.messages_recus m ON m.courrier_id = p.courrier_id WHERE m.message_id = 'image-cid@corpus.exemple.example' AND p.role = 'Document'");
        using var superviseur = await SignedInClient.CreateAsync(_courrier, RoleAgent.Superviseur, "SGCD");

        using var page = await superviseur.GetAsync($"/fichiers/{piece}/page");

        Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain("src=\"data:image/png;base64,iVBOR").And.Not.Contain("cid:"));
        Assert.That(page.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("img-src data:").And.Contain("sandbox").And.Contain("default-src 'none'"));
    }

    private static async Task<string> TextAsync(SignedInClient client, string url)
    {
        using var response = await client.GetAsync(url);
        Assert.That(response.StatusCode, Is.Not.EqualTo(HttpStatusCode.OK), url);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());
    }

    private static async Task<string> ReadAsync(SignedInClient client, string url) => WebUtility.HtmlDecode(await client.ReadAsync(url));

    private async Task<(Guid Id, string Page)> SetAsideAsync(string headers, string text = "Bonjour", string? subject = null)
    {
        var messageId = Guid.NewGuid().ToString("N");
        await _boite.DroppedAndDoneAsync(Courriels.Make(headers, text, subject, messageId));
        var id = await _courrier.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.messages_recus WHERE message_id = $1 AND sort = 'Ecarte'", $"{messageId}@exemple.example");
        return (id, await ReadAsync(_agent, $"/mis-de-cote/{id}"));
    }

    private async Task<Guid> SetAsideAsync(byte[] message, string subject, Guid except = default)
    {
        await _boite.DroppedAndDoneAsync(message);
        return await _courrier.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.messages_recus WHERE objet = $1 AND id <> $2", subject, except);
    }

    private Task<string?> JournalAsync(Guid messageId) => _courrier.Database.ScalarAsync<string>(
        "SELECT string_agg(action, ',' ORDER BY id) FROM ingestion.lecture_journal WHERE objet = $1", $"message:{messageId}");
}
