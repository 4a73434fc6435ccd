using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Ingestion.Courriers.Correct;
using SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Tests.Courriers;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using UglyToad.PdfPig;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.Accuses;

/// <summary>What the mail room does about acknowledgements: print those that go by post, decide about those that did not go through.</summary>
public sealed class AccusesPagesTests
{
    [Test]
    public async Task Print_ALot_MarksWhatWasInItAndNotWhatCameMeanwhile()
    {
        await using var courrier = await RunningCourrier.StartAsync(BoiteDepot.Settings);
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD", "Dominique Bureau");
        var first = await LetterAsync(courrier, "Première");
        var second = await LetterAsync(courrier, new string('é', 480));
        var third = await LetterAsync(courrier, "محمد 🕊️ l’apostrophe");
        Assert.That(await ReadAsync(agent, "/accuses"), Does.Contain("À imprimer (3)").And.Contain(first.NumeroChrono).And.Contain("Claire Martin, 3 rue des Lilas, 37000 TOURS"));

        using var prepared = await agent.PostAsync("/accuses", [], "?handler=Preparer");
        var lot = prepared.Headers.Location!.OriginalString;
        using var response = await agent.GetAsync(lot.Replace("/accuses/", "/fichiers/", StringComparison.Ordinal));
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var meanwhile = await LetterAsync(courrier, "Arrivée entre-temps");
        var form = SignedInClient.FieldsOf(await agent.ReadAsync(lot));
        using var marked = await agent.SendAsync($"{lot}?handler=Marquer", form);

        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/pdf"));
        Assert.That(response.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("default-src 'none'"));
        using var pdf = PdfDocument.Open(bytes);
        var text = string.Join('\n', pdf.GetPages().Select(p => p.Text));
        Assert.That(pdf.NumberOfPages, Is.GreaterThanOrEqualTo(3));
        Assert.That(text, Does.Contain(first.NumeroChrono).And.Contain(second.NumeroChrono).And.Contain(third.NumeroChrono));
        Assert.That(text.IndexOf(first.NumeroChrono, StringComparison.Ordinal), Is.LessThan(text.IndexOf(third.NumeroChrono, StringComparison.Ordinal)), "oldest first");
        Assert.That(
            new[] { await StateAsync(courrier, first.CourrierId), await StateAsync(courrier, second.CourrierId), await StateAsync(courrier, third.CourrierId), await StateAsync(courrier, meanwhile.CourrierId) },
            Is.EqualTo(new[] { "Imprime", "Imprime", "Imprime", "AImprimer" }));
        Assert.That(marked.Headers.Location!.OriginalString, Is.EqualTo(lot));
        Assert.That(await ReadAsync(agent, "/accuses"), Does.Contain("3 accusés sont marqués comme imprimés").And.Contain("À imprimer (1)").And.Contain(meanwhile.NumeroChrono));
        Assert.That(
            await courrier.Database.ScalarAsync<long>(
                "SELECT count(*) FROM ingestion.accuses a JOIN ingestion.pieces p ON p.id = a.piece_id AND p.type_mime = 'application/pdf' AND p.role = 'Accuse' WHERE a.etat = 'Imprime'"),
            Is.EqualTo(3), "the exact letter is kept");
        using var again = await agent.SendAsync($"{lot}?handler=Marquer", form);
        Assert.That(await ReadAsync(agent, again.Headers.Location!.OriginalString), Does.Contain("rien n’a été fait une seconde fois"));
        Assert.That(await MarksAsync(courrier), Is.EqualTo(3));
        Assert.That(await ReadAsync(agent, $"/courriers/{first.CourrierId}"), Does.Contain("Accusé imprimé").And.Contain("Dominique Bureau"));
        await EventuallyAsync(
            "The home page never counted what is left to print",
            async () => Regex.IsMatch(await ReadAsync(agent, "/"), "c-compteur__nombre\">1</span> <span class=\"c-compteur__texte\">Accusé à imprimer"));
    }

