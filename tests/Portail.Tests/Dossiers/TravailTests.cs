using System.Net;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Portail.Tests.Dossiers;

/// <summary>The work on one courrier, by its pages.</summary>
[Category("Messages")]
public sealed class TravailTests
{
    private RunningCourrier _courrier = null!;
    private SignedInClient _superviseur = null!;
    private SignedInClient _agent = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync(configure: Facts.Listen);
        _superviseur = await SignedInClient.CreateAsync(_courrier, RoleAgent.Superviseur, "SG", "Marie Castel");
        _agent = await SignedInClient.CreateAsync(_courrier, RoleAgent.Agent, "DCL-ETR", "Nadia Belkacem");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _superviseur.Dispose();
        _agent.Dispose();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task Register_ItsFactStillOnItsWay_ShowsTheCourrierTheSameDay()
    {
        var arrivee = await new Arrivee { Objet = "Lettre à peine enregistrée", HoldFact = true }.RegisterAsync(_courrier);

        var registre = await _superviseur.ReadAsync("/registre");

        Assert.That(registre, Does.Contain(arrivee.NumeroChrono).And.Contain("Lettre à peine enregistrée"));
    }

    [Test]
    public async Task Assign_ToAServiceAndItsAgent_PutsItInTheirBasketAndPublishesTheFact()
    {
        var arrivee = await new Arrivee { Objet = "Demande de titre de séjour" }.RegisterAsync(_courrier);

        using var response = await _superviseur.PostAsync(
            $"/courriers/{arrivee.Id}/affecter", new() { ["Service"] = "DCL-ETR", ["AgentId"] = _agent.CompteId.ToString() });

        Assert.Multiple(async () =>
        {
            Assert.That(response.Headers.Location?.ToString(), Is.EqualTo($"/courriers/{arrivee.Id}"));
            Assert.That(await _agent.ReadAsync("/corbeille?Agent=moi"), Does.Contain(arrivee.NumeroChrono));
            Assert.That(await EtatAsync(arrivee.Id), Is.EqualTo("EnInstruction"));
            Assert.That((await Facts.UntilAsync(_courrier, arrivee.Id, 1)).Single(), Is.TypeOf<CourrierAssigned>().With.Property("ServiceInstructeurCode").EqualTo("DCL-ETR"));
            Assert.That(
                await _courrier.Database.ScalarAsync<string>("SELECT acteur FROM portail.journal WHERE courrier_id = $1 AND action = 'AssignCourrier'", arrivee.Id),
                Is.EqualTo(_superviseur.CompteId.ToString()));
        });
    }

