using System.Net;
using Npgsql;
using SuiviCourrier.Host.Embedded;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.Host.Tests;

/// <summary>With <c>ConnectionStrings:Courrier</c>: a server somebody else runs, prepared by the verbs.</summary>
public sealed class ServerTests
{
    private const string Password = "un mot de passe assez long";
    private const string Administrator = "camille.renard@essais.invalid";

    private static readonly string[] s_creer = ["compte", "creer", "--courriel", Administrator, "--nom", "Camille Renard", "--service", "SIDSIC"];

    private EmbeddedFolder _serverFolder = null!;
    private EmbeddedPostgres _server = null!;
    private EmbeddedFolder _installation = null!;

    [OneTimeSetUp]
    public async Task StartServerAsync()
    {
        _serverFolder = new EmbeddedFolder();
        _installation = new EmbeddedFolder();
        _server = await EmbeddedPostgres.StartAsync(_serverFolder.Folder, CancellationToken.None);
    }

    [OneTimeTearDown]
    public async Task StopServerAsync()
    {
        await _server.DisposeAsync();
        await _installation.DisposeAsync();
        await _serverFolder.DisposeAsync();
    }

    [Test]
    public async Task Serve_OnAServer_AsksForMigrateThenServesAloneThenRefusesAnother()
    {
        var owner = new Dictionary<string, string?>
        {
            ["ConnectionStrings__Courrier"] = _server.ConnectionStrings.Courrier,
            ["ConnectionStrings__CourrierMigration"] = _server.ConnectionStrings.Migration,
        };
        await RunAsync([], owner, 1, "migration(s) en attente");
        await RunAsync(["seed"], owner, 1, "lancez d’abord la commande « migrate »");
        await RunAsync(["migrate"], owner, 0, "est à jour");
        await RunAsync(["migrate"], owner, 0, "est à jour");
        await RunAsync(s_creer, owner, 1, "« seed »", input: Password);
        await RunAsync(["seed"], owner, 0, "sont chargées");

        var services = new Dictionary<string, string?> { ["ConnectionStrings__Courrier"] = _server.ConnectionStrings.Courrier };
        await RunAsync([.. s_creer, "--role", "roi"], services, 1, "« roi »", input: Password);
        await RunAsync(s_creer, services, 1, "12", input: "court");
        await RunAsync(s_creer, services, 1, "Aucun mot de passe", input: "");
        await RunAsync(s_creer, services, 0, "est créé", input: Password);
        await RunAsync(s_creer, new Dictionary<string, string?>(services) { ["COURRIER_MOTDEPASSE"] = Password }, 1, "n’a pas été créé");

        await using var host = HostProcess.Start(_installation.Folder, settings: services);
        var address = await host.ReadyAsync();
        Assert.That(host.Output, Does.Not.Contain("émonstration"), "the demonstration is for the embedded database");
        using var administrator = SignedInClient.Anonymous(address, Administrator);
        using var signedIn = await administrator.SignInAsync(Password);
        Assert.That(signedIn.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
        Assert.That(await administrator.ReadAsync("/comptes"), Does.Contain(Administrator));
        await administrator.ReadAsync("/corbeille");
        await administrator.ReadAsync("/contact");
        await administrator.ReadAsync("/modeles");

        await using var elsewhere = new EmbeddedFolder();
        await using (var second = HostProcess.Start(elsewhere.Folder, settings: services))
        {
            Assert.That(await second.ExitAsync(), Is.EqualTo(1));
            Assert.That(second.Output, Does.Contain("Un autre processus"));
        }

        Assert.That(await host.StopAsync(), Is.Zero);
        Assert.That(host.Output, Does.Not.Contain("warn:"), "pages that are well are not worth a warning");
        await AssertMovesToAnotherDatabaseAsync(services);
    }

    /// <summary>The way from one server to another, or from the embedded database to a server: export, migrate nothing by hand, restore.</summary>
    private async Task AssertMovesToAnotherDatabaseAsync(Dictionary<string, string?> services)
    {
        var backup = Path.Combine(_serverFolder.Folder, "sauvegarde");
        await RunAsync(["exporter", backup + "-refusee"], services, 1, "n’a pas les droits nécessaires");
        var owner = new Dictionary<string, string?>(services) { ["ConnectionStrings__CourrierMigration"] = _server.ConnectionStrings.Migration };
        await RunAsync(["exporter", backup], owner, 0, "Sauvegarde écrite");
        await using (var connection = new NpgsqlConnection(_server.ConnectionStrings.Migration))
        {
            await connection.OpenAsync();
            await using var create = new NpgsqlCommand("CREATE DATABASE nouvelle", connection);
            await create.ExecuteNonQueryAsync();
        }

        var target = new Dictionary<string, string?>
        {
            ["ConnectionStrings__Courrier"] = In("nouvelle", _server.ConnectionStrings.Courrier),
            ["ConnectionStrings__CourrierMigration"] = In("nouvelle", _server.ConnectionStrings.Migration),
        };
        await using var newFolder = new EmbeddedFolder();
        await using var restore = HostProcess.Start(newFolder.Folder, ["restaurer", backup], target);
        Assert.That(await restore.ExitAsync(), Is.Zero, () => restore.Output);
        Assert.That(restore.Output, Does.Contain("Sauvegarde restaurée").And.Not.Contain("démonstration"));
        await using var nouvelle = new NpgsqlConnection(target["ConnectionStrings__CourrierMigration"]);
        await nouvelle.OpenAsync();
        await using var count = new NpgsqlCommand("SELECT count(*) FROM portail.lecture_comptes WHERE courriel = $1 AND is_actif", nouvelle) { Parameters = { new() { Value = Administrator } } };
        Assert.That(await count.ExecuteScalarAsync(), Is.EqualTo(1L));
    }

    private static string In(string database, string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = database }.ConnectionString;

    [Test]
    public Task Serve_WithABadPassword_IsRefused() =>
        RunAsync([], WithServer(server => server.Password = "faux"), 1, "refuse le mot de passe");

    [Test]
    public Task Serve_OnADatabaseThatDoesNotExist_IsRefused() =>
        RunAsync([], WithServer(server => server.Database = "ailleurs"), 1, "n’existe pas");

    private async Task RunAsync(IEnumerable<string> arguments, Dictionary<string, string?> settings, int exitCode, string expected, string? input = null)
    {
        await using var verb = HostProcess.Start(_installation.Folder, arguments, settings, input: input);
        Assert.That(await verb.ExitAsync(), Is.EqualTo(exitCode), () => verb.Output);
        Assert.That(verb.Output, Does.Contain(expected).And.Not.Contain("   at "));
    }

    private Dictionary<string, string?> WithServer(Action<NpgsqlConnectionStringBuilder> change)
    {
        var server = new NpgsqlConnectionStringBuilder(_server.ConnectionStrings.Courrier);
        change(server);
        return new Dictionary<string, string?> { ["ConnectionStrings__Courrier"] = server.ConnectionString };
    }
}
