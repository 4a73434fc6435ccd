using System.Diagnostics;
using System.Text.Json;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.Host.Tests;

/// <summary>The embedded default, started as a newcomer starts it.</summary>
public sealed class EmbeddedTests
{
    /// <summary>The sweep adds reminders at every minute: where rows are counted, it waits for another day.</summary>
    private static readonly Dictionary<string, string?> s_withoutSweep = new() { ["Relances__Cron"] = "0 3 29 2 *" };

    [Test]
    public async Task Serve_InANewFolder_IsReadyRefusesASecondAndLeavesNothingRunning()
    {
        await using var installation = new EmbeddedFolder();
        await using var host = HostProcess.Start(installation.Folder);
        var watch = Stopwatch.StartNew();
        await host.ReadyAsync();
        TestContext.Out.WriteLine($"First start: {watch.Elapsed.TotalSeconds:0.0} s");

        await using (var second = HostProcess.Start(installation.Folder))
        {
            Assert.That(await second.ExitAsync(), Is.EqualTo(1));
            Assert.That(second.Output, Does.Contain("déjà lancé").And.Not.Contain("   at "));
        }

        Assert.That(await host.StopAsync(), Is.Zero, () => host.Output);
        Assert.That(installation.Postmaster, Is.Null, "PostgreSQL still runs");
        Assert.That(host.Output, Does.Not.Contain("   at "));
    }

    [Test]
    public async Task Serve_AfterTheHostWasKilled_AdoptsTheDatabaseAndKeepsEverything()
    {
        await using var installation = new EmbeddedFolder();
        await using var backups = new EmbeddedFolder();
        await using (var host = HostProcess.Start(installation.Folder, settings: s_withoutSweep))
        {
            await host.ReadyAsync();
            await installation.RestAsync();
            await host.KillAsync();
        }

        Assert.That(installation.Postmaster, Is.Not.Null, "PostgreSQL died with the Host");
        var before = await CountsAndFilesAsync(installation.Folder, Path.Combine(backups.Folder, "avant"));
        Assert.That(before, Does.Contain(".eml"), "the demonstration left nothing to lose");
        Assert.That(installation.Postmaster, Is.Null, "The verb that adopted the server did not stop it");

        await using var again = HostProcess.Start(installation.Folder, settings: s_withoutSweep);
        var watch = Stopwatch.StartNew();
        await again.ReadyAsync();
        TestContext.Out.WriteLine($"Start on an existing database: {watch.Elapsed.TotalSeconds:0.0} s");
        await installation.RestAsync();
        Assert.That(await CountsAndFilesAsync(installation.Folder, Path.Combine(backups.Folder, "apres")), Is.EqualTo(before));
        Assert.That(installation.Postmaster, Is.Not.Null, "The verb stopped the database of the Host that serves");
        await again.StopAsync();
    }

    [Test]
    public async Task Serve_WithTheDatabaseOfAKilledHostStillRunning_UsesIt()
    {
        await using var installation = new EmbeddedFolder();
        await using (var host = HostProcess.Start(installation.Folder))
        {
            await host.ReadyAsync();
            await host.KillAsync();
        }

        var survivor = installation.Postmaster;
        await using var again = HostProcess.Start(installation.Folder);
        await again.ReadyAsync();

        Assert.That(installation.Postmaster, Is.EqualTo(survivor).And.Not.Null);
        await again.StopAsync();
    }

    [Test]
    public async Task KilledPostgreSql_UnderARunningHost_IsStartedAgain()
    {
        await using var installation = new EmbeddedFolder();
        await using var host = HostProcess.Start(installation.Folder);
        var address = await host.ReadyAsync();
        var killed = installation.Postmaster;

        installation.KillPostmaster();

        await Eventually.EventuallyAsync("PostgreSQL never came back", () => Task.FromResult(installation.Postmaster is { } pid && pid != killed), TimeSpan.FromMinutes(1));
        await HostProcess.WaitForReadinessAsync(address);
        await host.StopAsync();
        Assert.That(installation.Postmaster, Is.Null);
    }

    [Test]
    public async Task Serve_AfterHostAndPostgreSqlWereKilled_Recovers()
    {
        await using var installation = new EmbeddedFolder();
        await using (var host = HostProcess.Start(installation.Folder))
        {
            await host.ReadyAsync();
            await host.KillAsync();
        }

        installation.KillPostmaster();
        await using var again = HostProcess.Start(installation.Folder);
        await again.ReadyAsync();
        await again.StopAsync();
    }

    [Test]
    public async Task Serve_FromTwoFoldersSideBySide_GivesEachItsOwnDatabaseAndPort()
    {
        await using var one = new EmbeddedFolder();
        await using var other = new EmbeddedFolder();
        await using var oneHost = HostProcess.Start(one.Folder);
        await using var otherHost = HostProcess.Start(other.Folder);

        var addresses = new[] { await oneHost.ReadyAsync(), await otherHost.ReadyAsync() };

        Assert.That(addresses[0], Is.Not.EqualTo(addresses[1]));
        Assert.That(one.Database, Is.Not.EqualTo(other.Database));
        await Task.WhenAll(oneHost.StopAsync(), otherHost.StopAsync());
        Assert.That(one.Postmaster is null && other.Postmaster is null);
    }