    [Test]
    public async Task Assign_ByTwoAtOnce_TellsOneThatSomebodyWasFaster()
    {
        var arrivee = await new Arrivee().RegisterAsync(_courrier);
        var url = $"/courriers/{arrivee.Id}/affecter";
        var shown = SignedInClient.FieldsOf(await _superviseur.ReadAsync(url));

        var answers = await Task.WhenAll(new[] { "DCL-ETR", "DDT" }.Select(service =>
            _superviseur.SendAsync(url, new(shown) { ["Service"] = service })));

        var refused = answers.Single(a => a.StatusCode == HttpStatusCode.OK);
        Assert.Multiple(async () =>
        {
            Assert.That(answers.Count(a => a.StatusCode == HttpStatusCode.Redirect), Is.EqualTo(1));
            Assert.That(await refused.Content.ReadAsStringAsync(), Does.Contain("Quelqu’un vient de modifier ce courrier"));
            Assert.That(await Facts.UntilAsync(_courrier, arrivee.Id, 1), Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task Reassign_WithoutAReason_IsRefusedBesideTheField()
    {
        var arrivee = await new Arrivee().RegisterAsync(_courrier);
        using var first = await _superviseur.PostAsync($"/courriers/{arrivee.Id}/affecter", new() { ["Service"] = "DDT" });

        using var refused = await _superviseur.PostAsync($"/courriers/{arrivee.Id}/affecter", new() { ["Service"] = "DCL-ETR" });
        using var accepted = await _superviseur.PostAsync($"/courriers/{arrivee.Id}/affecter", new() { ["Service"] = "DCL-ETR", ["Motif"] = "Relève du séjour" });

        Assert.Multiple(async () =>
        {
            Assert.That(await refused.Content.ReadAsStringAsync(), Does.Contain("href=\"#Motif\"").And.Contain("Dites pourquoi le courrier change de service"));
            Assert.That(accepted.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
            Assert.That(
                await _courrier.Database.ScalarAsync<string>("SELECT motif FROM portail.journal WHERE courrier_id = $1 ORDER BY id DESC LIMIT 1", arrivee.Id),
                Is.EqualTo("Relève du séjour"));
        });
    }

    [Test]
    public async Task Assign_ToAnAgentOfAnotherService_IsRefused()
    {
        var arrivee = await new Arrivee().RegisterAsync(_courrier);

        using var response = await _superviseur.PostAsync(
            $"/courriers/{arrivee.Id}/affecter", new() { ["Service"] = "DDT", ["AgentId"] = _agent.CompteId.ToString() });

        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("Cet agent ne fait pas partie du service choisi"));
    }

    [Test]
    public async Task Qualify_ThenCorrectedAtTheSource_KeepsWhatTheAgentSaid()
    {
        var arrivee = await new Arrivee { Nature = NatureCourrier.Demande }.RegisterAsync(_courrier);
        using var response = await _superviseur.PostAsync($"/courriers/{arrivee.Id}/qualifier", new() { ["Nature"] = "Reclamation" });

        await _courrier.Database.ScalarAsync<int>("UPDATE ingestion.courriers SET nature = 'Suggestion', objet = 'Objet corrigé', version = version + 1 WHERE id = $1", arrivee.Id);
        await Facts.PublishAsync(_courrier, new CourrierCorrected { Source = "ingestion", CourrierId = arrivee.Id, Version = 2, Etat = arrivee.ToEtat() });

        await EventuallyAsync("the corrected subject never came", async () =>
            await _courrier.Database.ScalarAsync<string>("SELECT objet FROM portail.dossiers WHERE courrier_id = $1", arrivee.Id) == "Objet corrigé");
        Assert.That(
            await _courrier.Database.ScalarAsync<string>("SELECT nature FROM portail.dossiers WHERE courrier_id = $1", arrivee.Id), Is.EqualTo("Reclamation"));
    }

    [Test]
    public async Task Answer_ByTelephoneOnTheMerits_ClosesTheWork()
    {
        var arrivee = await new Arrivee { ServiceCode = "DCL-ETR" }.RegisterAsync(_courrier);

        using var response = await _agent.PostAsync($"/courriers/{arrivee.Id}/repondre", new()
        {
            ["Fond"] = "SurLeFond",
            ["Mode"] = "Telephone",
            ["Personne"] = "Mme Amélie Dürand",
            ["Texte"] = "Rendez-vous fixé au 12.",
        });

        Assert.Multiple(async () =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
            Assert.That(await EtatAsync(arrivee.Id), Is.EqualTo("Repondu"));
            Assert.That((await Facts.UntilAsync(_courrier, arrivee.Id, 1)).Single(), Is.TypeOf<CourrierAnswered>().With.Property("IsSurLeFond").True);
        });
    }

    [Test]
    public async Task Answer_Holding_LeavesItOpen()
    {
        var arrivee = await new Arrivee { ServiceCode = "DCL-ETR" }.RegisterAsync(_courrier);

        using var response = await _agent.PostAsync($"/courriers/{arrivee.Id}/repondre", new()
        {
            ["Fond"] = "Attente",
            ["Mode"] = "Lettre",
            ["Texte"] = "Votre demande est étudiée.",
        });

        Assert.Multiple(async () =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
            Assert.That(await EtatAsync(arrivee.Id), Is.EqualTo("EnInstruction"));
            Assert.That(
                await _courrier.Database.ScalarAsync<bool>("SELECT repondu_le IS NULL FROM portail.dossiers WHERE courrier_id = $1", arrivee.Id), Is.True);
        });
    }

    [Test]
    public async Task Answer_SentTwice_IsRecordedAndMailedOnce()
    {
        var arrivee = await new Arrivee { ServiceCode = "DCL-ETR", Canal = Canal.Courriel, Courriel = "usager@exemple.invalid" }.RegisterAsync(_courrier);
        var url = $"/courriers/{arrivee.Id}/repondre";
        var form = new Dictionary<string, string?>(SignedInClient.FieldsOf(await _agent.ReadAsync(url)))
        {
            ["Fond"] = "SurLeFond",
            ["Mode"] = "Courriel",
            ["Destinataire"] = "usager@exemple.invalid",
            ["Objet"] = "Votre demande",
            ["Texte"] = "Bonjour, voici la réponse.",
        };

        using var first = await _agent.SendAsync(url, form);
        using var second = await _agent.SendAsync(url, form);

        Assert.Multiple(async () =>
        {
            Assert.That(first.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
            Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
            Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM portail.reponses WHERE courrier_id = $1", arrivee.Id), Is.EqualTo(1));
            Assert.That(
                await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.courriels_sortants WHERE courrier_id = $1 AND kind = 'reponse'", arrivee.Id),
                Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Answer_ByTwoAtOnce_KeepsOneAndTellsTheOtherWithoutLosingItsText()
    {
        var arrivee = await new Arrivee { ServiceCode = "DCL-ETR" }.RegisterAsync(_courrier);
        var url = $"/courriers/{arrivee.Id}/repondre";
        var forms = new List<(SignedInClient Who, Dictionary<string, string?> Fields)>();
        foreach (var who in (SignedInClient[])[_superviseur, _agent])
        {
            forms.Add((who, new(SignedInClient.FieldsOf(await who.ReadAsync(url)))
            {
                ["Fond"] = "SurLeFond",
                ["Mode"] = "Telephone",
                ["Personne"] = "La présidente",
                ["Texte"] = $"Réponse de {who.CompteId}",
            }));
        }

        var answers = await Task.WhenAll(forms.Select(f => f.Who.SendAsync(url, f.Fields)));

        var loser = Array.FindIndex(answers, a => a.StatusCode == HttpStatusCode.OK);
        Assert.That(answers.Select(a => a.StatusCode), Is.EquivalentTo(new[] { HttpStatusCode.OK, HttpStatusCode.Redirect }));
        Assert.That(
            await answers[loser].Content.ReadAsStringAsync(),
            Does.Match("Ce courrier est clos|Quelqu’un vient de modifier ce courrier").And.Contain(forms[loser].Fields["Texte"]));
        Assert.That(
            await _courrier.Database.RowsAsync("SELECT texte FROM portail.reponses WHERE courrier_id = $1", arrivee.Id),
            Is.EqualTo(new[] { forms[1 - loser].Fields["Texte"] }));
        Assert.That(await Facts.UntilAsync(_courrier, arrivee.Id, 1), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Answer_ByEmail_LeavesWithItsTextAndIsShownAsGone()
    {
        var arrivee = await new Arrivee { ServiceCode = "DCL-ETR", Canal = Canal.Courriel, Courriel = "usager@exemple.invalid" }.RegisterAsync(_courrier);

        using var response = await _agent.PostAsync($"/courriers/{arrivee.Id}/repondre", new()
        {
            ["Fond"] = "SurLeFond",
            ["Mode"] = "Courriel",
            ["Texte"] = "Votre récépissé est prêt.",
        });

        await EventuallyAsync("the answer never left", async () =>
            await _courrier.Database.ScalarAsync<string>("SELECT etat_envoi FROM portail.reponses WHERE courrier_id = $1", arrivee.Id) == "Accepte");
        var sent = Directory.EnumerateFiles(_courrier.Folder, "*.eml", SearchOption.AllDirectories)
            .Select(f => MimeKit.MimeMessage.Load(f))
            .Single(m => m.Subject?.Contains(arrivee.NumeroChrono, StringComparison.Ordinal) == true && m.To.ToString() == "usager@exemple.invalid");
        Assert.Multiple(() =>
        {
            Assert.That(sent.TextBody, Does.Contain("Votre récépissé est prêt.").And.Contain("Nadia Belkacem").And.Contain(arrivee.NumeroChrono));
            Assert.That(sent.Headers.Contains("Auto-Submitted"), Is.False, "a person wrote it");
        });
    }

    [Test]
    public async Task Answer_WithItsLetter_GivesItBackToThoseWhoMaySeeTheCourrier()
    {
        var arrivee = await new Arrivee { ServiceCode = "DCL-ETR" }.RegisterAsync(_courrier);
        var pdf = "%PDF-1.7\n1 0 obj"u8.ToArray();

        using var response = await _agent.UploadAsync(
            $"/courriers/{arrivee.Id}/repondre", new() { ["Fond"] = "SurLeFond", ["Mode"] = "Lettre" }, "Document", "réponse à l’usager.pdf", pdf);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await response.Content.ReadAsStringAsync());
        var id = await _courrier.Database.ScalarAsync<Guid>("SELECT id FROM portail.reponses WHERE courrier_id = $1", arrivee.Id);
        using var file = await _agent.GetAsync($"/courriers/{arrivee.Id}/reponses/{id}");
        using var stranger = await SignedInClient.CreateAsync(_courrier, RoleAgent.Agent, "DDT");
        using var refused = await stranger.GetAsync($"/courriers/{arrivee.Id}/reponses/{id}");
        Assert.Multiple(async () =>
        {
            Assert.That(await file.Content.ReadAsByteArrayAsync(), Is.EqualTo(pdf));
            Assert.That(file.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/pdf"));
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        });
    }

    [TestCase("", "Ce fichier est vide", TestName = "empty file")]
    [TestCase("MZ\u0090\0", "Ce fichier n’est ni un PDF ni une image", TestName = "a program named .pdf")]
    public async Task Answer_WithAFileThatIsNoLetter_IsRefusedBesideIt(string content, string phrase)
    {
        var arrivee = await new Arrivee { ServiceCode = "DCL-ETR" }.RegisterAsync(_courrier);

        using var response = await _agent.UploadAsync(
            $"/courriers/{arrivee.Id}/repondre", new() { ["Fond"] = "SurLeFond", ["Mode"] = "Lettre" }, "Document", "lettre.pdf", System.Text.Encoding.Latin1.GetBytes(content));

        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain(phrase).And.Contain("href=\"#Document\""));
    }

    [Test]
    public async Task Close_ThenReopen_GoesBackToWorkWithItsReason()
    {
        var arrivee = await new Arrivee { ServiceCode = "DCL-ETR" }.RegisterAsync(_courrier);

        using var closed = await _agent.PostAsync($"/courriers/{arrivee.Id}/classer", new() { ["Motif"] = "Doublon", ["Precision"] = "Voir le précédent" });
        var etatClos = await EtatAsync(arrivee.Id);
        using var reopened = await _agent.PostAsync($"/courriers/{arrivee.Id}/rouvrir", new() { ["Motif"] = "Ce n’était pas un doublon" });

        Assert.Multiple(async () =>
        {
            Assert.That(etatClos, Is.EqualTo("ClasseSansSuite"));
            Assert.That(await EtatAsync(arrivee.Id), Is.EqualTo("Affecte"));
            Assert.That((await Facts.UntilAsync(_courrier, arrivee.Id, 2)).Select(f => f.GetType()), Is.EqualTo(new[] { typeof(CourrierClosed), typeof(CourrierReopened) }));
        });
    }

    [TestCase("a\0b", "caractère invisible", TestName = "null byte")]
    [TestCase("x600", "500 au plus", TestName = "600 characters")]
    [TestCase(" ", "Ce champ est à remplir", TestName = "nothing but a space")]
    public async Task Reopen_ForAReasonThatCannotBeKept_IsRefusedBesideTheField(string motif, string phrase)
    {
        var arrivee = await new Arrivee { ServiceCode = "DCL-ETR" }.RegisterAsync(_courrier);
        using var closed = await _agent.PostAsync($"/courriers/{arrivee.Id}/classer", new() { ["Motif"] = "Doublon" });

        using var response = await _agent.PostAsync(
            $"/courriers/{arrivee.Id}/rouvrir", new() { ["Motif"] = motif == "x600" ? new string('é', 600) : motif });

        Assert.Multiple(async () =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain(phrase).And.Contain("href=\"#Motif\""));
            Assert.That(await EtatAsync(arrivee.Id), Is.EqualTo("ClasseSansSuite"));
        });
    }

    [TestCase("🙂 c’est l’œuvre de l’été", TestName = "emoji, apostrophe, accents")]
    [TestCase("طلب من محمد", TestName = "right to left")]
    public async Task Reopen_ForAnUnusualReason_KeepsItAsItWasTyped(string motif)
    {
        var arrivee = await new Arrivee { ServiceCode = "DCL-ETR" }.RegisterAsync(_courrier);
        using var closed = await _agent.PostAsync($"/courriers/{arrivee.Id}/classer", new() { ["Motif"] = "Doublon" });

        using var response = await _agent.PostAsync($"/courriers/{arrivee.Id}/rouvrir", new() { ["Motif"] = motif });

        Assert.That(
            await _courrier.Database.ScalarAsync<string>("SELECT motif FROM portail.journal WHERE courrier_id = $1 AND action = 'ReopenCourrier'", arrivee.Id),
            Is.EqualTo(motif));
    }

    [TestCase("2020-01-01", TestName = "before the reception")]
    [TestCase("2999-01-01", TestName = "in the future")]
    public async Task Answer_OnAnImpossibleDay_IsRefusedBesideTheDate(string jour)
    {
        var arrivee = await new Arrivee { ServiceCode = "DCL-ETR" }.RegisterAsync(_courrier);

        using var response = await _agent.PostAsync($"/courriers/{arrivee.Id}/repondre", new()
        {
            ["Fond"] = "SurLeFond",
            ["Mode"] = "Lettre",
            ["ReponduLe"] = jour,
            ["Texte"] = "Réponse",
        });

        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("href=\"#ReponduLe\"").And.Contain("Le jour de la réponse doit être compris"));
    }

    private Task<string?> EtatAsync(Guid id) => _courrier.Database.ScalarAsync<string>("SELECT etat FROM portail.dossiers WHERE courrier_id = $1", id);
}
