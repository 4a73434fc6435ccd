using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses.Modeles;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Annuaire.Fonctions;
using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;

namespace SuiviCourrier.Ingestion.Tests.Accuses.Modeles;

public sealed class ModeleRendererTests
{
    private static readonly ModeleRenderer Renderer = new(DossiersDuDepot.Polices);
    private static readonly IReadOnlyList<Modele> Shipped = Modele.Load(DossiersDuDepot.Modeles);

    private static IEnumerable<TestCaseData> EveryShippedTemplateAndSender() =>
        from modele in Shipped
        from categorie in Enum.GetValues<CategorieExpediteur>().Except(modele.CategoriesExclues)
        from service in new[] { true, false }
        select new TestCaseData(modele.Code, categorie, service);

    [Test]
    public void Render_AccuseByEmailToAParticulier_IsTheGoldenText()
    {
        var rendered = Renderer.Render(One("accuse-enregistrement-courriel"), Sample() with { ServiceLibelle = null });

        Assert.That(rendered.Subject, Is.EqualTo("Nous avons bien reçu votre message — ARR-2026-01931"));
        Assert.That(rendered.Text.Replace('\u00A0', ' '), Is.EqualTo("""
            Madame,

            La Préfecture d’Indre-et-Loire a bien reçu votre message le lundi 23 novembre 2026. Il porte la référence ARR-2026-01931.

            Qui s’en occupe
            Le service chargé de votre message est en cours de désignation. Nous vous donnerons son nom et son téléphone. D’ici là : 02 61 91 37 00.

            Quand
            Nous nous engageons à vous répondre au plus tard le lundi 30 novembre 2026.

            En attendant
            - Gardez ce message : il prouve la date de votre envoi. Ce n’est pas encore une réponse à votre demande.
            - Pour ajouter un document, répondez à ce message ou écrivez à : Préfecture d’Indre-et-Loire, 15 rue Bernard Palissy, 37925 TOURS CEDEX 9. Indiquez la référence ARR-2026-01931.
            - Besoin d’aide pour vos démarches en ligne ? France Services propose un accompagnement aux démarches, sans traiter votre dossier. Trouver l’espace France Services le plus proche de chez vous : https://www.france-services.gouv.fr

            Nous vous prions d’agréer, Madame, nos salutations distinguées.

            Préfecture d’Indre-et-Loire

            Vos données servent uniquement à traiter votre message et à établir des statistiques (mission d’intérêt public). Pour y accéder ou les rectifier, répondez à ce message, à l’attention du délégué à la protection des données.

            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void Render_AccuseWhenTheServiceIsKnown_GivesItsOwnTelephoneBeforeFranceServices()
    {
        var text = Renderer.Render(One("accuse-enregistrement-courriel"), Sample()).Text;

        Assert.That(text, Does.Contain("Bureau de l’immigration et du séjour"));
        Assert.That(text.IndexOf("02 61 91 37 11", StringComparison.Ordinal), Is.GreaterThan(0).And.LessThan(text.IndexOf("France Services", StringComparison.Ordinal)));
    }

    [TestCase("accuse-enregistrement-courriel")]
    [TestCase("accuse-enregistrement-courrier")]
    public void Render_AccuseWithoutADate_SaysThatNoAnswerIsExpectedOnlyWhenItIsSo(string code)
    {
        var unknown = Renderer.Render(One(code), Sample() with { RepondreAvant = null }).Text;
        var none = Renderer.Render(One(code), Sample() with { RepondreAvant = null, IsSansReponse = true }).Text;

        Assert.That(unknown, Does.Not.Contain("pour information").And.Not.Contain("nous engageons").And.Not.Contain("Quand"));
        Assert.That(none, Does.Contain("transmis pour information").And.Not.Contain("nous engageons"));
    }

    [TestCaseSource(nameof(EveryShippedTemplateAndSender))]
    public async Task Render_EveryShippedTemplateForEverySender_SaysWhatItMust(string code, CategorieExpediteur categorie, bool serviceKnown)
    {
        var modele = One(code);
        var formules = FormulesEpistolaires.For(categorie, Civilite.Madame, categorie is CategorieExpediteur.Elu ? NatureFonction.Depute : null);
        var rendered = Renderer.Render(modele, Sample() with
        {
            ExpediteurCategorie = categorie,
            FormuleAppel = formules.Appel,
            FormulePolitesse = formules.Politesse,
            ServiceLibelle = serviceKnown ? "Bureau de l’immigration et du séjour" : null,
        });

        foreach (var text in new[] { rendered.Text, rendered.Html, await ReadBackAsync(rendered) })
        {
            Assert.That(text, Does.Contain("ARR-2026-01931"));
            Assert.That(text, Does.Not.Contain("{{").And.Not.Contain("{%"));
            Assert.That(text, Does.Not.Contain("implicite").And.Not.Contain("rejet"), "an accusé d’enregistrement announces no implicit decision");
            Assert.That(text.Contains("https://www.france-services.gouv.fr", StringComparison.Ordinal), Is.EqualTo(modele.Accuse));
        }

        if (categorie is CategorieExpediteur.Elu && modele.Genre is GenreModele.AccuseEnregistrement)
        {
            Assert.That(rendered.Text, Does.Contain("Madame la Députée,\n").And.Contain("haute considération"));
        }
    }

    [Test]
    public void Load_ShippedAccuses_AreNeverForAnAnonymousSender() =>
        Assert.That(Shipped.Where(m => m.Genre is GenreModele.AccuseEnregistrement).Select(m => m.CategoriesExclues), Has.All.Contains(CategorieExpediteur.Anonyme));

    [TestCase("# Titre")]
    [TestCase("x\n\n# Titre\n\n- a\n> b\n< c")]
    [TestCase("[cliquez ici](https://pirate.example)")]
    [TestCase("<script>alert(1)</script>")]
    [TestCase("\"><img src=x onerror=alert(1)>")]
    [TestCase("{{ site_adresse }}{% for i in (1..9) %}x{% endfor %}")]
    [TestCase("\uE023 \uE05Bx\uE05D\uE028https://pirate.example\uE029", TestName = "the private-use characters that carry markup, sent by someone who has read the code")]
    public async Task Render_AValueThatLooksLikeMarkup_StaysText(string objet)
    {
        var modele = Template("{{ objet }}\n\n- {{ objet }}\n\n{{ objet | upcase | downcase }}\n\n{{ objet | raw }}", objet: "{{ objet }}");

        var rendered = Renderer.Render(modele, new ValeursModele { Objet = objet });

        Assert.That(rendered.Html, Does.Not.Contain("<script").And.Not.Contain("<img").And.Not.Contain("<a ").And.Not.Contain("<h2>").And.Not.Contain("<address>"));
        Assert.That(rendered.Html.Split("<p>"), Has.Length.EqualTo(4), "one block for each place, none made by the value");
        Assert.That(rendered.Subject, Does.Not.Contain('\n'));
        Assert.That(await ReadBackAsync(rendered), Is.Not.Empty);
    }

    [Test]
    public void Render_AMarkupLikeValue_IsShownAsItWasWritten()
    {
        var rendered = Renderer.Render(Template("{{ objet }}"), new ValeursModele { Objet = "# [x](https://a.example) <b>" });

        Assert.That(rendered.Text, Is.EqualTo("# [x](https://a.example) <b>\n"));
    }

    [Test]
    public void Render_ALinkThatIsNotWeb_IsText()
    {
        var rendered = Renderer.Render(Template("[aide]({{ france_services_lien }})"), new ValeursModele { FranceServicesLien = "javascript:alert(1)" });

        Assert.That(rendered.Html, Does.Not.Contain("<a "));
    }

    [TestCase("avant\0après", "avantaprès")]
    [TestCase("a\u202Eb\u2066c", "abc")]
    [TestCase("a\r\nb\tc\u2028d", "a b c d")]
    [TestCase("moitié ½ fin", "moitié \uFFFD fin", TestName = "half a character")]
    public async Task Render_ControlCharactersAndBrokenText_AreRemovedOrVisible(string objet, string expected)
    {
        var received = objet.Replace('½', "🙂"[0]); // an attribute cannot hold half a character

        var rendered = Renderer.Render(Template("Objet : {{ objet }}", objet: "{{ objet }}"), new ValeursModele { Objet = received });

        Assert.That(rendered.Subject, Is.EqualTo(expected));
        Assert.That(rendered.Text, Is.EqualTo($"Objet : {expected}\n"));
        Assert.That(await ReadBackAsync(rendered), Does.StartWith("Objet :"));
    }

    [Test]
    public void Render_AnEmojiCutByAFilter_DoesNotLeaveHalfACharacter()
    {
        var rendered = Renderer.Render(Template("{{ objet | truncate: 4, '' }}"), new ValeursModele { Objet = "abc🙂" });

        Assert.That(rendered.Text, Does.StartWith("abc"));
        Assert.That(rendered.Text.EnumerateRunes().Count(), Is.EqualTo(rendered.Text.Length), "no surrogate is left");
    }

    [TestCase("merci 🙂 👩‍👧", "merci □ □")]
    [TestCase("ليلى", "□□□□")]
    [TestCase("漢字", "□□")]
    [TestCase("Nguyễn Văn Thành, Łódź, Žižek, œuvre, €, « ’ »", "Nguyễn Văn Thành, Łódź, Žižek, œuvre, €, « ’ »")]
    [TestCase("e\u0301te\u0301", "été", TestName = "accents sent as separate characters")]
    public async Task PdfAsync_CharactersTheFontLacks_BecomeAVisibleSquare(string objet, string expected)
    {
        var rendered = Renderer.Render(Template("Objet {{ objet }} fin"), new ValeursModele { Objet = objet });

        Assert.That(await ReadBackAsync(rendered), Does.Contain($"Objet {expected} fin"));
        Assert.That(rendered.Text, Does.Contain(objet));
    }

    [Test]
    public async Task PdfAsync_MoreDifferentCharactersThanOneFontHolds_StillRenders()
    {
        var objet = string.Concat(Enumerable.Range(0x21, 700).Select(i => (char)i).Where(char.IsLetterOrDigit));

        var pdf = await ReadBackAsync(Renderer.Render(Template("{{ objet }}\n\nfin"), new ValeursModele { Objet = objet }));

        Assert.That(pdf, Does.Contain("ABC").And.Contain("□"));
    }

    [Test]
    public async Task PdfAsync_AWordWiderThanThePage_BreaksAndKeepsEveryLetter()
    {
        var mot = string.Concat(Enumerable.Range(0, 60).Select(i => $"mot{i:00}"));
        using var document = await OpenAsync(Renderer.Render(Template("{{ objet }}"), new ValeursModele { Objet = mot }));
        var letters = document.GetPages().SelectMany(page => page.Letters).ToArray();

        Assert.That(string.Concat(letters.Select(letter => letter.Value)), Is.EqualTo(mot));
        Assert.That(letters.Max(letter => letter.EndBaseLine.X), Is.LessThan(540), "nothing beyond the right margin");
    }

    [Test]
    public async Task PdfAsync_ALongAnswer_GoesOnNumberedPages()
    {
        var texte = string.Join("\n\n", Enumerable.Range(1, 80).Select(i => $"Paragraphe {i}, assez long pour tenir sur plus d’une ligne de la lettre, afin que la coupure des pages soit vue."));
        using var document = await OpenAsync(Renderer.Render(Template("{% for p in texte %}\n{{ p }}\n\n{% endfor %}"), new ValeursModele { Texte = texte }));
        var last = ContentOrderTextExtractor.GetText(document.GetPage(document.NumberOfPages));

        Assert.That(document.NumberOfPages, Is.GreaterThan(1));
        Assert.That(last, Does.Contain("Paragraphe 80").And.Contain($"Page {document.NumberOfPages} sur {document.NumberOfPages}"));
        Assert.That(document.GetPages().SelectMany(page => page.Letters).Min(letter => letter.StartBaseLine.Y), Is.GreaterThan(30), "nothing under the bottom margin");
    }

    private static readonly string[] s_capitals = [.. Enumerable.Range(0, 6).Select(n => $"{n}{new string('W', 5)}MAIRIE DE SAINT-ÉTIENNE-DU-ROUVRAY XXXXXXX"[..38])];

    private static TestCaseData[] Addresses =>
    [
        new TestCaseData(new[] { "Mme Odette Poupinet", "14 rue des Tanneurs", "37000 TOURS" }.AsEnumerable(), 3, true).SetName("An address of three lines"),
        new TestCaseData(s_capitals.AsEnumerable(), 6, true).SetName("Six lines of 38 characters (NF Z10-011) stay six lines"),
        new TestCaseData(s_capitals.Concat(["MAIRE DE LOCHES", "CEDEX"]), 8, true).SetName("Eight lines come closer together"),
        new TestCaseData(s_capitals.Concat(s_capitals), 12, false).SetName("Twelve lines need a label, and say so"),
    ];

    /// <summary>What the windows of DL, C6/5 and C5 envelopes all show: docs/decisions/034.</summary>
    [TestCaseSource(nameof(Addresses))]
    public async Task PdfAsync_ALetter_PutsTheAddressInTheWindow(IEnumerable<string> adresse, int lines, bool isWhole)
    {
        string[] destinataire = [.. adresse];
        var rendered = Renderer.Render(One("accuse-enregistrement-courrier"), Sample() with { Destinataire = destinataire });
        using var document = await OpenAsync(rendered);
        var page = document.GetPage(1);
        var address = page.GetWords()
            .Where(w => w.BoundingBox.Left > page.Width / 2 && page.Height - w.BoundingBox.Top < 95 / 25.4 * 72)
            .Select(w => (w.Text, Left: w.BoundingBox.Left / 72 * 25.4, Right: w.BoundingBox.Right / 72 * 25.4, Top: (page.Height - w.BoundingBox.Top) / 72 * 25.4, Bottom: (page.Height - w.BoundingBox.Bottom) / 72 * 25.4))
            .ToArray();

        Assert.That(rendered.IsAdresseEntiere, Is.EqualTo(isWhole));
        Assert.That(address.Min(w => w.Left), Is.GreaterThanOrEqualTo(109), "millimetres from the left");
        Assert.That(address.Max(w => w.Right), Is.LessThanOrEqualTo(191));
        Assert.That(address.Min(w => w.Top), Is.GreaterThanOrEqualTo(45), "millimetres from the top");
        Assert.That(address.Select(w => Math.Round(w.Bottom)).Distinct().Count(), Is.GreaterThanOrEqualTo(Math.Min(lines, 8)));
        if (isWhole)
        {
            Assert.That(address.Max(w => w.Bottom), Is.LessThanOrEqualTo(77));
            Assert.That(string.Concat(address.Select(w => w.Text)), Is.EqualTo(string.Concat(destinataire).Replace(" ", "", StringComparison.Ordinal)));
            Assert.That(address.Max(w => w.Bottom), Is.LessThanOrEqualTo(49.5 + ((lines - 1) * 4.77) + 1), "no line is broken in two");
        }

        Assert.That(document.Information.Title, Does.Contain("ARR-2026-01931"));
    }

    [Test]
    public void Render_AnAnswer_KeepsTheLinesOfItsAuthor()
    {
        var rendered = Renderer.Render(Template("{% for p in texte %}\n{{ p }}\n\n{% endfor %}"), new ValeursModele { Texte = "Bonjour,\r\n\r\nligne 1\r\n- ligne 2" });

        Assert.That(rendered.Text, Is.EqualTo("Bonjour,\n\nligne 1\n- ligne 2\n"));
        Assert.That(rendered.Html, Does.Contain("<p>ligne 1<br>\n- ligne 2</p>"));
    }

    [Test]
    public void Render_Html_IsFrenchWithOneHeadingOfLevelOne()
    {
        foreach (var modele in Shipped)
        {
            var html = Renderer.Render(modele, Sample()).Html;

            Assert.That(html, Does.Contain("<html lang=\"fr\">").And.Contain("<title>"));
            Assert.That(html.Split("<h1>"), Has.Length.EqualTo(2), modele.Code);
        }
    }

    internal static Modele Template(string texte, string objet = "Objet", bool accuse = false, bool demandePieces = false) => new()
    {
        Code = "essai",
        Libelle = "Essai",
        Genre = GenreModele.Reponse,
        Support = SupportModele.Courriel,
        Version = 1,
        ServiceProprietaire = "SGCD",
        Accuse = accuse,
        DemandePieces = demandePieces,
        Objet = objet,
        Texte = texte,
    };

    private static Modele One(string code) => Shipped.Single(modele => modele.Code == code);

    private static ValeursModele Sample() => new()
    {
        Reference = "ARR-2026-01931",
        Objet = "Renouvellement d’un titre de séjour",
        Canal = Canal.Courriel,
        ExpediteurCategorie = CategorieExpediteur.Particulier,
        FormuleAppel = FormulesEpistolaires.For(CategorieExpediteur.Particulier, Civilite.Madame, null).Appel,
        FormulePolitesse = FormulesEpistolaires.For(CategorieExpediteur.Particulier, Civilite.Madame, null).Politesse,
        Destinataire = ["Mme Odette Poupinet", "14 rue des Tanneurs", "37000 TOURS"],
        DateReception = "lundi 23 novembre 2026",
        DateJour = "lundi 23 novembre 2026",
        RepondreAvant = "lundi 30 novembre 2026",
        Pieces = ["Attestation", "Certificat"],
        ServiceLibelle = "Bureau de l’immigration et du séjour",
        ServiceTelephone = "02 61 91 37 11",
        ServiceCourriel = "etrangers@indre-et-loire.invalid",
        SiteLibelle = "Préfecture d’Indre-et-Loire",
        SiteTelephone = "02 61 91 37 00",
        SiteAdresse = ["Préfecture d’Indre-et-Loire", "15 rue Bernard Palissy", "37925 TOURS CEDEX 9"],
        Ville = "Tours",
        FranceServicesLien = "https://www.france-services.gouv.fr",
        FranceServicesLibelle = "Trouver l’espace France Services le plus proche de chez vous",
        AgentPrenom = "Nadia",
        AgentNom = "Belkacem",
        AgentFonction = "Instructrice séjour",
        Texte = "Votre titre est prêt.\n\nVous pouvez venir le chercher.",
    };

    private static async Task<PdfDocument> OpenAsync(RenderedModele rendered)
    {
        using var stream = new MemoryStream();
        await rendered.PdfAsync(stream, CancellationToken.None);

        return PdfDocument.Open(stream.ToArray());
    }

    private static async Task<string> ReadBackAsync(RenderedModele rendered)
    {
        using var document = await OpenAsync(rendered);

        return string.Join('\n', document.GetPages().Select(page => ContentOrderTextExtractor.GetText(page)));
    }
}
