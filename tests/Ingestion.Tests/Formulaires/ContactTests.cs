using System.Net;
using System.Text;
using SuiviCourrier.Ingestion.Tests.Courriers;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.Formulaires;

public sealed class ContactTests
{
    private static readonly byte[] s_pdf = Encoding.ASCII.GetBytes("%PDF-1.7\nun titre");
    private RunningCourrier _courrier = null!;

    [SetUp]
    public async Task StartAsync() => _courrier = await RunningCourrier.StartAsync(new Dictionary<string, string?>
    {
        ["Site:UrlPublique"] = "https://courrier.prefecture.example/",
        ["Formulaire:EnvoisParHeure"] = "8",
        ["Formulaire:TailleFichier"] = "1",
        ["Formulaire:Fichiers"] = "2",
    });

    [TearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [Test]
    public async Task Message_Sent_IsACourrierWithItsTextItsAccuseAndItsFollowUp()
    {
        using var visiteur = new Visiteur(_courrier);

        var reply = await visiteur.SendAsync(Visiteur.Message(), ("titre.pdf", s_pdf));
        var page = await visiteur.ReadAsync(reply.Location!);
        var again = await visiteur.ReadAsync(reply.Location!);

        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.Redirect), reply.Html);
        Assert.That(reply.Location, Does.Match("^/suivi/[0-9a-z]{26}\\?envoye=1$"));
        Assert.Multiple(() =>
        {
            Assert.That(page, Does.Match("ARR-[0-9]{4}-00001").And.Contain("Nous avons bien reçu votre message").And.Contain("accusé d’enregistrement part"));
            Assert.That(page, Does.Contain("Au plus tard le").And.Contain("Bureau de l’immigration et du séjour").And.Contain("02 61 91 37 11"));
            Assert.That(page, Does.Contain($"https://courrier.prefecture.example{reply.Suivi}"));
            Assert.That(page, Does.Not.Contain("Amina").And.Not.Contain("amina.sow").And.Not.Contain("titre de séjour"), "neither name nor content");
            Assert.That(again, Does.Match("ARR-[0-9]{4}-00001"), "it can be loaded again");
        });
        Assert.That(
            await _courrier.Database.ScalarAsync<string>(
                "SELECT concat_ws('|', canal, origine, type_code, service_code, expediteur_categorie, expediteur_courriel) FROM ingestion.courriers"),
            Is.EqualTo("Formulaire|Formulaire|titre-sejour-information|DCL-ETR|Particulier|amina.sow@exemple.example"));
        Assert.That(
            await _courrier.Database.ScalarAsync<string>("SELECT string_agg(nom || ' ' || role || ' ' || type_mime, ', ' ORDER BY ordre) FROM ingestion.pieces WHERE role <> 'Accuse'"),
            Is.EqualTo("message.txt Document text/plain, titre.pdf PieceJointe application/pdf"));
        Assert.That(await AccuseAsync(), Does.Contain($"https://courrier.prefecture.example{reply.Suivi}"));
    }

    [Test]
    public async Task Message_SentTwiceAtOnceAndAgainLater_IsOneCourrierWithTheSameReference()
    {
        using var visiteur = new Visiteur(_courrier);
        var form = await visiteur.FormAsync();

        var both = await Task.WhenAll(visiteur.SendAsync(form, Visiteur.Message(), ("a.pdf", s_pdf)), visiteur.SendAsync(form, Visiteur.Message(), ("a.pdf", s_pdf)));
        var later = await visiteur.SendAsync(form, Visiteur.Message(), ("a.pdf", s_pdf));

        Assert.That(both.Append(later).Select(r => r.Location).Distinct().Count(), Is.EqualTo(1));
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.courriers"), Is.EqualTo(1));
        Assert.That(await CountAsync("SELECT dernier::bigint FROM ingestion.compteurs_chrono"), Is.EqualTo(1));
    }

    [Test]
    public async Task SameForm_WithOtherWordsOrAnotherFile_IsAnotherMessage()
    {
        using var visiteur = new Visiteur(_courrier);
        var form = await visiteur.FormAsync();

        var first = await visiteur.SendAsync(form, Visiteur.Message());
        var words = await visiteur.SendAsync(form, Visiteur.Message("Une autre question"));
        var file = await visiteur.SendAsync(form, Visiteur.Message(), ("oublié.pdf", s_pdf));
        var fileAgain = await visiteur.SendAsync(form, Visiteur.Message(), ("oublié.pdf", s_pdf));

        Assert.That(new[] { first, words, file }.Select(r => r.Location).Distinct().Count(), Is.EqualTo(3), "nothing that was written is lost");
        Assert.That(fileAgain.Location, Is.EqualTo(file.Location));
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.courriers"), Is.EqualTo(3));
    }

    [TestCase("Categorie", "Juridiction", "Dites qui vous êtes")]
    [TestCase("Nom", " ", "Indiquez vos nom et prénom")]
    [TestCase("Courriel", "", "Indiquez une adresse électronique ou une adresse postale")]
    [TestCase("Courriel", "amina@", "n’est pas complète")]
    [TestCase("Courriel", "a@b.example\r\nBcc: x@y.example", "n’est pas complète")]
    [TestCase("TypeCode", "spam-abusif", "Ce sujet n’existe pas")]
    [TestCase("Objet", "", "Indiquez l’objet")]
    [TestCase("Message", "", "Écrivez votre message")]
    [TestCase("Message", "a\u0001b", "caractère invisible")]
    [TestCase("SiteWeb", "https://spam.example", "Laissez ce champ vide")]
    public async Task Message_ThatCannotBe_SaysSoBesideItsFieldAndKeepsWhatWasTyped(string field, string typed, string sentence)
    {
        using var visiteur = new Visiteur(_courrier);
        var message = Visiteur.Message();
        message["Adresse"] = field == "Courriel" && typed.Length == 0 ? "" : "1 rue de l’Église <37000>";
        message[field] = typed;

        var reply = await visiteur.SendAsync(message, ("titre.pdf", s_pdf));
        var kept = Guichet.FieldsOf(reply.Html);
        var corrected = await visiteur.SendAsync(kept, Visiteur.Message().Append(new("SiteWeb", "")).ToDictionary(f => f.Key, f => f.Value));

        Assert.That(reply.Status, Is.EqualTo(HttpStatusCode.OK), reply.Html);
        Assert.Multiple(() =>
        {
            Assert.That(System.Text.RegularExpressions.Regex.Match(reply.Lue, $"id=\"{field}-erreurs\".*?</div>", System.Text.RegularExpressions.RegexOptions.Singleline).Value, Does.Contain(sentence));
            Assert.That(kept["Adresse"], Is.EqualTo(message["Adresse"]));
            Assert.That(kept["Cle"], Is.Not.Empty);
            Assert.That(corrected.Status, Is.EqualTo(HttpStatusCode.Redirect), corrected.Html);
        });
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.pieces WHERE nom = 'titre.pdf'"), Is.EqualTo(1), "the file was not to be chosen again");
    }

    [Test]
    public async Task Files_ThatCannotBe_AreRefusedEachWithItsReason()
    {
        using var visiteur = new Visiteur(_courrier);

        var program = await visiteur.SendAsync(Visiteur.Message(), ("facture.pdf", "MZ programme"u8.ToArray()));
        var empty = await visiteur.SendAsync(Visiteur.Message(), ("vide.pdf", []));
        var large = await visiteur.SendAsync(Visiteur.Message(), ("gros.pdf", new byte[1_100_000]));
        var many = await visiteur.SendAsync(Visiteur.Message(), ("1.pdf", s_pdf), ("2.pdf", s_pdf), ("3.pdf", s_pdf));

        Assert.Multiple(() =>
        {
            Assert.That(program.Lue, Does.Contain("« facture.pdf » est un programme"));
            Assert.That(empty.Lue, Does.Contain("« vide.pdf » est vide"));
            Assert.That(large.Lue, Does.Contain("« gros.pdf » est trop lourd : 1 Mo au plus"));
            Assert.That(many.Lue, Does.Contain("2 fichiers au plus"));
        });
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.courriers"), Is.Zero);
    }

    [Test]
    public async Task Messages_TooMany_AreAskedToWaitAndLoseNothing()
    {
        using var visiteur = new Visiteur(_courrier);
        for (var n = 0; n < 8; n++)
        {
            Assert.That((await visiteur.SendAsync(Visiteur.Message($"Question {n}"))).Status, Is.EqualTo(HttpStatusCode.Redirect));
        }

        var refused = await visiteur.SendAsync(Visiteur.Message("La question de trop"));

        Assert.That(refused.Status, Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.Multiple(() =>
        {
            Assert.That(refused.Lue, Does.Contain("envoyez-le de nouveau dans").And.Contain("15 rue Bernard Palissy"));
            Assert.That(refused.RetryAfter, Is.GreaterThan(TimeSpan.Zero).And.LessThanOrEqualTo(TimeSpan.FromMinutes(8)));
            Assert.That(Guichet.FieldsOf(refused.Html)["Objet"], Is.EqualTo("La question de trop"));
            Assert.That(Guichet.FieldsOf(refused.Html)["Message"].ReplaceLineEndings("\n"), Is.EqualTo(Visiteur.Message()["Message"]));
        });
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.courriers"), Is.EqualTo(8));
        Assert.That(
            await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants"), Is.LessThan(8), "whoever writes in the name of another does not flood that person");
    }

    [Test]
    public async Task Message_FromAPageTooOld_IsKeptAndAskedAgain()
    {
        using var visiteur = new Visiteur(_courrier);
        var form = await visiteur.FormAsync();
        form["__RequestVerificationToken"] = "périmé";

        var refused = await visiteur.SendAsync(form, Visiteur.Message());
        var accepted = await visiteur.SendAsync(Guichet.FieldsOf(refused.Html), new Dictionary<string, string> { ["Categorie"] = "Particulier" });

        Assert.That(refused.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(refused.Lue, Does.Contain("ouverte depuis trop longtemps"));
        Assert.That(accepted.Status, Is.EqualTo(HttpStatusCode.Redirect), accepted.Html);
    }

    [Test]
    public async Task Message_WithAPostalAddressOnly_IsAcknowledgedOnPaper()
    {
        using var visiteur = new Visiteur(_courrier);
        var message = Visiteur.Message();
        message["Courriel"] = "";
        message["Adresse"] = "1 rue des Lilas\n37000 TOURS";

        var reply = await visiteur.SendAsync(message);

        Assert.That(await visiteur.ReadAsync(reply.Location!), Does.Contain("par la poste"));
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.accuses WHERE etat = 'AImprimer'"), Is.EqualTo(1));
    }

    [Test]
    public async Task Messages_TooManyFromEveryone_AreAskedToWait()
    {
        await using var busy = await RunningCourrier.StartAsync(new Dictionary<string, string?> { ["Formulaire:EnvoisParHeureTotal"] = "1" });
        using var visiteur = new Visiteur(busy);

        var first = await visiteur.SendAsync(Visiteur.Message());
        var second = await visiteur.SendAsync(Visiteur.Message("Une autre question"));

        Assert.That((first.Status, second.Status), Is.EqualTo((HttpStatusCode.Redirect, HttpStatusCode.TooManyRequests)));
    }

    [Test]
    public async Task Form_Closed_IsNoLongerThere()
    {
        await using var closed = await RunningCourrier.StartAsync(new Dictionary<string, string?> { ["Formulaire:Ouvert"] = "false" });
        using var visiteur = new Visiteur(closed);

        using var shown = await visiteur.GetAsync("/contact");
        var sent = await visiteur.SendAsync(new Dictionary<string, string>(), Visiteur.Message());

        Assert.That((shown.StatusCode, sent.Status), Is.EqualTo((HttpStatusCode.NotFound, HttpStatusCode.NotFound)));
    }

    private async Task<string> AccuseAsync()
    {
        var folder = Path.Combine(_courrier.Folder, "courriels-sortants");
        await EventuallyAsync("the acknowledgement never left", () => Task.FromResult(Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.eml").Any()));
        using var message = await MimeKit.MimeMessage.LoadAsync(Directory.EnumerateFiles(folder, "*.eml").Single());
        return message.TextBody!;
    }

    private async Task<long> CountAsync(string sql) => await _courrier.Database.ScalarAsync<long>(sql);
}
