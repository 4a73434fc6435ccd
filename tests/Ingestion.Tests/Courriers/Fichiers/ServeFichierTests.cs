using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Ingestion.Tests.Courriers.Fichiers;

public sealed class ServeFichierTests
{
    private RunningCourrier _courrier = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _courrier = await RunningCourrier.StartAsync(configure: Guichet.Open);

    [OneTimeTearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [TestCase("%PDF-1.7 ", "lettre.pdf", "inline", "application/pdf")]
    [TestCase("\u0089PNG\r\n\u001a\n", "scan.png", "inline", "image/png")]
    [TestCase("<html><script>alert(1)</script>", "page.html", "attachment", "application/octet-stream")]
    [TestCase("<html><script>alert(1)</script>", "image.png", "attachment", "application/octet-stream", TestName = "A page named as an image")]
    [TestCase("From: a@b.fr\r\nSubject: x\r\n\r\n", "message.eml", "attachment", "application/octet-stream")]
    [TestCase("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "dessin.svg", "attachment", "application/octet-stream")]
    public async Task Get_AFile_IsShownOnlyWhenNothingInItRuns(string latin1, string nom, string disposition, string type)
    {
        using var guichet = new Guichet(_courrier);
        var content = Encoding.Latin1.GetBytes(latin1);

        using var response = await guichet.GetAsync($"/fichiers/{await PieceAsync(content, nom)}");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Content.Headers.ContentDisposition!.DispositionType, Is.EqualTo(disposition));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo(type));
        Assert.That(response.Headers.GetValues("X-Content-Type-Options").Single(), Is.EqualTo("nosniff"));
        Assert.That(response.Headers.CacheControl!.NoStore, Is.True);
        Assert.That(response.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("default-src 'none'"));
        Assert.That(await response.Content.ReadAsByteArrayAsync(), Is.EqualTo(content));
    }

    [Test]
    public async Task Get_ANameOfAnyScript_IsEncodedForTheHeader()
    {
        using var guichet = new Guichet(_courrier);

        using var response = await guichet.GetAsync($"/fichiers/{await PieceAsync("%PDF-1.7"u8.ToArray(), "reçu \"n°1\"\r\nX-Evil: 1 محمد.pdf")}");

        Assert.That(response.Content.Headers.ContentDisposition!.FileNameStar, Is.EqualTo("reçu n°1X-Evil 1 محمد.pdf"));
        Assert.That(response.Headers.Contains("X-Evil"), Is.False);
    }

    [Test]
    public async Task Get_AContentAlteredOnTheDisk_NeverComesWhole()
    {
        using var guichet = new Guichet(_courrier);
        var content = Encoding.ASCII.GetBytes($"%PDF-1.7 {Guid.NewGuid()} {new string('x', 300_000)}");
        var piece = await PieceAsync(content, "lettre.pdf");
        var sha256 = await _courrier.Database.ScalarAsync<string>("SELECT sha256 FROM ingestion.pieces WHERE id = $1", piece);
        var path = Path.Combine(_courrier.Folder, "fichiers", sha256![..2], sha256[2..]);
        content[250_000] = (byte)'y';
        await File.WriteAllBytesAsync(path, content);

        Assert.That(
            async () =>
            {
                using var response = await guichet.GetAsync($"/fichiers/{piece}");
                response.EnsureSuccessStatusCode();
                return await response.Content.ReadAsByteArrayAsync();
            },
            Throws.InstanceOf<HttpRequestException>());
    }

    [Test]
    public async Task GetPage_OfAMessageInHtml_IsAHarmlessCopyThatFetchesNothing()
    {
        const string Html =
            """
            <html><head><style>body{display:none}</style><meta http-equiv="refresh" content="0;url=https://espion.example"></head>
            <body onload="alert(1)" background="https://espion.example/f.png"><p style="background:url(https://espion.example/x)">Bonjour <b>à tous</b></p>
            <img src="https://espion.example/p.png" onerror="alert(2)"><script>alert(3)</script><iframe src="https://espion.example"></iframe>
            <form action="https://espion.example"><input name="mot"></form><svg onload="alert(4)"></svg><link rel="stylesheet" href="https://espion.example/s.css">
            <a href="https://hameconnage.example/x" ping="https://espion.example">Votre préfecture</a> <a href="javascript:alert(5)">ici</a></body></html>
            """;
        using var guichet = new Guichet(_courrier);
        var piece = await PieceAsync(Encoding.UTF8.GetBytes(Html), "message.html");

        using var response = await guichet.GetAsync($"/fichiers/{piece}/page");
        var shown = await response.Content.ReadAsStringAsync();

        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/html"));
        Assert.That(shown, Does.Contain("Bonjour <b>à tous</b>").And.Contain("Votre préfecture ‹https://hameconnage.example/x›"));
        Assert.That(shown, Does.Not.Contain("espion.example").And.Not.Contain("alert").And.Not.Contain("<a ").And.Not.Contain("<form").And.Not.Contain("<img").And.Not.Contain("refresh"));
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.That(policy, Does.Contain("default-src 'none'; img-src data:;").And.Contain("sandbox").And.Contain("form-action 'none'").And.Not.Contain("script-src").And.Not.Contain("unsafe"), "images come with the message, never from elsewhere");
        Assert.That(response.Headers.GetValues("X-Content-Type-Options").Single(), Is.EqualTo("nosniff"));
    }

    [TestCase("%PDF-1.7 ", "lettre.pdf", RolePiece.Document)]
    [TestCase("<html>une pièce jointe", "page.html", RolePiece.PieceJointe)]
    public async Task GetPage_OfWhatIsNoMessage_IsNotFound(string content, string nom, RolePiece role)
    {
        using var guichet = new Guichet(_courrier);

        using var response = await guichet.GetAsync($"/fichiers/{await PieceAsync(Encoding.UTF8.GetBytes(content), nom, role)}/page");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Get_ByWhoMayNotSeeTheCourrier_IsNotFound()
    {
        var piece = await PieceAsync("%PDF-1.7"u8.ToArray(), "lettre.pdf");
        using var stranger = new Guichet(_courrier, RoleAgent.Agent);

        using var response = await stranger.GetAsync($"/fichiers/{piece}");
        using var unknown = await stranger.GetAsync($"/fichiers/{Guid.NewGuid()}");
        using var page = await stranger.GetAsync($"/fichiers/{await PieceAsync("<html>secret"u8.ToArray(), "message.html")}/page");
        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));

        Assert.That((response.StatusCode, unknown.StatusCode), Is.EqualTo((HttpStatusCode.NotFound, HttpStatusCode.NotFound)));
    }

    private async Task<Guid> PieceAsync(byte[] content, string nom, RolePiece role = RolePiece.Document)
    {
        var store = _courrier.App.Services.GetRequiredService<IFileStore>();
        var fichier = await store.StoreAsync(new MemoryStream(content), 10_000_000, CancellationToken.None);
        var registered = await _courrier.RegisteredAsync(Demandes.Lettre() with
        {
            Pieces = [new RegisterCourrier.PieceDemandee(fichier, nom, role)],
        });
        return await _courrier.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.pieces WHERE courrier_id = $1", registered.CourrierId);
    }
}
