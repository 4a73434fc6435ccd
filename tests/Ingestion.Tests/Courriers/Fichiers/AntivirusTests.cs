using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;
using SuiviCourrier.Portail.Taches;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.Courriers.Fichiers;

/// <summary>From a file that arrives to what people may do with it, with a real scanner.</summary>
[NonParallelizable] // one of the tests stops the scanner
public sealed class AntivirusTests
{
    private ClamdServer _clamd = null!;
    private RunningCourrier _courrier = null!;
    private SignedInClient _superviseur = null!;
    private SignedInClient _bureau = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _clamd = await ClamdServer.StartAsync();
        _courrier = await RunningCourrier.StartAsync(new Dictionary<string, string?>
        {
            ["Antivirus:Adresse"] = _clamd.Adresse, ["Antivirus:Poll"] = "00:00:00.100", ["Antivirus:Repos"] = "00:00:00.300", ["Antivirus:Duree"] = "00:00:20",
        });
        _superviseur = await SignedInClient.CreateAsync(_courrier, RoleAgent.Superviseur, "SG");
        _bureau = await SignedInClient.CreateAsync(_courrier, RoleAgent.BureauOrdre, "SGCD");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _superviseur.Dispose();
        _bureau.Dispose();
        await _courrier.DisposeAsync();
        await _clamd.DisposeAsync();
    }

    [Test]
    public async Task InfectedFile_IsGivenToNobody_ItsCourrierIsRegistered_AndPeopleAreTold()
    {
        var id = await RegisteredAsync(("piege.txt", ClamdServer.Eicar, RolePiece.PieceJointe), ("lettre.pdf", Bureautique.Pdf("Bonjour"), RolePiece.PieceJointe));
        await AnalysedAsync(id, 2);
        var (piege, lettre) = (await PieceAsync(id, "piege.txt"), await PieceAsync(id, "lettre.pdf"));

        using var refused = await _superviseur.GetAsync($"/fichiers/{piege}");
        using var given = await _superviseur.GetAsync($"/fichiers/{lettre}");
        var page = WebUtility.HtmlDecode(await _superviseur.ReadAsync($"/courriers/{id}"));

        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await refused.Content.ReadAsStringAsync(), Does.Contain("infecté").And.Not.Contain("EICAR"));
        Assert.That(given.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(page, Does.Contain("infecté : Essai.Eicar.UNOFFICIAL, téléchargement bloqué").And.Contain("analysé, rien trouvé le"));
        Assert.That(page, Does.Not.Contain($"/fichiers/{piege}").And.Contain($"/fichiers/{lettre}"));
        Assert.That(page, Does.Contain("Fichier infecté, trouvé par l’antivirus"), "its history says so");

        await RunJobAsync();
        await RunJobAsync();

        Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM portail.taches WHERE courrier_id = $1 AND kind = 'PieceInfectee'", id), Is.EqualTo(1));
        Assert.That(WebUtility.HtmlDecode(await _superviseur.ReadAsync($"/courriers/{id}")), Does.Contain("Un fichier de ce courrier est infecté"));
        Assert.That(WebUtility.HtmlDecode(await _superviseur.ReadAsync("/taches")), Does.Contain("Fichier infecté : demander un autre envoi"));
    }

    [Test]
    public async Task MessageThatBroughtIt_IsGivenOnlyToWhoHasToLookIntoIt()
    {
        var id = await RegisteredAsync(
            ("piege.txt", ClamdServer.Eicar, RolePiece.PieceJointe), ("message.eml", "From: a@exemple.example\r\nSubject: x\r\n\r\nVoir la piece"u8.ToArray(), RolePiece.Brut));
        await AnalysedAsync(id, 2);
        var brut = await PieceAsync(id, "message.eml");

        using var toBureau = await _bureau.GetAsync($"/fichiers/{brut}");
        using var toSuperviseur = await _superviseur.GetAsync($"/fichiers/{brut}");

        Assert.That((toBureau.StatusCode, toSuperviseur.StatusCode), Is.EqualTo((HttpStatusCode.Forbidden, HttpStatusCode.OK)));
        Assert.That(toSuperviseur.Content.Headers.ContentDisposition!.DispositionType, Is.EqualTo("attachment"));
        Assert.That(WebUtility.HtmlDecode(await _bureau.ReadAsync($"/courriers/{id}")), Does.Contain("contient un fichier infecté").And.Not.Contain($"/fichiers/{brut}"));
        Assert.That(WebUtility.HtmlDecode(await _superviseur.ReadAsync($"/courriers/{id}")), Does.Contain("contient un fichier infecté").And.Contain($"/fichiers/{brut}"));
    }

    [Test]
    public async Task MessageSetAside_ThatIsInfected_IsSavedOnlyByWhoHasToLookIntoIt()
    {
        var infected = await SetAsideAsync("piege", ClamdServer.Eicar);
        var clean = await SetAsideAsync("sain", "Bonjour"u8.ToArray());

        using var toBureau = await _bureau.GetAsync($"/mis-de-cote/{infected}/brut");
        using var toSuperviseur = await _superviseur.GetAsync($"/mis-de-cote/{infected}/brut");
        using var cleanToBureau = await _bureau.GetAsync($"/mis-de-cote/{clean}/brut");

        Assert.That((toBureau.StatusCode, toSuperviseur.StatusCode, cleanToBureau.StatusCode), Is.EqualTo((HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.OK)));
        Assert.That(await toBureau.Content.ReadAsStringAsync(), Does.Contain("fichier infecté").And.Not.Contain("EICAR"));
        Assert.That(toSuperviseur.Content.Headers.ContentDisposition!.DispositionType, Is.EqualTo("attachment"));
        Assert.That(WebUtility.HtmlDecode(await _bureau.ReadAsync($"/mis-de-cote/{infected}")), Does.Contain("Non analysé"));
    }

    [Test]
    public async Task DocumentThatIsInfected_IsNotShown()
    {
        var id = await RegisteredAsync(("message.html", "<html><body>Bonjour"u8.ToArray(), RolePiece.Document));
        await AnalysedAsync(id, 1);
        await _courrier.Database.ScalarAsync<Guid>("UPDATE ingestion.pieces SET etat_analyse = 'Infectee', signature = 'Essai' WHERE courrier_id = $1 AND nom = 'message.html' RETURNING id", id);

        using var page = await _superviseur.GetAsync($"/fichiers/{await PieceAsync(id, "message.html")}/page");

        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(WebUtility.HtmlDecode(await _superviseur.ReadAsync($"/courriers/{id}")), Does.Contain("Aucun document à montrer ici").And.Not.Contain("<iframe"));
    }

    [Test]
    public async Task FileTooLargeForTheScanner_SaysThatNobodyLookedAtIt()
    {
        var id = await RegisteredAsync(("gros.bin", new byte[ClamdServer.MaxFileSize + 1000], RolePiece.PieceJointe));
        await AnalysedAsync(id, 1);

        Assert.That(WebUtility.HtmlDecode(await _superviseur.ReadAsync($"/courriers/{id}")), Does.Contain("non analysé : trop grand ou protégé par un mot de passe"));
    }

    [Test]
    public async Task ScannerAway_LettersAreRegisteredAllTheSame_HealthSaysSo_AndFilesAreScannedWhenItIsBack()
    {
        await _clamd.StopAsync();
        var id = await RegisteredAsync(("lettre.txt", "Bonjour, voici"u8.ToArray(), RolePiece.PieceJointe));

        using var health = await _superviseur.GetAsync("/sante/pret");

        Assert.That(health.StatusCode, Is.EqualTo(HttpStatusCode.OK), "a warning, no failure");
        Assert.That(await health.Content.ReadAsStringAsync(), Does.Contain("antivirus").And.Contain("degrade").And.Contain("non analysé"));
        Assert.That(WebUtility.HtmlDecode(await _superviseur.ReadAsync($"/courriers/{id}")), Does.Contain(", non analysé"));

        await _clamd.RestartAsync();
        await AnalysedAsync(id, 1);

        Assert.That(await _courrier.Database.ScalarAsync<string>("SELECT etat_analyse FROM ingestion.pieces WHERE courrier_id = $1 AND nom = 'lettre.txt'", id), Is.EqualTo("Saine"));
    }

    private async Task<Guid> SetAsideAsync(string nom, byte[] attachment)
    {
        var path = Path.Combine(_courrier.Folder, $"{nom}.eml");
        await File.WriteAllTextAsync(
            path,
            $"From: a@exemple.example\r\nTo: {Courriels.Boite}\r\nAuto-Submitted: auto-generated\r\nSubject: {nom}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            + $"--b\r\nContent-Type: application/octet-stream; name=piege.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(attachment)}\r\n--b--\r\n");
        await using var scope = _courrier.Scope();
        await using var file = File.OpenRead(path);
        await scope.ServiceProvider.GetRequiredService<ImportMessage>().ExecuteAsync("contact", nom, file, _courrier.Folder, isWithCaps: false, unreadable: false, CancellationToken.None);
        return await _courrier.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.messages_recus WHERE objet = $1 AND sort = 'Ecarte'", nom);
    }

    private async Task RunJobAsync()
    {
        await using var scope = _courrier.Scope();
        await scope.ServiceProvider.GetRequiredService<OpenTachesInfectionsJob>().RunAsync(CancellationToken.None);
    }

    private Task<Guid> PieceAsync(Guid courrierId, string nom) =>
        _courrier.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.pieces WHERE courrier_id = $1 AND nom = $2", courrierId, nom);

    private Task AnalysedAsync(Guid courrierId, int count) => EventuallyAsync("The scanner never decided", async () => await _courrier.Database.ScalarAsync<long>(
        "SELECT count(*) FROM ingestion.pieces WHERE courrier_id = $1 AND etat_analyse <> 'NonAnalysee'", courrierId) == count);

    private async Task<Guid> RegisteredAsync(params (string Nom, byte[] Content, RolePiece Role)[] files)
    {
        var pieces = new List<RegisterCourrier.PieceDemandee>();
        foreach (var (nom, content, role) in files)
        {
            pieces.Add(new(await _courrier.App.Services.GetRequiredService<IFileStore>().StoreAsync(new MemoryStream(content), 10_000_000, CancellationToken.None), nom, role));
        }

        var id = (await _courrier.RegisteredAsync(Demandes.Lettre() with { Pieces = pieces })).CourrierId;
        await EventuallyAsync("The dossier never came", async () => await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM portail.dossiers WHERE courrier_id = $1", id) == 1);
        return id;
    }
}
