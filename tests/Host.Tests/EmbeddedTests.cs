using System.Diagnostics;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.Host.Tests;

/// <summary>
/// The embedded default, as a newcomer uses it: one installation, filled by its first start as root or as whoever runs the tests, below
/// a folder nobody else may enter; then everything that can happen to it.
/// </summary>
public sealed class EmbeddedTests
{
    /// <summary>The sweep adds reminders at every minute: where rows are counted, it waits for another day.</summary>
    private static readonly Dictionary<string, string?> s_settings = new() { ["Relances__Cron"] = "0 3 29 2 *" };

    private EmbeddedFolder _installation = null!;
    private EmbeddedFolder _elsewhere = null!;
    private string _firstOutput = "";

    [OneTimeSetUp]
    public async Task StartForTheFirstTimeAsync()
    {
        _installation = new EmbeddedFolder();
        _elsewhere = new EmbeddedFolder();
        await using var host = Start();
        var watch = Stopwatch.StartNew();
        await host.ReadyAsync();
        TestContext.Progress.WriteLine($"First start: {watch.Elapsed.TotalSeconds:0.0} s");
        await _installation.RestAsync();
        Assert.That(await host.StopAsync(), Is.Zero, () => host.Output);
        _firstOutput = host.Output;
    }

    [OneTimeTearDown]
    public async Task RemoveAsync()
    {
        await _installation.DisposeAsync();
        await _elsewhere.DisposeAsync();
    }

    [Test]
    public void FirstStart_SaysWhereDataAreHowToSignInAndHowToMoveToAServer()
    {
        Assert.That(_firstOutput, Does.Contain($"Données : {_installation.Folder}").And.Contain(_installation.Base));
        Assert.That(_firstOutput, Does.Contain("Comptes de démonstration").And.Contain("administrateur"));
        Assert.That(_firstOutput, Does.Contain("« exporter DOSSIER »").And.Contain("« restaurer DOSSIER »"));
        Assert.That(_firstOutput.Split("Chargement de la démonstration…"), Has.Length.EqualTo(2), "said once");
        Assert.That(_firstOutput, Does.Not.Contain("   at "));
        Assert.That(_installation.Base == _installation.Folder, Is.Not.EqualTo(Environment.IsPrivilegedProcess), "only root keeps its database elsewhere");
    }

    [Test]
    public async Task Serve_WhileAnotherServes_IsRefusedAndTheFirstLeavesNothingRunning()
    {
        await using var host = Start();
        await host.ReadyAsync();

        await using (var second = Start())
        {
            Assert.That(await second.ExitAsync(), Is.EqualTo(1));
            Assert.That(second.Output, Does.Contain("déjà lancé").And.Not.Contain("   at "));
        }

        Assert.That(await host.StopAsync(), Is.Zero, () => host.Output);
        Assert.That(_installation.Postmaster, Is.Null, "PostgreSQL still runs");
        Assert.That(host.Output, Does.Not.Contain("   at ").And.Not.Contain("Chargement de la démonstration"));
    }

    [Test]
    public async Task Serve_AfterTheHostWasKilled_AdoptsTheDatabaseAndKeepsEverything()
    {
        ExportedBackup before;
        await using (var host = Start())
        {
            await host.ReadyAsync();
            await _installation.RestAsync();
            before = await ExportedBackup.OfAsync(_installation.Folder, Path.Combine(_elsewhere.Folder, "avant"));
            Assert.That(before.Files, Has.Some.Contains(".eml"), "the demonstration left nothing to lose");
            await host.KillAsync();
        }

        var survivor = _installation.Postmaster;
        Assert.That(survivor, Is.Not.Null, "PostgreSQL died with the Host, or the verb stopped it under the Host");

        await using var again = Start();
        var watch = Stopwatch.StartNew();
        await again.ReadyAsync();
        TestContext.Out.WriteLine($"Start on an existing database: {watch.Elapsed.TotalSeconds:0.0} s");
        Assert.That(_installation.Postmaster, Is.EqualTo(survivor), "the survivor was not adopted");
        await _installation.RestAsync();
        await again.KillAsync();

        var after = await ExportedBackup.OfAsync(_installation.Folder, Path.Combine(_elsewhere.Folder, "apres"));
        Assert.That(after.Counts, Is.EqualTo(before.Counts));
        Assert.That(after.Files, Is.EqualTo(before.Files));
        Assert.That(_installation.Postmaster, Is.Null, "the verb that adopted the server did not stop it");
    }

    [Test]
    public async Task KilledPostgreSql_UnderARunningHost_IsStartedAgain()
    {
        await using var host = Start();
        var address = await host.ReadyAsync();
        var killed = _installation.Postmaster;

        _installation.KillPostmaster();

        await Eventually.EventuallyAsync("PostgreSQL never came back", () => Task.FromResult(_installation.Postmaster is { } pid && pid != killed), TimeSpan.FromMinutes(1));
        await host.UntilReadyAsync(address);
        await host.StopAsync();
        Assert.That(_installation.Postmaster, Is.Null);
    }