    [Test]
    public async Task Print_ByTwoAgentsManyTimesAtOnce_MarksEachLetterOnce()
    {
        await using var courrier = await RunningCourrier.StartAsync(BoiteDepot.Settings);
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");
        using var other = await SignedInClient.CreateAsync(courrier, RoleAgent.Superviseur, "SGCD");
        for (var n = 0; n < 5; n++)
        {
            await LetterAsync(courrier, $"Lettre {n}");
        }

        var lots = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => (n % 2 == 0 ? agent : other).PostAsync("/accuses", [], "?handler=Preparer")));
        var lot = lots.Select(r => r.Headers.Location!.OriginalString).Distinct().Single();
        var forms = new[] { SignedInClient.FieldsOf(await agent.ReadAsync(lot)), SignedInClient.FieldsOf(await other.ReadAsync(lot)) };
        var marks = await Task.WhenAll(Enumerable.Range(0, 6).Select(n => (n % 2 == 0 ? agent : other).SendAsync($"{lot}?handler=Marquer", forms[n % 2])));

        Assert.That(marks.Select(r => r.StatusCode), Is.All.EqualTo(HttpStatusCode.Redirect));
        Assert.That(await MarksAsync(courrier), Is.EqualTo(5));
        Assert.That(await ReadAsync(agent, lot), Does.Contain("Toutes les lettres de ce lot sont imprimées"));
        forms = [SignedInClient.FieldsOf(await agent.ReadAsync(lot)), SignedInClient.FieldsOf(await other.ReadAsync(lot))];
        var posts = await Task.WhenAll(Enumerable.Range(0, 6).Select(n => (n % 2 == 0 ? agent : other).SendAsync($"{lot}?handler=Poster", forms[n % 2])));
        Assert.That(posts.Select(r => r.StatusCode), Is.All.EqualTo(HttpStatusCode.Redirect));
        Assert.That(await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.lecture_journal WHERE action = 'MarkPosted'"), Is.EqualTo(5));
        Assert.That(await ReadAsync(agent, lot), Does.Contain("Toutes les lettres de ce lot ont leur suite"));
    }

    [Test]
    public async Task Print_StoppedBetweenThePdfAndTheMark_LosesNothingAndPrintsNothingTwiceUnawares()
    {
        await using var courrier = await RunningCourrier.StartAsync(BoiteDepot.Settings);
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD", "Dominique Bureau");
        using var other = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD", "Alix Renfort");
        var first = await LetterAsync(courrier, "Première");
        var jammed = await LetterAsync(courrier, "Coincée");
        using var prepared = await agent.PostAsync("/accuses", [], "?handler=Preparer");
        var lot = prepared.Headers.Location!.OriginalString;
        var pdf = lot.Replace("/accuses/", "/fichiers/", StringComparison.Ordinal);
        using (await agent.GetAsync(pdf))
        {
        }

        var later = await LetterAsync(courrier, "Plus tard");
        Assert.That(await ReadAsync(other, "/accuses"), Does.Contain("Son PDF a été ouvert le").And.Contain("par Dominique Bureau").And.Contain("Préparer le PDF de la lettre"));
        var shown = SignedInClient.FieldsOf(await other.ReadAsync("/accuses"));
        using var second = await other.SendAsync("/accuses?handler=Preparer", shown);
        using var none = await other.SendAsync("/accuses?handler=Preparer", shown);
        Assert.That(second.Headers.Location!.OriginalString, Is.Not.EqualTo(lot));
        Assert.That(none.Headers.Location!.OriginalString, Is.EqualTo(second.Headers.Location!.OriginalString), "nothing new: the newest lot");
        Assert.That(await TextAsync(other, second.Headers.Location!.OriginalString), Does.Contain(later.NumeroChrono).And.Not.Contain(first.NumeroChrono), "a letter of an open lot is in no other");
        Assert.That(await ReadAsync(other, lot), Does.Contain("Le PDF de ce lot a déjà été ouvert").And.Contain("par Dominique Bureau"));

        var form = SignedInClient.FieldsOf(await other.ReadAsync(lot));
        var jammedId = await courrier.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.accuses WHERE courrier_id = $1", jammed.CourrierId);
        form.Remove($"Lettres[{jammedId}]");
        using var marked = await other.SendAsync($"{lot}?handler=Marquer", form);

        Assert.That(await ReadAsync(other, lot), Does.Contain("1 lettre reste à imprimer").And.Contain("la lettre qui reste"));
        Assert.That(await TextAsync(other, lot), Does.Contain(jammed.NumeroChrono).And.Not.Contain(first.NumeroChrono), "what came out is not printed again");
        Assert.That(new[] { await StateAsync(courrier, first.CourrierId), await StateAsync(courrier, jammed.CourrierId) }, Is.EqualTo(new[] { "Imprime", "AImprimer" }));
    }

    [Test]
    public async Task Reprint_NeedsAReason_LeavesATraceAndReplacesTheLetterToPost()
    {
        await using var courrier = await RunningCourrier.StartAsync(BoiteDepot.Settings);
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD", "Dominique Bureau");
        var letter = await LetterAsync(courrier, "À réimprimer");
        using var prepared = await agent.PostAsync("/accuses", [], "?handler=Preparer");
        var lot = prepared.Headers.Location!.OriginalString;
        using var marked = await agent.PostAsync(lot, [], "?handler=Marquer");
        using var gone = await agent.GetAsync(lot.Replace("/accuses/", "/fichiers/", StringComparison.Ordinal));
        Assert.That(gone.Headers.Location?.OriginalString, Is.EqualTo(lot), "once printed, only a reprint prints");
        Assert.That(await ReadAsync(agent, "/accuses?Voir=a-poster"), Does.Contain("À poster (1)").And.Contain(letter.NumeroChrono));

        using var refused = await agent.PostAsync(lot, new() { ["Motif"] = " " }, "?handler=Reimprimer");
        Assert.That(WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync()), Does.Match("id=\"Motif-erreurs\"[^>]*>\\s*<p[^>]*>Dites pourquoi"));
        var reprints = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => agent.PostAsync(lot, new() { ["Motif"] = "Feuille froissée" }, "?handler=Reimprimer")));

        var again = reprints.Select(r => r.Headers.Location?.OriginalString).OfType<string>().Single(l => l != lot);
        Assert.That(await ReadAsync(agent, lot), Does.Contain("réimprimée depuis").And.Not.Contain("Marquer comme postées"));
        Assert.That(await ReadAsync(agent, "/accuses"), Does.Contain("Une réimpression de 1 lettre"));
        Assert.That(await TextAsync(agent, again), Does.Contain(letter.NumeroChrono));
        using var printed = await agent.PostAsync(again, [], "?handler=Marquer");
        using var posted = await agent.PostAsync(again, [], "?handler=Poster");
        Assert.That(await ReadAsync(agent, again), Does.Contain("postée le").And.Contain("Réimpression : ").And.Contain("Feuille froissée"));
        Assert.That(await ReadAsync(agent, "/accuses?Voir=a-poster"), Does.Contain("À poster (0)"));
        Assert.That(
            await ReadAsync(agent, $"/courriers/{letter.CourrierId}"),
            Does.Contain("Réimpression de l’accusé").And.Contain("Feuille froissée").And.Contain("Accusé posté").And.Contain("posté le").And.Contain("Dominique Bureau"));
        Assert.That(await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.pieces WHERE courrier_id = $1 AND role = 'Accuse'", letter.CourrierId), Is.EqualTo(1));
    }

    [Test]
    public async Task Lists_ALetterWithoutAnyAddress_SayThatItCannotBePrintedAndWhatToDo()
    {
        await using var courrier = await RunningCourrier.StartAsync(BoiteDepot.Settings);
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");
        var letter = await courrier.RegisteredAsync(Demandes.Lettre() with { Courriel = null, Adresse = null });

        Assert.That(await ReadAsync(agent, "/accuses"), Does.Contain("1 courrier n’a pas d’adresse : son accusé ne peut être ni imprimé ni envoyé"));
        Assert.That(await ReadAsync(agent, "/accuses?Voir=sans"), Does.Contain($"href=\"/courriers/{letter.CourrierId}/corriger\">Ajouter l’adresse"));
    }

    [Test]
    public async Task Print_ALetterAnnulledOrCorrectedSince_IsNotMarked()
    {
        await using var courrier = await RunningCourrier.StartAsync(BoiteDepot.Settings);
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");
        var annulled = await LetterAsync(courrier, "Annulé");
        var moved = await LetterAsync(courrier, "Déménagé");
        using var prepared = await agent.PostAsync("/accuses", [], "?handler=Preparer");
        var lot = prepared.Headers.Location!.OriginalString;

        using var annul = await agent.PostAsync($"/courriers/{annulled.CourrierId}/annuler", new() { ["Motif"] = "Doublon" });
        await using (var scope = courrier.Scope())
        {
            await scope.ServiceProvider.GetRequiredService<CorrectCourrier>().ExecuteAsync(Corrected(moved.CourrierId), CancellationToken.None);
        }

        Assert.That(await ReadAsync(agent, lot), Does.Contain("n’est plus à envoyer").And.Contain("corrigé depuis"));
        using var marked = await agent.PostAsync(lot, [], "?handler=Marquer");
        Assert.That(new[] { await StateAsync(courrier, annulled.CourrierId), await StateAsync(courrier, moved.CourrierId) }, Is.EqualTo(new[] { "SansObjet", "AImprimer" }));
        Assert.That(await ReadAsync(agent, "/accuses"), Does.Contain("8 rue Neuve"));
        Assert.That(await ReadAsync(agent, "/accuses?Voir=sans"), Does.Contain(annulled.NumeroChrono).And.Contain("L’enregistrement a été annulé"));
    }

    [Test]
    public async Task Print_ALetterOfARestrictedCourrier_IsForWhoMaySeeIt()
    {
        await using var courrier = await RunningCourrier.StartAsync(BoiteDepot.Settings);
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");
        using var superviseur = await SignedInClient.CreateAsync(courrier, RoleAgent.Superviseur, "SGCD");
        using var stranger = await SignedInClient.CreateAsync(courrier, RoleAgent.Agent);
        var secret = await courrier.RegisteredAsync(Demandes.Lettre() with { Courriel = null, Objet = "Affaire restreinte", IsRestreint = true });
        await DueAsync(courrier, secret.CourrierId);
        var accuse = await courrier.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.accuses WHERE courrier_id = $1", secret.CourrierId);

        Assert.That(await ReadAsync(agent, "/accuses"), Does.Contain("À imprimer (0)").And.Contain("1 autre accusé attend").And.Not.Contain(secret.NumeroChrono));
        using var prepared = await superviseur.PostAsync("/accuses", [], "?handler=Preparer");
        var lot = prepared.Headers.Location!.OriginalString;
        Assert.That(await ReadAsync(superviseur, lot), Does.Contain(secret.NumeroChrono));
        Assert.That(await ReadAsync(agent, lot), Does.Not.Contain(secret.NumeroChrono).And.Contain("un superviseur l’imprime"));
        foreach (var (who, url) in new[] { (agent, $"/fichiers/accuses/{accuse}"), (agent, lot.Replace("/accuses/", "/fichiers/", StringComparison.Ordinal)), (agent, $"/accuses/{accuse}"), (stranger, "/accuses"), (stranger, lot), (stranger, $"/fichiers/accuses/{accuse}") })
        {
            using var response = await who.GetAsync(url);
            Assert.That(response.StatusCode, Is.Not.EqualTo(HttpStatusCode.OK), url);
        }

        using var own = await superviseur.GetAsync($"/fichiers/accuses/{accuse}");
        Assert.That(own.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/pdf"));
    }

    [Test]
    public async Task Lists_Empty_SayWhy_AndPrepareNothing()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");

        Assert.That(await ReadAsync(agent, "/accuses"), Does.Contain("Aucun accusé à imprimer"));
        Assert.That(await ReadAsync(agent, "/accuses?Voir=refuses"), Does.Contain("Aucun accusé refusé ni incertain"));
        Assert.That(await ReadAsync(agent, "/accuses?Voir=sans&Apres=nimporte"), Does.Contain("Tous les courriers ont leur accusé"));
        var token = SignedInClient.FieldsOf(await agent.ReadAsync("/enregistrer")).Where(f => f.Key == "__RequestVerificationToken").ToDictionary();
        using var prepared = await agent.SendAsync("/accuses?handler=Preparer", token);
        Assert.That(prepared.Headers.Location?.OriginalString, Is.EqualTo("/accuses"));
        Assert.That(await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.lots_impression"), Is.Zero);
    }

    [Test]
    public async Task Refused_WithACorrectedAddress_LeavesAgainOnceAndIsSent()
    {
        await using var sink = SmtpSink.Start();
        await using var courrier = await StartAsync(sink);
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");
        var accuse = await FailedAsync(courrier, sink, SmtpFault.PermanentRefusal, "Refuse");
        Assert.That(await ReadAsync(agent, "/accuses?Voir=refuses"), Does.Contain("refusé par le serveur"));

        using var wrong = await agent.PostAsync($"/accuses/{accuse.Id}", new() { ["Adresse"] = "pas une adresse" }, "?handler=Renvoyer");
        Assert.That(WebUtility.HtmlDecode(await wrong.Content.ReadAsStringAsync()), Does.Match("id=\"Adresse-erreurs\"[^>]*>\\s*<p[^>]*>Indiquez l’adresse électronique"));
        var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => agent.PostAsync($"/accuses/{accuse.Id}", new() { ["Adresse"] = "bonne@exemple.example" }, "?handler=Renvoyer")));

        Assert.That(replies.Count(r => r.Headers.Location!.OriginalString == "/accuses?Voir=refuses"), Is.EqualTo(1));
        await BecomesAsync(courrier, accuse.CourrierId, "Envoye");
        Assert.That(sink.Received.Select(r => r.Recipients.Single()), Is.EqualTo(new[] { "bonne@exemple.example" }));
        Assert.That(await ReadAsync(agent, $"/courriers/{accuse.CourrierId}"), Does.Contain("Décision sur l’accusé"));
        Assert.That(await ReadAsync(agent, $"/accuses/{accuse.Id}"), Does.Contain("Rien n’est à décider"));
    }

    [Test]
    public async Task Uncertain_IsSentAgainOnlyWithAReason_AndToTheSameAddress()
    {
        await using var sink = SmtpSink.Start();
        await using var courrier = await StartAsync(sink);
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");
        var accuse = await FailedAsync(courrier, sink, SmtpFault.CutAfterDotKept, "Incertain");
        Assert.That(await ReadAsync(agent, $"/accuses/{accuse.Id}"), Does.Contain("le recevra peut-être deux fois"));

        using var without = await agent.PostAsync($"/accuses/{accuse.Id}", [], "?handler=Renvoyer");
        using var byPost = await agent.PostAsync($"/accuses/{accuse.Id}", [], "?handler=Imprimer");
        using var elsewhere = await agent.PostAsync($"/accuses/{accuse.Id}", new() { ["Adresse"] = "autre@exemple.example", ["Motif"] = "x" }, "?handler=Renvoyer");
        Assert.That(WebUtility.HtmlDecode(await without.Content.ReadAsStringAsync()), Does.Match("id=\"Motif-erreurs\"[^>]*>\\s*<p[^>]*>L’expéditeur recevra peut-être deux fois"));
        Assert.That(WebUtility.HtmlDecode(await byPost.Content.ReadAsStringAsync()), Does.Match("id=\"Motif-erreurs\"[^>]*>\\s*<p"));
        Assert.That(WebUtility.HtmlDecode(await elsewhere.Content.ReadAsStringAsync()), Does.Contain("à la même adresse"));
        Assert.That(await StateAsync(courrier, accuse.CourrierId), Is.EqualTo("Incertain"));
        Assert.That(sink.Received, Has.Count.EqualTo(1));

        using var again = await agent.PostAsync($"/accuses/{accuse.Id}", new() { ["Motif"] = "Mme Martin dit n’avoir rien reçu" }, "?handler=Renvoyer");
        await BecomesAsync(courrier, accuse.CourrierId, "Envoye");
        Assert.That(sink.Received.Select(r => r.Message.MessageId).Distinct().ToList(), Has.Count.EqualTo(1), "readers recognise a message they already have");
        Assert.That(
            await courrier.Database.ScalarAsync<string>("SELECT motif FROM ingestion.lecture_journal WHERE action = 'ResendAccuse' AND courrier_id = $1", accuse.CourrierId),
            Is.EqualTo("Mme Martin dit n’avoir rien reçu"));
    }

    [Test]
    public async Task Refused_ByPost_IsALetterToPrint_IfThePostalAddressIsKnown()
    {
        await using var sink = SmtpSink.Start();
        await using var courrier = await StartAsync(sink);
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");
        var known = await FailedAsync(courrier, sink, SmtpFault.PermanentRefusal, "Refuse");
        var unknown = await FailedAsync(courrier, sink, SmtpFault.PermanentRefusal, "Refuse", adresse: null);

        using var printed = await agent.PostAsync($"/accuses/{known.Id}", [], "?handler=Imprimer");
        using var impossible = await agent.PostAsync($"/accuses/{unknown.Id}", [], "?handler=Imprimer");

        Assert.That(printed.Headers.Location!.OriginalString, Is.EqualTo("/accuses"));
        Assert.That(await ReadAsync(agent, "/accuses"), Does.Contain("Claire Martin, 3 rue des Lilas, 37000 TOURS"));
        Assert.That(WebUtility.HtmlDecode(await impossible.Content.ReadAsStringAsync()), Does.Contain("L’adresse postale de l’expéditeur n’est pas connue"));
        Assert.That(await StateAsync(courrier, unknown.CourrierId), Is.EqualTo("Refuse"));
        using var prepared = await agent.PostAsync("/accuses", [], "?handler=Preparer");
        using var marked = await agent.PostAsync(prepared.Headers.Location!.OriginalString, [], "?handler=Marquer");
        Assert.That(await StateAsync(courrier, known.CourrierId), Is.EqualTo("Imprime"));
        Assert.That(await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.accuses WHERE courrier_id = $1", known.CourrierId), Is.EqualTo(1));
    }

    [Test]
    public async Task Undelivered_WithACorrectedAddress_LeavesAgain()
    {
        await using var sink = SmtpSink.Start();
        await using var courrier = await StartAsync(sink);
        var boite = new BoiteDepot(courrier);
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");
        var letter = await courrier.RegisteredAsync(Demandes.Lettre() with { Courriel = "faute@exemple.example" });
        await BecomesAsync(courrier, letter.CourrierId, "Envoye");
        await boite.DroppedAndDoneAsync(Courriels.Bounce(sink.Received[0].Message.MessageId!));
        await BecomesAsync(courrier, letter.CourrierId, "NonRemis");
        var id = await courrier.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.accuses WHERE courrier_id = $1", letter.CourrierId);

        using var again = await agent.PostAsync($"/accuses/{id}", new() { ["Adresse"] = "juste@exemple.example" }, "?handler=Renvoyer");

        await BecomesAsync(courrier, letter.CourrierId, "Envoye");
        Assert.That(sink.Received.Select(r => r.Recipients.Single()), Is.EqualTo(new[] { "faute@exemple.example", "juste@exemple.example" }));
    }

    [Test]
    public async Task NotSent_ToARobot_SaysWhyOnTheCourrier_AndAnAgentMaySendItOnce()
    {
        await using var courrier = await RunningCourrier.StartAsync(BoiteDepot.Settings);
        var boite = new BoiteDepot(courrier);
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");
        using var stranger = await SignedInClient.CreateAsync(courrier, RoleAgent.Agent, "SGCD");
        await boite.DroppedAndDoneAsync(Courriels.Make("From: paul.petit@exemple.example", subject: "Réponse automatique : Mon dossier", id: "absence"));
        var courrierId = await boite.CourrierOfAsync("absence@exemple.example");
        var id = await courrier.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.accuses WHERE courrier_id = $1", courrierId);

        Assert.That(await ReadAsync(agent, $"/courriers/{courrierId}"), Does.Contain("non envoyé").And.Contain("Message automatique (son objet le dit)").And.Contain($"/accuses/{id}\">envoyer quand même"));
        Assert.That(await ReadAsync(agent, "/accuses?Voir=sans"), Does.Contain("Message automatique (son objet le dit)").And.Contain("Envoyer quand même"));
        Assert.That(await ReadAsync(agent, $"/accuses/{id}"), Does.Contain("value=\"paul.petit@exemple.example\"").And.Contain("Cet accusé n’a pas été envoyé"));
        using var refused = await stranger.GetAsync($"/accuses/{id}");
        Assert.That(refused.StatusCode, Is.Not.EqualTo(HttpStatusCode.OK));
        var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => agent.PostAsync(
            $"/accuses/{id}", new() { ["Adresse"] = "paul.petit@exemple.example", ["Motif"] = "M. Petit a téléphoné" }, "?handler=Renvoyer")));

        Assert.That(replies.Count(r => r.Headers.Location!.OriginalString == "/accuses?Voir=refuses"), Is.EqualTo(1));
        Assert.That((await boite.AccuseOfAsync(courrierId)).To.ToString(), Is.EqualTo("paul.petit@exemple.example"));
        Assert.That(await boite.CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE courrier_id = $1", courrierId), Is.EqualTo(1));
        Assert.That(
            await courrier.Database.ScalarAsync<string>("SELECT motif FROM ingestion.lecture_journal WHERE action = 'ResendAccuse' AND courrier_id = $1", courrierId),
            Is.EqualTo("M. Petit a téléphoné"));
        Assert.That(await ReadAsync(agent, $"/accuses/{id}"), Does.Contain("Rien n’est à décider"));
    }

    [Test]
    public async Task KeptBackByACap_AreCountedAtHome_AndLeaveTogetherWhenAPersonLetsThem()
    {
        await using var courrier = await RunningCourrier.StartAsync(new Dictionary<string, string?>(BoiteDepot.Settings) { ["Releve:AccusesParHeureEnTout"] = "1" });
        var boite = new BoiteDepot(courrier);
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");
        Assert.That(await ReadAsync(agent, "/"), Does.Not.Contain("retenu"), "a counter that never moves is not read");
        Assert.That(await ReadAsync(agent, "/accuses?Voir=retenus"), Does.Contain("Aucun accusé retenu"));
        foreach (var n in Enumerable.Range(0, 6))
        {
            await boite.DroppedAndDoneAsync(Courriels.Make($"From: personne{n}@exemple.example", id: $"plafond{n}", text: $"Message {n}"));
        }

        await courrier.UntilAppliedAsync();
        var answered = await boite.CourrierOfAsync("plafond4@exemple.example");
        await courrier.Database.ScalarAsync<object>("UPDATE portail.dossiers SET etat = 'Repondu', repondu_le = current_date, clos_le = current_date WHERE courrier_id = $1", answered);

        using var annul = await agent.PostAsync($"/courriers/{await boite.CourrierOfAsync("plafond5@exemple.example")}/annuler", new() { ["Motif"] = "Doublon" });
        await courrier.UntilAppliedAsync();

        Assert.That(await ReadAsync(agent, "/"), Does.Match("3\\s*(<[^>]*>\\s*)*Accusés retenus par un plafond").And.Contain("/accuses?Voir=retenus"));
        Assert.That(
            await ReadAsync(agent, "/accuses?Voir=retenus"),
            Does.Contain("Plafond atteint : déjà 1 accusé envoyé en tout depuis une heure").And.Contain("Envoyer ces 3 accusés").And.Contain("Retenus par un plafond (3)"));
        using var sent = await agent.PostAsync("/accuses?Voir=retenus", [], "&handler=Envoyer");
        Assert.That(sent.Headers.Location!.OriginalString, Is.EqualTo("/accuses?Voir=retenus"));

        foreach (var n in Enumerable.Range(0, 4))
        {
            var accuse = await boite.AccuseOfAsync(await boite.CourrierOfAsync($"plafond{n}@exemple.example"));
            Assert.That(accuse.To.ToString(), Is.EqualTo($"personne{n}@exemple.example"));
        }

        Assert.That(await ReadAsync(agent, "/accuses?Voir=retenus"), Does.Contain("3 accusés partent par courriel.").And.Contain("Aucun accusé retenu"));
        Assert.That(await boite.CountAsync("SELECT count(*) FROM messagerie.courriels_sortants"), Is.EqualTo(4), "each once; what is answered or annulled needs none");
    }

    private static CorrectCourrier.Demande Corrected(Guid courrierId)
    {
        var letter = Demandes.Lettre();
        return new CorrectCourrier.Demande
        {
            Acteur = "test",
            CourrierId = courrierId,
            Vu = 1,
            Motif = "A déménagé",
            Canal = letter.Canal,
            RecuLe = letter.RecuLe,
            DateCourrier = letter.DateCourrier,
            Objet = "Déménagé",
            Nom = letter.Nom,
            Categorie = letter.Categorie,
            Adresse = "8 rue Neuve\n37000 TOURS",
        };
    }

    private static async Task<RunningCourrier> StartAsync(SmtpSink sink)
    {
        var settings = new Dictionary<string, string?>(BoiteDepot.Settings);
        foreach (var (key, value) in sink.Settings())
        {
            settings[key] = value;
        }

        return await RunningCourrier.StartAsync(settings);
    }

    private static async Task<(Guid Id, Guid CourrierId)> FailedAsync(
        RunningCourrier courrier, SmtpSink sink, SmtpFault fault, string state, string? adresse = "3 rue des Lilas\n37000 TOURS")
    {
        sink.FailNext(fault);
        var letter = await courrier.RegisteredAsync(Demandes.Lettre() with { Courriel = $"{Guid.NewGuid():N}@exemple.example", Adresse = adresse });
        await BecomesAsync(courrier, letter.CourrierId, state);
        return (await courrier.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.accuses WHERE courrier_id = $1", letter.CourrierId), letter.CourrierId);
    }

    private static Task BecomesAsync(RunningCourrier courrier, Guid courrierId, string state) => EventuallyAsync(
        $"The acknowledgement never became {state}", async () => await StateAsync(courrier, courrierId) == state);

    /// <summary>A letter whose sender has a postal address only, once the day by which we answer is known.</summary>
    private static async Task<Ingestion.Courriers.Register.RegisterCourrier.Outcome.Registered> LetterAsync(RunningCourrier courrier, string objet)
    {
        var letter = await courrier.RegisteredAsync(Demandes.Lettre() with { Courriel = null, Objet = objet });
        await DueAsync(courrier, letter.CourrierId);
        return letter;
    }

    private static Task DueAsync(RunningCourrier courrier, Guid courrierId) => EventuallyAsync(
        "The due date never came",
        async () => await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM echeances.lecture_echeances WHERE courrier_id = $1 AND kind = 'Reponse'", courrierId) == 1);

    private static Task<string?> StateAsync(RunningCourrier courrier, Guid courrierId) =>
        courrier.Database.ScalarAsync<string>("SELECT etat FROM ingestion.accuses WHERE courrier_id = $1", courrierId);

    private static Task<long> MarksAsync(RunningCourrier courrier) =>
        courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.lecture_journal WHERE action = 'MarkPrinted'");

    /// <summary>What is printed of a lot.</summary>
    private static async Task<string> TextAsync(SignedInClient client, string lot)
    {
        using var response = await client.GetAsync(lot.Replace("/accuses/", "/fichiers/", StringComparison.Ordinal));
        using var pdf = PdfDocument.Open(await response.Content.ReadAsByteArrayAsync());
        return string.Join('\n', pdf.GetPages().Select(p => p.Text));
    }

    private static async Task<string> ReadAsync(SignedInClient client, string url) => WebUtility.HtmlDecode(await client.ReadAsync(url));
}
