using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.ServiceDefaults.Tests.Fichiers;

public sealed class CollectOrphansTests
{
    private RunningCourrier _courrier = null!;
    private FileStore _store = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync();
        _store = _courrier.App.Services.GetRequiredService<FileStore>();
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [Test]
    public async Task Collect_AContentThatNothingNames_GoesAfterAnHour()
    {
        var young = await StoreAsync("young");
        var old = await StoreAsync("old");
        Age(old);

        await CollectAsync();

        Assert.That(_store.TryKeep(young.Sha256), Is.True);
        Assert.That(_store.TryKeep(old.Sha256), Is.False);
        Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.fichiers WHERE sha256 = $1", old.Sha256), Is.Zero);
    }

    [Test]
    public async Task Collect_AContentThatARowNames_StaysForEver()
    {
        var named = await StoreAsync("named");
        await ReferenceAsync(named);
        Age(named);

        await CollectAsync();

        Assert.That(_store.TryKeep(named.Sha256), Is.True);
    }

    [Test]
    public async Task Collect_WhileATransactionNamesTheContent_WaitsAndLeavesIt()
    {
        var fichier = await StoreAsync("being named");
        await using var scope = _courrier.Scope();
        var db = scope.ServiceProvider.GetRequiredService<IngestionDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.ReferenceAsync(_store, [fichier], CancellationToken.None);
        Age(fichier);
        var collecting = CollectAsync();
        await Eventually.EventuallyAsync(
            "the collection never waited for the transaction",
            async () => await _courrier.Database.ScalarAsync<long>(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0);

        await transaction.CommitAsync();
        await collecting;

        Assert.That(_store.TryKeep(fichier.Sha256), Is.True);
    }

    [Test]
    public async Task Reference_AContentCollectedMeanwhile_IsRefused()
    {
        var fichier = await StoreAsync("collected");
        Age(fichier);
        await CollectAsync();

        Assert.That(async () => await ReferenceAsync(fichier), Throws.TypeOf<FichierManquantException>());
        Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.fichiers WHERE sha256 = $1", fichier.Sha256), Is.Zero);
    }

    [Test]
    public async Task Collect_ATemporaryFileOfAKilledProcess_GoesAfterAnHour()
    {
        await StoreAsync("something");
        var left = Path.Combine(_store.Folder, "en-cours", Guid.NewGuid().ToString("N"));
        var beingWritten = Path.Combine(_store.Folder, "en-cours", Guid.NewGuid().ToString("N"));
        await File.WriteAllTextAsync(left, "half a scan");
        await File.WriteAllTextAsync(beingWritten, "half a scan");
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddMinutes(-61));

        await CollectAsync();

        Assert.That(File.Exists(left), Is.False);
        Assert.That(File.Exists(beingWritten), Is.True);
    }

    private async Task<Fichier> StoreAsync(string text) =>
        await _store.StoreAsync(new MemoryStream(Encoding.UTF8.GetBytes($"{text} {Guid.NewGuid()}")), 1000, CancellationToken.None);

    private async Task ReferenceAsync(Fichier fichier)
    {
        await using var scope = _courrier.Scope();
        var db = scope.ServiceProvider.GetRequiredService<IngestionDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.ReferenceAsync(_store, [fichier], CancellationToken.None);
        await transaction.CommitAsync();
    }

    private async Task CollectAsync()
    {
        await using var scope = _courrier.Scope();
        await scope.ServiceProvider.GetRequiredService<CollectOrphansJob>().RunAsync(CancellationToken.None);
    }

    private void Age(Fichier fichier) =>
        File.SetLastWriteTimeUtc(Path.Combine(_store.Folder, fichier.Sha256[..2], fichier.Sha256[2..]), DateTime.UtcNow.AddMinutes(-61));
}