    /// <summary>
    /// After a power cut the number in the lock file may since have been given to another program of the same account: PostgreSQL itself
    /// believes such a file.
    /// </summary>
    [Test]
    public async Task Serve_AfterHostAndPostgreSqlWereKilled_IsNotStoppedByTheLockFile()
    {
        await using (var host = Start())
        {
            await host.ReadyAsync();
            await host.KillAsync();
        }

        _installation.KillPostmaster();
        await Eventually.EventuallyAsync("PostgreSQL never died", () => Task.FromResult(_installation.Postmaster is null));
        var lockFile = Path.Combine(_installation.Database, "postmaster.pid");
        var account = (await ChildProcess.RunAsync("stat", "-c", "%u", _installation.Database)).Trim();
        await using var stranger = ChildProcess.Start("setpriv", [$"--reuid={account}", "sleep", "300"]);
        await File.WriteAllLinesAsync(lockFile, [stranger.Id.ToString(), .. (await File.ReadAllLinesAsync(lockFile))[1..]]);

        await using var again = Start();
        await again.ReadyAsync();
        Assert.That(await again.StopAsync(), Is.Zero);
    }

    [Test]
    public async Task Serve_FromTwoFoldersSideBySide_GivesEachItsOwnDatabaseAndPort()
    {
        await using var other = new EmbeddedFolder();
        await using var oneHost = Start();
        await using var otherHost = HostProcess.Start(other.Folder);

        var addresses = new[] { await oneHost.ReadyAsync(), await otherHost.ReadyAsync() };

        Assert.That(addresses[0], Is.Not.EqualTo(addresses[1]));
        Assert.That(_installation.Database, Is.Not.EqualTo(other.Database));
        await Task.WhenAll(oneHost.StopAsync(), otherHost.StopAsync());
        Assert.That(_installation.Postmaster is null && other.Postmaster is null);
    }

    [Test]
    public async Task Serve_OnDataOfAnotherMajorVersion_SaysSoInOneSentence()
    {
        var file = Path.Combine(_installation.Database, "PG_VERSION");
        await File.WriteAllTextAsync(file, "17\n");
        try
        {
            await using var host = Start();
            Assert.That(await host.ExitAsync(), Is.EqualTo(1));
            Assert.That(host.Output, Does.Contain("PostgreSQL 17").And.Contain("PostgreSQL 18").And.Not.Contain("   at "));
        }
        finally
        {
            await File.WriteAllTextAsync(file, "18\n");
        }
    }

    [Test]
    public async Task Serve_OfTheDemonstrationToTheWholeNetwork_IsRefused()
    {
        await using var host = Start("--urls", "http://0.0.0.0:0");

        Assert.That(await host.ExitAsync(), Is.EqualTo(1));
        Assert.That(host.Output, Does.Contain("démonstration").And.Contain("127.0.0.1").And.Not.Contain("   at "));
    }

    [Test]
    public async Task Restaurer_AfterExporter_GivesBackTheSameRowsAndFilesAndClosesTheDemonstrationsAccounts()
    {
        await using var target = new EmbeddedFolder();
        var backup = Path.Combine(_elsewhere.Folder, "sauvegarde");
        await File.WriteAllTextAsync(Path.Combine(_installation.Folder, "courriels-entrants", "contact", "é.eml"), "From: x@essais.invalid\n\nBonjour");
        var exported = await ExportedBackup.OfAsync(_installation.Folder, backup);
        Assert.That(exported.Files, Has.Some.Contains("é.eml"));

        await using (var restore = HostProcess.Start(target.Folder, ["restaurer", backup]))
        {
            Assert.That(await restore.ExitAsync(), Is.Zero, () => restore.Output);
            Assert.That(restore.Output, Does.Contain("comptes de démonstration").And.Contain("désactivés").And.Contain("vérifiés"));
        }

        var restored = await ExportedBackup.OfAsync(target.Folder, Path.Combine(_elsewhere.Folder, "restauree"));
        Assert.That(restored.Files, Is.EqualTo(exported.Files));
        Assert.That(restored.TablesBut("portail.comptes", "portail.journal"), Is.EqualTo(exported.TablesBut("portail.comptes", "portail.journal")));
        Assert.That(restored.TablesBut(), Is.Not.EqualTo(exported.TablesBut()), "the accounts are closed, and the journal says so");

        await AssertRefusedAsync(target, backup, "n’est pas vide");
        await AssertRefusedAsync(target, _elsewhere.Folder, "n’est pas une sauvegarde");
        var damaged = Directory.EnumerateFiles(Path.Combine(backup, "base")).MaxBy(f => new FileInfo(f).Length)!;
        await using (var stream = File.OpenWrite(damaged))
        {
            stream.Seek(-3, SeekOrigin.End);
            stream.WriteByte(0x7F);
        }

        await AssertRefusedAsync(target, backup, $"La sauvegarde est abîmée : « base/{Path.GetFileName(damaged)} »");
    }

    private static async Task AssertRefusedAsync(EmbeddedFolder target, string backup, string expected)
    {
        await using var restore = HostProcess.Start(target.Folder, ["restaurer", backup]);
        Assert.That(await restore.ExitAsync(), Is.EqualTo(1));
        Assert.That(restore.Output, Does.Contain(expected).And.Not.Contain("   at "));
    }

    private HostProcess Start(params string[] arguments) => HostProcess.Start(_installation.Folder, arguments, s_settings);
}
