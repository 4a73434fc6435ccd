using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.Host.Tests.Scripts;

/// <summary>The keys of the API, made and ended from a terminal beside a running Host.</summary>
public sealed class ClesTests
{
    private Installation _installation = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _installation = await Installation.CreateAsync();
        await _installation.StartAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _installation.DisposeAsync();

    [Test]
    public async Task Key_CreatedListedAndRevoked_OpensItsOperationUntilThen()
    {
        var created = await CleAsync("creer", "--nom", "site de la préfecture", "--operation", "lister_courriers", "--service", "DCL");
        Assert.That(created.ExitCode, Is.Zero, created.Errors);
        var secret = created.Lines.Single();
        Assert.That(created.Errors, Does.Not.Contain(secret), "the key goes to the standard output alone");

        var listed = JsonDocument.Parse((await CleAsync("lister")).Lines.Single()).RootElement;
        Assert.Multiple(async () =>
        {
            Assert.That(listed.GetProperty("nom").GetString(), Is.EqualTo("site de la préfecture"));
            Assert.That(listed.GetProperty("services")[0].GetString(), Is.EqualTo("DCL"));
            Assert.That(listed.GetRawText(), Does.Not.Contain(secret));
            Assert.That(await StatusAsync("/api/v1/courriers", secret), Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await StatusAsync("/api/v1/changements", secret), Is.EqualTo(HttpStatusCode.Forbidden), "another operation");
        });

        var revoked = await CleAsync("revoquer", listed.GetProperty("id").GetString()!);

        Assert.That(revoked.ExitCode, Is.Zero, revoked.Errors);
        Assert.That(await StatusAsync("/api/v1/courriers", secret), Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [TestCase("creer", "--nom", "essai", "--operation", "tout_faire", "tout_faire")]
    [TestCase("revoquer", "courrier_pas-un-identifiant", "jamais la clé elle-même")]
    [TestCase("revoquer", "0198a2f4-0000-7000-8000-000000000000", "Aucune clé")]
    public async Task Key_WronglyAskedFor_IsRefusedWithASentence(params string[] words)
    {
        var run = await CleAsync(words[..^1]);

        Assert.That((run.ExitCode, run.Output), Is.EqualTo((1, "")));
        Assert.That(run.Errors, Does.Contain(words[^1]));
    }

    private Task<ScriptRun> CleAsync(params string[] words) => ScriptRun.RunAsync(["cle", .. words], settings: new Dictionary<string, string?>
    {
        ["ConnectionStrings__Courrier"] = _installation.Database.ConnectionStrings.Courrier,
        ["Donnees__Dossier"] = _installation.Folder,
    });

    private async Task<HttpStatusCode> StatusAsync(string path, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        using var answer = await _installation.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
