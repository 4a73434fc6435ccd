using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Ingestion.Tests.Courriers.Register;

public sealed class EnregistrerPageTests
{
    private static readonly byte[] s_pdf = Encoding.ASCII.GetBytes("%PDF-1.7\nune lettre");
    private RunningCourrier _courrier = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _courrier = await RunningCourrier.StartAsync(configure: Guichet.Open);

    [OneTimeTearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [Test]
    public async Task Post_ALetter_ShowsItsNumberItsAccuseItsDueDateAndWhatComesNext()
    {
        using var guichet = new Guichet(_courrier);

        var reply = await guichet.SendAsync("/enregistrer", Letter(), ("lettre signée.pdf", s_pdf));

        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.Redirect), reply.Html);
        var page = await guichet.ReadAsync(reply.Location!);
        Assert.That(page, Does.Match("ARR-[0-9]{4}-[0-9]{5}").And.Contain("L’accusé d’enregistrement part").And.Contain("lettre signée.pdf").And.Contain("Enregistrer le suivant"));
        await Eventually.EventuallyAsync(
            "the due date never came on the page",
            async () => (await guichet.ReadAsync($"{reply.Location}?handler=Echeance")).Contains("au plus tard le", StringComparison.Ordinal));
        Assert.That(await guichet.ReadAsync(reply.Location!), Does.Contain("Pourquoi cette date ?"));
    }

    [Test]
    public async Task Get_TheForm_ProposesTodayAndALetter()
    {
        using var guichet = new Guichet(_courrier);

        var fields = Guichet.FieldsOf(await (await guichet.GetAsync("/enregistrer")).Content.ReadAsStringAsync());

        Assert.That(fields["Canal"], Is.EqualTo("Lettre"));
        Assert.That(fields["RecuLe"], Does.Match("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"));
        Assert.That(Guid.Parse(fields["Cle"]), Is.Not.EqualTo(Guid.Empty));
    }

    [TestCase("Objet", "", "Objet", "Indiquez l’objet")]
    [TestCase("Objet", "600", "Objet", "600 caractères : 500 au plus", TestName = "A subject of 600 characters")]
    [TestCase("Objet", "a\0b", "Objet", "caractère invisible", TestName = "A null byte")]
    [TestCase("RecuLe", "2999-01-01", "RecuLe", "futur")]
    [TestCase("RecuLe", "1899-12-31", "RecuLe", "1900")]
    [TestCase("RecuLe", "31/02/2026x", "RecuLe", "n’est pas une valeur possible")]
    [TestCase("RecuLe", "", "RecuLe", "Indiquez le jour")]
    [TestCase("DateCourrier", "2026-11-03", "DateCourrier", "après le jour d’arrivée")]
    [TestCase("CachetLe", "2026-11-03", "CachetLe", "après le jour d’arrivée")]
    [TestCase("ServiceCode", "INCONNU", "ServiceCode", "Ce service n’existe pas")]
    [TestCase("TypeCode", "inconnu", "TypeCode", "Ce type n’existe pas")]
    [TestCase("Nom", "", "Nom", "Indiquez le nom")]
    [TestCase("Courriel", "claire@", "Courriel", "adresse électronique")]
    [TestCase("Canal", "Courriel", "Canal", "par lettre")]
    [TestCase("Categorie", "Extraterrestre", "Categorie", "n’est pas une valeur possible")]
    [TestCase("IsAnonyme", "true", "IsAnonyme", "anonyme n’a ni nom")]
    public async Task Post_WhatCannotBe_SaysSoBesideItsFieldAndKeepsWhatWasTyped(string field, string typed, string beside, string sentence)
    {
        using var guichet = new Guichet(_courrier);
        var letter = Letter();
        letter["Remarques"] = "À garder <b>tel quel</b> & l’apostrophe";
        letter[field] = typed == "600" ? new string('x', 600) : typed;

        var reply = await guichet.SendAsync("/enregistrer", letter);

        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(string.Join(' ', reply.ErrorsOf(beside)), Does.Contain(sentence), reply.Html);
        var shown = Guichet.FieldsOf(reply.Html);
        Assert.That(shown["Remarques"], Is.EqualTo(letter["Remarques"]));
        Assert.That(shown["Adresse"].ReplaceLineEndings("\n"), Is.EqualTo(letter["Adresse"]));
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.courriers WHERE enregistre_par = $1", guichet.Id.ToString()), Is.Zero);
    }

    [Test]
    public async Task Post_WithoutADay_NamesTheFieldInTheSummaryOfErrors()
    {
        using var guichet = new Guichet(_courrier);
        var letter = Letter();
        letter["RecuLe"] = "";
        letter["Objet"] = "";

        var reply = await guichet.SendAsync("/enregistrer", letter);

        var html = WebUtility.HtmlDecode(reply.Html);
        Assert.That(html, Does.Contain("<a href=\"#RecuLe\">Reçu le : indiquez le jour"));
        Assert.That(html, Does.Contain("<a href=\"#Objet\">Indiquez l’objet"), "what already names it is left");
    }

    [Test]
    public async Task Post_ARenamedProgram_IsRefusedAndTheGoodScanBesideItIsKept()
    {
        using var guichet = new Guichet(_courrier);

        var refused = await guichet.SendAsync("/enregistrer", Letter(), ("lettre.pdf", Encoding.Latin1.GetBytes("MZ\u0090\0 This program")), ("bonne.pdf", s_pdf));

        Assert.That(string.Join(' ', refused.ErrorsOf("Scans")), Does.Contain("« lettre.pdf »").And.Contain("programme"));
        Assert.That(WebUtility.HtmlDecode(refused.Html), Does.Contain("bonne.pdf").And.Contain("déjà reçu"));

        var accepted = await guichet.SendShownAsync("/enregistrer", Guichet.FieldsOf(refused.Html), []);
        Assert.That(accepted.Status, Is.EqualTo(HttpStatusCode.Redirect), accepted.Html);
        Assert.That(
            await _courrier.Database.ScalarAsync<string>("SELECT string_agg(nom, '|') FROM ingestion.lecture_pieces WHERE courrier_id = $1", accepted.CourrierId),
            Is.EqualTo("bonne.pdf"));
    }

    [Test]
    public async Task Post_AnEmptyScanOrAWordFile_IsRefusedWithASentence()
    {
        using var guichet = new Guichet(_courrier);

        var reply = await guichet.SendAsync("/enregistrer", Letter(), ("vide.pdf", []), ("lettre.docx", "PK\u0003\u0004"u8.ToArray()));

        Assert.That(reply.ErrorsOf("Scans"), Has.Count.EqualTo(2));
        Assert.That(reply.ErrorsOf("Scans")[0], Does.Contain("0 octet"));
        Assert.That(reply.ErrorsOf("Scans")[1], Does.Contain("ni un PDF"));
    }

    [Test]
    public async Task Post_AScanOf200Megabytes_IsRefusedBesideItsFieldAndKeepsWhatWasTyped()
    {
        using var guichet = new Guichet(_courrier);
        var scan = new byte[200 * 1024 * 1024];
        s_pdf.CopyTo(scan, 0);

        var reply = await guichet.SendAsync("/enregistrer", Letter(), ("énorme.pdf", scan));

        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(reply.ErrorsOf("Scans").Single(), Is.EqualTo("« énorme.pdf » fait 200 Mo : 50 Mo au plus"));
        Assert.That(Guichet.FieldsOf(reply.Html)["Objet"], Is.EqualTo("Demande de subvention"));
    }

    [Test]
    public async Task Post_AScanNobodyHasSigned_IsRefused()
    {
        using var guichet = new Guichet(_courrier);
        var letter = Letter();
        letter["Gardes"] = "CfDJ8forged";

        var reply = await guichet.SendAsync("/enregistrer", letter);

        Assert.That(reply.ErrorsOf("Scans").Single(), Does.Contain("joignez-le de nouveau"));
    }

    [Test]
    public async Task Post_TheSameFormTwice_ShowsTheSameCourrier()
    {
        using var guichet = new Guichet(_courrier);
        var shown = Guichet.FieldsOf(await (await guichet.GetAsync("/enregistrer")).Content.ReadAsStringAsync());

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => guichet.SendShownAsync("/enregistrer", shown, Letter(), ("lettre.pdf", s_pdf))));

        Assert.That(replies.Select(r => r.Location).Distinct().Count(), Is.EqualTo(1));
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.courriers WHERE enregistre_par = $1", guichet.Id.ToString()), Is.EqualTo(1));
        Assert.That(await guichet.ReadAsync(replies[0].Location!), Does.Contain("déjà été envoyé"));
    }

    [TestCase("محمد عبد الله 🕊️")]
    [TestCase("D’Artagnan L'Haÿ \"x\" <script>alert(1)</script>")]
    [TestCase("Ame\u0301lie Œuvré")]
    public async Task Post_ANameOfAnyScript_IsShownAsItIs(string nom)
    {
        using var guichet = new Guichet(_courrier);
        var letter = Letter();
        letter["Nom"] = nom;

        var reply = await guichet.SendAsync("/enregistrer", letter);
        using var response = await guichet.GetAsync(reply.Location!);
        var html = await response.Content.ReadAsStringAsync();

        Assert.That(WebUtility.HtmlDecode(html), Does.Contain(nom.Normalize()));
        Assert.That(html, Does.Not.Contain("<script>alert"));
    }

    [Test]
    public async Task Post_AnonymousWithACheque_IsRegisteredWithoutAccuse()
    {
        using var guichet = new Guichet(_courrier);
        var letter = Letter();
        foreach (var field in new[] { "Nom", "Courriel", "Adresse" })
        {
            letter[field] = "";
        }

        letter["IsAnonyme"] = "true";
        letter["Cheques"] = "2";
        letter["ChequesPrecision"] = "30 € et 45 €";
        letter["OriginauxPrecision"] = "livret de famille";

        var reply = await guichet.SendAsync("/enregistrer", letter);

        Assert.That(await guichet.ReadAsync(reply.Location!), Does.Contain("Pas d’accusé d’enregistrement : L’expéditeur est anonyme"));
        Assert.That(
            await _courrier.Database.ScalarAsync<string>(
                "SELECT string_agg(nature || ' ' || nombre || ' ' || description, ', ' ORDER BY nature) FROM ingestion.lecture_pieces_annoncees WHERE courrier_id = $1", reply.CourrierId),
            Is.EqualTo("Cheque 2 30 € et 45 €, DocumentOriginal 1 livret de famille"));
    }

    [Test]
    public async Task Post_AnotherMatterOfTheSameEnvelope_SharesSenderDatesAndScan()
    {
        using var guichet = new Guichet(_courrier);
        var first = await guichet.SendAsync("/enregistrer", Letter(), ("pli.pdf", s_pdf));

        var second = await guichet.SendAsync($"/enregistrer?pli={first.CourrierId}", new() { ["Objet"] = "Seconde affaire du pli" });

        Assert.That(second.Status, Is.EqualTo(HttpStatusCode.Redirect), second.Html);
        Assert.That(second.CourrierId, Is.Not.EqualTo(first.CourrierId));
        Assert.That(
            await CountAsync(
                """
                SELECT count(*) FROM ingestion.courriers a JOIN ingestion.courriers b ON b.enveloppe_id = a.enveloppe_id AND b.id <> a.id
                JOIN ingestion.pieces p ON p.courrier_id = a.id JOIN ingestion.pieces q ON q.courrier_id = b.id AND q.sha256 = p.sha256
                WHERE a.id = $1 AND b.id = $2 AND a.expediteur_nom = b.expediteur_nom AND a.recu_le = b.recu_le
                """,
                first.CourrierId, second.CourrierId),
            Is.EqualTo(1));
    }

    [Test]
    public async Task Search_ASenderKnown_IsSuggestedAndChosenWithoutLosingTheForm()
    {
        using var guichet = new Guichet(_courrier);
        var letter = Letter();
        letter["Nom"] = $"Ségolène Râteau {Guid.NewGuid():N}";
        await guichet.SendAsync("/enregistrer", letter);
        var typed = Letter();
        typed["Nom"] = letter["Nom"][..20].ToUpperInvariant();
        typed["Objet"] = "Objet déjà tapé";

        Assert.That(await guichet.ReadAsync($"/expediteurs?q={Uri.EscapeDataString(typed["Nom"])}"), Does.Contain(letter["Nom"]));
        var searched = await guichet.SendAsync("/enregistrer?handler=Chercher", typed, ("lettre.pdf", s_pdf));
        var chosen = Regex.Match(searched.Html, "name=\"choisi\" value=\"([^\"]+)\"").Groups[1].Value;
        var filled = Guichet.FieldsOf((await guichet.SendShownAsync("/enregistrer?handler=Choisir", Guichet.FieldsOf(searched.Html), new() { ["choisi"] = chosen })).Html);

        Assert.That(filled["Nom"], Is.EqualTo(letter["Nom"]));
        Assert.That(filled["Courriel"], Is.EqualTo(letter["Courriel"]));
        Assert.That(filled["Objet"], Is.EqualTo("Objet déjà tapé"));
        Assert.That(filled, Does.ContainKey("Gardes"));
    }

    [Test]
    public async Task Pages_ForAnAgentOfAService_AreForbidden()
    {
        using var agent = new Guichet(_courrier, RoleAgent.Agent);

        foreach (var url in new[] { "/enregistrer", "/expediteurs?q=cl", $"/courriers/{Guid.NewGuid()}/corriger", $"/courriers/{Guid.NewGuid()}/annuler" })
        {
            using var response = await agent.GetAsync(url);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), url);
        }
    }

    [Test]
    public async Task Pages_ForNobody_AreRefused()
    {
        using var http = new HttpClient { BaseAddress = _courrier.BaseAddress };
        foreach (var url in new[] { "/enregistrer", "/expediteurs?q=cl", $"/fichiers/{Guid.NewGuid()}" })
        {
            using var response = await http.GetAsync(url);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), url);
        }
    }

    [TestCase("RecuLe=2026-05-06&Canal=Lettre&Nature=Demande", "À répondre avant le vendredi 22 mai 2026 (10 jours ouvrés).", TestName = "8 and 14 May are public holidays")]
    [TestCase("RecuLe=2026-05-06&Canal=Lettre", "À répondre avant le vendredi 22 mai 2026 (10 jours ouvrés).", TestName = "Not qualified yet: as a letter of the label")]
    [TestCase("RecuLe=2026-05-06&Canal=Lettre&Nature=Demande&Categorie=Elu", "À répondre avant le dimanche 5 juillet 2026 (60 jours).")]
    [TestCase("RecuLe=2026-05-06&Canal=Lettre&TypeCode=subvention-detr-dsil", "À répondre avant le dimanche 5 juillet 2026 (60 jours).")]
    [TestCase("RecuLe=2019-01-31&Canal=Lettre&Nature=Demande", "À répondre avant le jeudi 21 février 2019 (15 jours ouvrés).", TestName = "Before the label changed")]
    [TestCase("RecuLe=2026-05-06&Canal=Lettre&Nature=Demande&IsPourInformation=true", "Aucune réponse ne sera attendue.")]
    [TestCase("RecuLe=2026-05-0&Canal=Lettre", "")]
    [TestCase("RecuLe=1899-12-31&Canal=Lettre", "")]
    [TestCase("RecuLe=2999-01-01&Canal=Lettre", "")]
    [TestCase("Canal=Pigeon&RecuLe=2026-05-06", "")]
    [TestCase("", "")]
    public async Task Get_TheDueDate_IsAnnouncedBeforeAnythingIsSent(string query, string expected)
    {
        using var guichet = new Guichet(_courrier);

        Assert.That(await guichet.ReadAsync($"/enregistrer?handler=Delai&{query}"), Is.EqualTo(expected));
    }

    [Test]
    public async Task Get_TheDueDate_IsTheOneTheRegistrationThenHas()
    {
        using var guichet = new Guichet(_courrier);
        var letter = Letter();
        letter["Categorie"] = "Commune";

        var announced = await guichet.ReadAsync($"/enregistrer?handler=Delai&RecuLe={letter["RecuLe"]}&Canal=Lettre&Categorie=Commune");
        var reply = await guichet.SendAsync("/enregistrer", letter);

        await Eventually.EventuallyAsync(
            "the due date never came",
            async () => await CountAsync("SELECT count(*) FROM echeances.lecture_echeances WHERE courrier_id = $1 AND kind = 'Reponse'", reply.CourrierId) == 1);
        var due = await _courrier.Database.ScalarAsync<DateOnly>("SELECT due_on FROM echeances.lecture_echeances WHERE courrier_id = $1 AND kind = 'Reponse'", reply.CourrierId);
        Assert.That(announced, Does.Contain(Delais.DatesEnFrancais.DateComplete(due)));
    }

    [Test]
    public async Task Post_SeveralErrors_AreListedInTheOrderOfThePage()
    {
        using var guichet = new Guichet(_courrier);
        var letter = Letter();
        (letter["Telephone"], letter["Courriel"], letter["Nom"], letter["Objet"], letter["RecuLe"], letter["Canal"]) = (new string('0', 60), "x@", "", "", "2999-01-01", "Courriel");

        var reply = await guichet.SendAsync("/enregistrer", letter);
        letter["Canal"] = "Lettre";
        var second = await guichet.SendAsync("/enregistrer", letter);

        Assert.That(SummaryOf(reply.Html), Is.EqualTo(new[] { "Canal" }));
        Assert.That(SummaryOf(second.Html), Is.EqualTo(new[] { "RecuLe", "Objet", "Nom", "Courriel", "Telephone" }));
    }

    [Test]
    public async Task Page_FramesWhatTheBrowserHolds_AndNoOtherPageDoes()
    {
        using var guichet = new Guichet(_courrier);
        using var form = await guichet.GetAsync("/enregistrer");
        using var other = await guichet.GetAsync("/mis-de-cote");

        var policy = form.Headers.GetValues("Content-Security-Policy").Single();
        Assert.That(policy, Does.Contain("frame-src blob:").And.Contain("img-src 'self' data: blob:").And.Contain("default-src 'self'").And.Not.Contain("unsafe"));
        Assert.That(other.Headers.GetValues("Content-Security-Policy").Single(), Does.Not.Contain("blob:"));
    }

    [Test]
    public async Task Post_AnAccentCutInTheMiddle_IsRegisteredWithAVisibleMark()
    {
        using var guichet = new Guichet(_courrier);
        using var content = new MultipartFormDataContent();
        foreach (var (name, value) in Guichet.FieldsOf(await (await guichet.GetAsync("/enregistrer")).Content.ReadAsStringAsync()).Where(f => !Letter().ContainsKey(f.Key)).Concat(Letter()).Where(f => f.Key != "Objet"))
        {
            content.Add(new StringContent(value), name);
        }

        content.Add(new ByteArrayContent([.. "R"u8, 0xC3, (byte)' ', .. "clamation d\u2019"u8, 0xC3]), "Objet");
        using var response = await guichet.PostAsync("/enregistrer", content);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
        Assert.That(
            await _courrier.Database.ScalarAsync<string>("SELECT objet FROM ingestion.courriers WHERE enregistre_par = $1", guichet.Id.ToString()),
            Is.EqualTo("R\uFFFD clamation d’\uFFFD"));
    }

    private static string[] SummaryOf(string html) =>
        [.. Regex.Matches(Regex.Match(html, "id=\"erreurs\".*?</ul>", RegexOptions.Singleline).Value, "href=\"#([^\"]+)\"").Select(m => m.Groups[1].Value)];

    private static Dictionary<string, string> Letter() => new()
    {
        ["Canal"] = "Lettre",
        ["RecuLe"] = "2026-11-02",
        ["DateCourrier"] = "2026-10-29",
        ["Objet"] = "Demande de subvention",
        ["Nom"] = "Claire Martin",
        ["Categorie"] = "Particulier",
        ["Courriel"] = "claire.martin@exemple.invalid",
        ["Adresse"] = "3 rue des Lilas\n37000 TOURS",
    };

    private Task<long> CountAsync(string sql, params object[] values) => _courrier.Database.ScalarAsync<long>(sql, values);
}
