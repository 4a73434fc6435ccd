using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.Courriers.Fichiers;

/// <summary>From a file of a courrier to the search box of every page.</summary>
public sealed partial class MotsCherchesTests
{
    private RunningCourrier _courrier = null!;
    private SignedInClient _superviseur = null!;
    private SignedInClient _agent = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync(new Dictionary<string, string?> { ["Textes:Poll"] = "00:00:00.100" });
        _superviseur = await SignedInClient.CreateAsync(_courrier, RoleAgent.Superviseur, "SG");
        _agent = await SignedInClient.CreateAsync(_courrier, RoleAgent.Agent, "DCL-ETR");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _superviseur.Dispose();
        _agent.Dispose();
        await _courrier.DisposeAsync();
    }

    [TestCase("lettre.pdf")]
    [TestCase("lettre.docx")]
    [TestCase("lettre.odt")]
    [TestCase("lettre.csv")]
    public async Task Search_AWordThatIsOnlyInAnAttachment_FindsTheCourrierAndSaysWhere(string nom)
    {
        var mot = UnMot();
        var texte = $"La passerelle de {mot} rouvre lundi";
        var id = await RegisteredAsync([(nom, nom switch
        {
            "lettre.pdf" => Bureautique.Pdf(texte),
            "lettre.docx" => Bureautique.Docx(texte),
            "lettre.odt" => Bureautique.Odt(texte),
            _ => Bureautique.Latin(texte),
        })]);

        var page = await SearchAsync(_superviseur, mot);

        Assert.That(page, Does.Contain($"/courriers/{id}"));
        Assert.That(WebUtility.HtmlDecode(Tag().Replace(page, "")), Does.Match($@"Dans la pièce jointe\s+{nom}\s+:\s+passerelle de {mot} rouvre lundi"));
    }

    [TestCase("{0} préfets", TestName = "accents as written, plural")]
    [TestCase("prefet {0}", TestName = "no accent, singular, another order")]
    [TestCase("« {0} les préfets »", TestName = "quotation marks of French")]
    [TestCase("{0} égalité", TestName = "a word behind an apostrophe")]
    [TestCase("{0} l'egalite", TestName = "another apostrophe")]
    [TestCase("\"{0} les préfets\"", TestName = "a phrase")]
    [TestCase("PRÉFETS {0} -tramway", TestName = "capitals, and a word that is not there")]
    public async Task Search_ByTheWordsInAnotherForm_FindsIt(string words)
    {
        var mot = UnMot();
        var id = await RegisteredAsync([("note.docx", Bureautique.Docx($"Note sur {mot} les préfets et l’égalité"))]);

        Assert.That(await SearchAsync(_superviseur, string.Format(System.Globalization.CultureInfo.InvariantCulture, words, mot)), Does.Contain($"/courriers/{id}"));
    }

    [TestCase("\"préfets {0}\"")]
    [TestCase("{0} -préfet")]
    [TestCase("{0} tramway")]
    public async Task Search_ForWhatIsNotThere_DoesNotFindIt(string words)
    {
        var mot = UnMot();
        var id = await RegisteredAsync([("note.docx", Bureautique.Docx($"Note sur {mot} les préfets"))]);

        Assert.That(await SearchAsync(_superviseur, string.Format(System.Globalization.CultureInfo.InvariantCulture, words, mot)), Does.Not.Contain($"/courriers/{id}"));
    }

    [Test]
    public async Task Search_WordsOfTheSubjectAndOfTwoAttachments_FindsTheOneThatHoldsThemAll()
    {
        var (un, deux, trois) = (UnMot(), UnMot(), UnMot());
        var id = await RegisteredAsync([("a.docx", Bureautique.Docx($"Plan {deux}")), ("b.pdf", Bureautique.Pdf($"Devis {trois}"))], objet: $"Chantier {un}");

        Assert.That(await SearchAsync(_superviseur, $"{trois} {un} {deux}"), Does.Contain($"/courriers/{id}"));
    }

    [Test]
    public async Task Search_ByWhoMayNotSeeTheCourrier_FindsNothingAndShowsNothing()
    {
        var mot = UnMot();
        var id = await RegisteredAsync([("note.docx", Bureautique.Docx($"Note sur {mot} confidentielle"))]);

        var page = await SearchAsync(_agent, mot);

        Assert.That(page, Does.Not.Contain($"/courriers/{id}").And.Not.Contain("confidentielle").And.Not.Contain("note.docx"));
    }

    [Test]
    public async Task Search_WhatAnAttachmentSays_IsShownAsTextWhateverItSays()
    {
        var mot = UnMot();
        await RegisteredAsync([("<b>note.csv", Bureautique.Latin($"{mot} <script>alert(1)</script> <img src=x onerror=alert(2)>"))]);

        var page = await SearchAsync(_superviseur, mot);

        Assert.That(page, Does.Contain($"<mark>{mot}</mark>").And.Contain("&lt;img src=x"), "tags of the text are left out or shown as text");
        Assert.That(page, Does.Not.Contain("<script>alert").And.Not.Contain("<img src=x").And.Not.Contain("<b>note"));
    }

    [Test]
    public async Task Correction_OfTheSubject_IsFoundByTheNewWordsOnly()
    {
        var (avant, apres) = (UnMot(), UnMot());
        var id = await RegisteredAsync([], objet: $"Dossier {avant}");
        await _courrier.Database.ScalarAsync<Guid>("UPDATE ingestion.courriers SET objet = $1, version = version + 1 WHERE id = $2 RETURNING id", $"Dossier {apres}", id);

        await using (var scope = _courrier.Scope())
        {
            var db = scope.ServiceProvider.GetRequiredService<IngestionDbContext>();
            var courrier = await db.Courriers.SingleAsync(c => c.Id == id);
            await scope.ServiceProvider.GetRequiredService<NoteMots>().HandleAsync(
                new CourrierRegistered { Source = "ingestion", CourrierId = id, Version = 1, Etat = courrier.ToEtat() }, CancellationToken.None);
        }

        Assert.That((await FoundAsync(apres), await FoundAsync(avant)), Is.EqualTo((1, 0)), "an older fact that comes late changes nothing: the rows are read as they are");
    }

    [Test]
    public async Task File_OnWhichReadersDied_IsTriedApart_AndAfterFiveDeathsNoMore()
    {
        var mot = UnMot();
        var morte = await WaitingAsync("morte.docx", Bureautique.Docx(mot), tentatives: 4);
        var perdue = await WaitingAsync("perdue.docx", Bureautique.Docx(mot), tentatives: 5);
        var id = await RegisteredAsync([("voisine.docx", Bureautique.Docx(mot))]);

        await EventuallyAsync("The files were never decided about", async () => await EtatAsync(morte) != "EnAttente" && await EtatAsync(perdue) != "EnAttente");

        Assert.That((await EtatAsync(morte), await EtatAsync(perdue)), Is.EqualTo(("Lue", "Illisible")));
        Assert.That(await SearchAsync(_superviseur, mot), Does.Contain($"/courriers/{id}"), "its neighbours go on");
    }

    [Test]
    public async Task File_WhoseReaderIsStillAtWork_IsNotTakenByAnother()
    {
        var piece = await WaitingAsync("prise.docx", Bureautique.Docx("mot"), prisIlYA: TimeSpan.FromSeconds(30));
        await RegisteredAsync([("suivante.docx", Bureautique.Docx("mot"))]);

        Assert.That(await EtatAsync(piece), Is.EqualTo("EnAttente"));
    }

    [Test]
    public async Task Files_WithoutWordsOrOfOurs_AreNotOpened()
    {
        var id = await RegisteredAsync(
            [("photo.png", [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]), ("scan.pdf", Bureautique.Pdf(""))],
            brut: "From: a@exemple.example\r\nSubject: x\r\n\r\nSecret brut"u8.ToArray());

        Assert.That(
            await _courrier.Database.RowsAsync("SELECT nom || ' ' || lecture FROM ingestion.pieces WHERE courrier_id = $1 ORDER BY 1", id),
            Is.EqualTo(new[] { "message.eml SansObjet", "photo.png SansObjet", "scan.pdf SansTexte" }));
    }

    [Test]
    public async Task File_WithMoreDifferentWordsThanAVectorHolds_IsReadAllTheSame()
    {
        var random = new Random(7);
        var words = Enumerable.Range(0, 30).Select(_ => string.Join(' ', Enumerable.Range(0, 6_000).Select(_ => $"{random.NextInt64():x}-{random.NextInt64():x}")));
        var mot = UnMot();

        var id = await RegisteredAsync([.. words.Select((text, rank) => ($"{rank}.txt", Bureautique.Latin($"{(rank == 0 ? mot : "")} {text}")))]);

        Assert.That(await SearchAsync(_superviseur, mot), Does.Contain($"/courriers/{id}"));
    }

    /// <summary>Letters only, so that it is one word, which no other test has.</summary>
    private static string UnMot() => "zq" + string.Concat(Guid.NewGuid().ToByteArray().Take(10).Select(b => (char)('a' + (b % 26)))) + "w";

    private Task<string?> EtatAsync(Guid piece) => _courrier.Database.ScalarAsync<string>("SELECT lecture FROM ingestion.pieces WHERE id = $1", piece);

    private Task<long> FoundAsync(string mot) =>
        _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.lecture_mots WHERE vecteur @@ websearch_to_tsquery('ingestion.mots', $1)", mot);

    /// <summary>Registered with its files, whose words have been read.</summary>
    private async Task<Guid> RegisteredAsync((string Nom, byte[] Content)[] files, string objet = "Un dossier", byte[]? brut = null)
    {
        var pieces = new List<RegisterCourrier.PieceDemandee>();
        foreach (var (nom, content) in files)
        {
            pieces.Add(await StoredAsync(nom, content, RolePiece.PieceJointe));
        }

        if (brut is not null)
        {
            pieces.Add(await StoredAsync("message.eml", brut, RolePiece.Brut));
        }

        var registered = await _courrier.RegisteredAsync(Demandes.Lettre() with { Objet = objet, Pieces = pieces });
        await EventuallyAsync("The words of the files were never read", async () => await _courrier.Database.ScalarAsync<long>(
            "SELECT count(*) FROM ingestion.pieces WHERE courrier_id = $1 AND lecture = 'EnAttente'", registered.CourrierId) == 0);
        await EventuallyAsync("The courrier never came to the search", async () => await _courrier.Database.ScalarAsync<long>(
            "SELECT count(*) FROM portail.dossiers d JOIN ingestion.mots_courriers m USING (courrier_id) WHERE d.courrier_id = $1", registered.CourrierId) == 1);
        return registered.CourrierId;
    }

    /// <summary>A file as a process that died, or is at work, has left it.</summary>
    private async Task<Guid> WaitingAsync(string nom, byte[] content, int tentatives = 0, TimeSpan? prisIlYA = null)
    {
        var piece = await StoredAsync(nom, content, RolePiece.PieceJointe);
        var registered = await _courrier.RegisterAsync(Demandes.Lettre() with { Pieces = [piece] }, courrier =>
        {
            var row = courrier.Pieces.Single();
            row.LectureTentatives = tentatives;
            row.LecturePriseLe = prisIlYA is { } since ? DateTimeOffset.UtcNow - since : null;
        });
        return await _courrier.Database.ScalarAsync<Guid>(
            "SELECT id FROM ingestion.pieces WHERE courrier_id = $1", ((RegisterCourrier.Outcome.Registered)registered).CourrierId);
    }

    private async Task<RegisterCourrier.PieceDemandee> StoredAsync(string nom, byte[] content, RolePiece role) => new(
        await _courrier.App.Services.GetRequiredService<IFileStore>().StoreAsync(new MemoryStream(content), 10_000_000, CancellationToken.None), nom, role);

    private static async Task<string> SearchAsync(SignedInClient client, string words)
    {
        var token = SignedInClient.FieldsOf(await client.ReadAsync("/deconnexion"))["__RequestVerificationToken"];
        using var response = await client.SendAsync("/registre", new() { ["Q"] = words, ["__RequestVerificationToken"] = token });
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        return await response.Content.ReadAsStringAsync();
    }

    [GeneratedRegex("</?(mark|bdi|q|text|span)[^>]*>")]
    private static partial Regex Tag();
}
