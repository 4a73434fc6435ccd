using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.Host.Tests;

/// <summary>
/// The published program, without its sources, in a folder that only its owner may enter: an ordinary account, when the tests run as root.
/// </summary>
public sealed class PublishedTests
{
    private static readonly string? s_ordinaryAccount = Environment.IsPrivilegedProcess ? "nobody" : null;
    private string _folder = "";

    private string Program => Path.Combine(_folder, "Host.dll");

    [OneTimeSetUp]
    public async Task PublishAsync()
    {
        _folder = Directory.CreateTempSubdirectory("courrier-publie-").FullName;
        await ChildProcess.RunAsync(
            "dotnet", "publish", Path.Combine(TestSupport.Repository.Root, "services", "Host"), "-c", TestSupport.Repository.Configuration, "--no-build", "-v", "q", "-o", _folder);
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (s_ordinaryAccount is not null)
        {
            await ChildProcess.RunAsync("chown", "-R", s_ordinaryAccount, _folder);
        }
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Serve_UnderAnOrdinaryAccount_IsReadyWithItsPagesAssets()
    {
        await using var installation = new EmbeddedFolder((UnixFileMode)0b111_111_111);
        await using var host = HostProcess.Start(installation.Folder, user: s_ordinaryAccount, program: Program);

        var address = await host.ReadyAsync();

        using var client = new HttpClient { BaseAddress = address };
        Assert.That((await client.GetByteArrayAsync(new Uri("/dsfr/dsfr.min.css", UriKind.Relative))).Length, Is.GreaterThan(100_000));
        Assert.That((await client.GetByteArrayAsync(new Uri("/dsfr/icons/system/add-line.svg", UriKind.Relative))).Length, Is.GreaterThan(50));
        Assert.That((await client.GetByteArrayAsync(new Uri("/htmx/htmx.min.js", UriKind.Relative))).Length, Is.GreaterThan(10_000));
        Assert.That(File.Exists(Path.Combine(_folder, "polices", "DejaVuSans.ttf")));
        Assert.That(installation.Base, Is.EqualTo(installation.Folder), "an ordinary account keeps its database in its own folder");
        Assert.That(await host.StopAsync(), Is.Zero);
        Assert.That(installation.Postmaster, Is.Null);
    }

    [Test]
    public async Task Serve_WithADemonstrationThatDoesNotLoad_SaysSoServesAllTheSameAndTriesAgain()
    {
        await using var installation = new EmbeddedFolder();
        var letters = Path.Combine(_folder, "seeds", "demo", "courriers.json");
        var sound = await File.ReadAllTextAsync(letters);
        await File.WriteAllTextAsync(letters, "[{");
        await using (var host = HostProcess.Start(installation.Folder, program: Program))
        {
            await host.ReadyAsync();
            Assert.That(host.Output, Does.Contain("La démonstration n’a pas pu être chargée entièrement"));
            Assert.That(await host.StopAsync(), Is.Zero);
        }

        await File.WriteAllTextAsync(letters, sound);
        await using var again = HostProcess.Start(installation.Folder, program: Program);
        await again.ReadyAsync();
        Assert.That(again.Output, Does.Contain("Chargement de la démonstration…").And.Not.Contain("n’a pas pu"));
        Assert.That(await again.StopAsync(), Is.Zero);
    }

    /// <summary>As a container or a systemd unit starts it: somebody else's program that it may only read, its secrets in files that only it may read.</summary>
    [Test]
    public async Task Serve_FromAReadOnlyProgramWithSecretsInFiles_IsReadyAndWritesNowhereElse()
    {
        await using var database = await TestDatabase.CreateAsync(RunningCourrier.MigrateAsync);
        var root = Directory.CreateTempSubdirectory("courrier-lecture-seule-").FullName;
        var (program, secrets, data) = (Path.Combine(root, "app"), Path.Combine(root, "secrets"), Path.Combine(root, "donnees"));
        await ChildProcess.RunAsync("cp", "-r", _folder, program);
        Directory.CreateDirectory(secrets);
        Directory.CreateDirectory(data);
        await File.WriteAllTextAsync(Path.Combine(secrets, "ConnectionStrings__Courrier"), database.ConnectionStrings.Courrier + "\n");
        await ChildProcess.RunAsync("chmod", "-R", "a=rX", program);
        await ChildProcess.RunAsync("chmod", "-R", "u=rX,go=", secrets);
        await ChildProcess.RunAsync("chmod", "755", root);
        if (s_ordinaryAccount is not null)
        {
            await ChildProcess.RunAsync("chown", "-R", "root", program);
            await ChildProcess.RunAsync("chown", "-R", s_ordinaryAccount, secrets, data);
        }

        try
        {
            await using var host = HostProcess.Start(
                data,
                ["serve", "--urls", $"http://127.0.0.1:{FreePort.Next()}"],
                new Dictionary<string, string?> { ["Secrets__Dossier"] = secrets, ["DOTNET_EnableDiagnostics"] = "0" },
                s_ordinaryAccount,
                Path.Combine(program, "Host.dll"));
            var address = await host.ReadyAsync();

            using var client = new HttpClient { BaseAddress = address };
            Assert.That(await client.GetStringAsync(new Uri("/connexion", UriKind.Relative)), Does.Contain("MotDePasse"));
            Assert.That(await host.StopAsync(), Is.Zero, () => host.Output);
        }
        finally
        {
            await ChildProcess.RunAsync("chmod", "-R", "u+w", root);
            Directory.Delete(root, recursive: true);
        }
    }

    [Test]
    public async Task Serve_InAFolderItMayNotWrite_SaysSoInOneSentence()
    {
        await using var installation = new EmbeddedFolder(UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var host = HostProcess.Start(installation.Folder, user: s_ordinaryAccount, program: Program);

        await AssertRefusedAsync(host, "n’est pas accessible en écriture");
    }

    [Test]
    public async Task Serve_WithAnUnreadableConfiguration_NamesTheFile()
    {
        await using var installation = new EmbeddedFolder();
        var file = Path.Combine(_folder, "appsettings.Essai.json");
        await File.WriteAllTextAsync(file, "{ \"Courriel\": ");
        await using var host = HostProcess.Start(installation.Folder, settings: new Dictionary<string, string?> { ["ASPNETCORE_ENVIRONMENT"] = "Essai" }, program: Program);

        await AssertRefusedAsync(host, "fichier de configuration est illisible");
        File.Delete(file);
    }

    [Test]
    public async Task Serve_WithoutThePagesAssets_SaysWhatToDo()
    {
        await using var installation = new EmbeddedFolder();
        var css = Path.Combine(_folder, "wwwroot", "dsfr", "dsfr.min.css");
        File.Move(css, css + ".ailleurs");
        try
        {
            await using var host = HostProcess.Start(installation.Folder, program: Program);
            await AssertRefusedAsync(host, "npm");
        }
        finally
        {
            File.Move(css + ".ailleurs", css);
        }
    }

    private static async Task AssertRefusedAsync(HostProcess host, string expected)
    {
        Assert.That(await host.ExitAsync(), Is.EqualTo(1), () => host.Output);
        Assert.That(host.Output, Does.Contain(expected).And.Not.Contain("   at "));
    }
}
