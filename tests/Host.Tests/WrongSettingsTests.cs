using System.Net;
using System.Net.Sockets;
using Npgsql;
using SuiviCourrier.Host.Embedded;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.Host.Tests;

/// <summary>A wrong setting ends in one sentence, in French, and exit code 1.</summary>
public sealed class WrongSettingsTests
{
    private EmbeddedFolder _serverFolder = null!;
    private EmbeddedPostgres _server = null!;

    [OneTimeSetUp]
    public async Task StartServerAsync()
    {
        _serverFolder = new EmbeddedFolder();
        _server = await EmbeddedPostgres.StartAsync(_serverFolder.Folder, CancellationToken.None);
    }

    [OneTimeTearDown]
    public async Task StopServerAsync()
    {
        await _server.DisposeAsync();
        await _serverFolder.DisposeAsync();
    }

    [TestCase("Messages__Transport", "pigeon", "pigeon", TestName = "Unknown transport")]
    [TestCase("Messages__BatchSize", "beaucoup", "nombre entier", TestName = "A size that is no number")]
    [TestCase("Horloge__Decalage", "10.00:00:00", "Development", TestName = "A moved clock outside Development")]
    [TestCase("Horloge__Decalage", "demain", "une durée", TestName = "A clock moved by no duration")]
    [TestCase("ConnectionStrings__Courrier", "n'importe quoi", "chaîne de connexion", TestName = "A connection string that is none")]
    [TestCase("ConnectionStrings__Courrier", "Host=127.0.0.1;Port=1;Username=courrier;Database=courrier", "injoignable", TestName = "An unreachable server")]
    [TestCase("ConnectionStrings__Courrier", "Host=nulle-part.invalid;Username=courrier;Database=courrier", "injoignable", TestName = "A server that does not exist")]
    [TestCase("Donnees__Dossier", "/proc/courrier", "accessible en écriture", TestName = "A folder that cannot be written")]
    [TestCase("ASPNETCORE_URLS", "pas-une-adresse", "pas valable", TestName = "An address that is none")]
    public async Task Serve_WithAWrongSetting_SaysSoInOneSentence(string setting, string value, string expected)
    {
        await using var installation = new EmbeddedFolder();
        await using var host = HostProcess.Start(installation.Folder, settings: new Dictionary<string, string?> { [setting] = value });

        await AssertRefusedAsync(host, expected);
    }

    [TestCase("--roles", "cuisine", "cuisine", TestName = "Unknown role")]
    [TestCase("--roles", "portail", "tous les rôles", TestName = "One role alone with the transport interne")]
    [TestCase("--couleur", "rouge", "--help", TestName = "Unknown option")]
    public async Task Serve_WithAWrongArgument_SaysSoInOneSentence(string option, string value, string expected)
    {
        await using var installation = new EmbeddedFolder();
        await using var host = HostProcess.Start(installation.Folder, ["serve", option, value]);

        await AssertRefusedAsync(host, expected);
    }

    [Test]
    public async Task Serve_OnAnAddressInUse_IsRefused()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using var installation = new EmbeddedFolder();
        await using var host = HostProcess.Start(installation.Folder, ["--urls", $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}"]);

        await AssertRefusedAsync(host, "déjà utilisée");
    }

    [Test]
    public async Task Serve_WithABadPassword_IsRefused()
    {
        var wrong = new NpgsqlConnectionStringBuilder(_server.ConnectionStrings.Courrier) { Password = "faux" }.ConnectionString;
        await using var installation = new EmbeddedFolder();
        await using var host = HostProcess.Start(installation.Folder, settings: new Dictionary<string, string?> { ["ConnectionStrings__Courrier"] = wrong });

        await AssertRefusedAsync(host, "refuse le mot de passe");
    }

    [Test]
    public async Task Serve_OnADatabaseThatDoesNotExist_IsRefused()
    {
        var wrong = new NpgsqlConnectionStringBuilder(_server.ConnectionStrings.Courrier) { Database = "ailleurs" }.ConnectionString;
        await using var installation = new EmbeddedFolder();
        await using var host = HostProcess.Start(installation.Folder, settings: new Dictionary<string, string?> { ["ConnectionStrings__Courrier"] = wrong });

        await AssertRefusedAsync(host, "n’existe pas");
    }

    [Test]
    public async Task Serve_OnAServer_AsksForMigrateThenServesAloneThenRefusesAnother()
    {
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings__Courrier"] = _server.ConnectionStrings.Courrier,
            ["ConnectionStrings__CourrierMigration"] = _server.ConnectionStrings.Migration,
        };
        await using var installation = new EmbeddedFolder();
        await using (var early = HostProcess.Start(installation.Folder, settings: settings))
        {
            await AssertRefusedAsync(early, "migrate");
        }

        foreach (var verb in new[] { "migrate", "seed" })
        {
            await using var prepare = HostProcess.Start(installation.Folder, [verb], settings);
            Assert.That(await prepare.ExitAsync(), Is.Zero, () => prepare.Output);
        }

        settings.Remove("ConnectionStrings__CourrierMigration");
        await using var host = HostProcess.Start(installation.Folder, settings: settings);
        await host.ReadyAsync();
        await using var elsewhere = new EmbeddedFolder();
        await using (var second = HostProcess.Start(elsewhere.Folder, settings: settings))
        {
            await AssertRefusedAsync(second, "Un autre processus");
        }

        Assert.That(await host.StopAsync(), Is.Zero);
    }

    private static async Task AssertRefusedAsync(HostProcess host, string expected)
    {
        Assert.That(await host.ExitAsync(), Is.EqualTo(1), () => host.Output);
        var said = host.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line != "Préparation de la base de données…").ToList();
        Assert.That(said, Has.Count.EqualTo(1), () => host.Output);
        Assert.That(said[0], Does.Contain(expected).And.Not.Contain("   at ").And.Not.Contain("Exception"));
    }
}