    [Test]
    public async Task Serve_OnDataOfAnotherMajorVersion_SaysSoInOneSentence()
    {
        await using var installation = new EmbeddedFolder();
        await using (var seed = HostProcess.Start(installation.Folder, ["seed"]))
        {
            Assert.That(await seed.ExitAsync(), Is.Zero, () => seed.Output);
        }

        await File.WriteAllTextAsync(Path.Combine(installation.Database, "PG_VERSION"), "17\n");
        await using var host = HostProcess.Start(installation.Folder);

        Assert.That(await host.ExitAsync(), Is.EqualTo(1));
        Assert.That(host.Output, Does.Contain("PostgreSQL 17").And.Contain("PostgreSQL 18").And.Not.Contain("   at "));
    }

    [Test]
    public async Task Restaurer_AfterExporter_GivesBackTheSameRowsAndFiles()
    {
        await using var source = new EmbeddedFolder();
        await using var target = new EmbeddedFolder();
        await using var backups = new EmbeddedFolder();
        await using (var seed = HostProcess.Start(source.Folder, ["seed"]))
        {
            Assert.That(await seed.ExitAsync(), Is.Zero, () => seed.Output);
        }

        Directory.CreateDirectory(Path.Combine(source.Folder, "courriels-entrants", "contact"));
        await File.WriteAllTextAsync(Path.Combine(source.Folder, "courriels-entrants", "contact", "é.eml"), "From: x@example.fr\n\nBonjour");
        var first = Path.Combine(backups.Folder, "premiere");
        var exported = await ExportAsync(source.Folder, first);

        await using (var restore = HostProcess.Start(target.Folder, ["restaurer", first]))
        {
            Assert.That(await restore.ExitAsync(), Is.Zero, () => restore.Output);
        }

        Assert.That(await ExportAsync(target.Folder, Path.Combine(backups.Folder, "seconde")), Is.EqualTo(exported));
        Assert.That(exported, Does.Contain("é.eml").And.Contain("\"Rows\""));

        await using (var twice = HostProcess.Start(target.Folder, ["restaurer", first]))
        {
            Assert.That(await twice.ExitAsync(), Is.EqualTo(1));
            Assert.That(twice.Output, Does.Contain("n’est pas vide").And.Not.Contain("   at "));
        }
    }

    [Test]
    public async Task Restaurer_OfADamagedBackup_RestoresNothing()
    {
        await using var source = new EmbeddedFolder();
        await using var target = new EmbeddedFolder();
        await using var backups = new EmbeddedFolder();
        var folder = Path.Combine(backups.Folder, "abimee");
        await using (var seed = HostProcess.Start(source.Folder, ["seed"]))
        {
            await seed.ExitAsync();
        }

        await ExportAsync(source.Folder, folder);
        var table = Directory.EnumerateFiles(Path.Combine(folder, "base")).MaxBy(f => new FileInfo(f).Length)!;
        await using (var stream = File.OpenWrite(table))
        {
            stream.Seek(-3, SeekOrigin.End);
            stream.WriteByte(0x7F);
        }

        await using var restore = HostProcess.Start(target.Folder, ["restaurer", folder]);

        Assert.That(await restore.ExitAsync(), Is.EqualTo(1));
        Assert.That(restore.Output, Does.Contain("La sauvegarde est abîmée").And.Contain(Path.GetFileName(table)));
    }

    /// <returns>What the manifest says, without its date.</returns>
    private static async Task<string> ExportAsync(string folder, string into)
    {
        using var manifest = await ManifestAsync(folder, into);
        return string.Join('\n', manifest.RootElement.EnumerateObject().Where(p => p.Name != "ExportedAt").Select(p => p.Value.GetRawText()));
    }

    /// <returns>Rows of every table, hash of every file.</returns>
    private static async Task<string> CountsAndFilesAsync(string folder, string into)
    {
        using var manifest = await ManifestAsync(folder, into);
        return string.Join('\n', [
            .. manifest.RootElement.GetProperty("Tables").EnumerateArray().Select(t => $"{t.GetProperty("Name")} {t.GetProperty("Rows")}"),
            .. manifest.RootElement.GetProperty("Files").EnumerateArray().Select(f => $"{f.GetProperty("Path")} {f.GetProperty("Sha256")}"),
        ]);
    }

    private static async Task<JsonDocument> ManifestAsync(string folder, string into)
    {
        await using var export = HostProcess.Start(folder, ["exporter", into]);
        Assert.That(await export.ExitAsync(), Is.Zero, () => export.Output);
        return JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(into, "manifeste.json")));
    }
}
