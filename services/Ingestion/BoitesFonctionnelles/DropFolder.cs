using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>
/// A folder into which messages are dropped as <c>.eml</c> files, renamed into place or copied slowly. A file leaves the folder only once
/// its fate is committed: to <c>traites</c>, or to <c>anomalies</c> when it cannot be read.
/// </summary>
public sealed partial class DropFolder(
    string boiteCode, string folder, IServiceScopeFactory scopes, IOptions<ReleveOptions> options, TimeProvider clock, ILogger<DropFolder> logger)
{
    private const int MaxAttempts = 3;
    private readonly Dictionary<string, int> _failures = [];
    private Dictionary<string, Look> _seen = [];

    /// <summary>Files that have had their fate since it was started.</summary>
    public int Decided { get; private set; }

    /// <returns>How many files left the folder.</returns>
    public async Task<int> CollectAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var present = new DirectoryInfo(folder).EnumerateFiles()
            .Where(f => f.Extension.Equals(".eml", StringComparison.OrdinalIgnoreCase) && !f.Name.StartsWith('.'))
            .OrderBy(f => f.LastWriteTimeUtc).ThenBy(f => f.Name, StringComparer.Ordinal)
            .ToList();
        var before = _seen;
        _seen = present.ToDictionary(f => f.Name, f => Look.At(f, before.GetValueOrDefault(f.Name)));
        var left = 0;
        foreach (var file in present.Where(f => before.ContainsKey(f.Name) && _seen[f.Name].UnchangedFor >= options.Value.Quietude))
        {
            left += await CollectAsync(file, cancellationToken) ? 1 : 0;
        }

        return left;
    }

    /// <summary>
    /// What a file looked like, and since when it has looked so: measured on the ticks of the machine, because the clock of the
    /// application may be shifted and that of the disk may be another's.
    /// </summary>
    private sealed record Look(long Length, DateTime WrittenAt, long SinceTick)
    {
        public TimeSpan UnchangedFor => TimeSpan.FromMilliseconds(Environment.TickCount64 - SinceTick);

        public static Look At(FileInfo file, Look? before) =>
            before is not null && before.Length == file.Length && before.WrittenAt == file.LastWriteTimeUtc
                ? before
                : new Look(file.Length, file.LastWriteTimeUtc, Environment.TickCount64);
    }

    private async Task<bool> CollectAsync(FileInfo file, CancellationToken cancellationToken)
    {
        var cle = string.Create(CultureInfo.InvariantCulture, $"{file.Name}|{file.Length}|{file.LastWriteTimeUtc.Ticks}");
        try
        {
            await using var content = file.OpenRead();
            await using var copy = await Spool.CopyAsync(content, Path.Combine(folder, ".en-cours"), options.Value.TailleConservee, cancellationToken);
            var identity = $"{cle}|{await Spool.HashAsync(copy, cancellationToken)}";
            await using var scope = scopes.CreateAsyncScope();
            var outcome = await scope.ServiceProvider.GetRequiredService<ReceiveMessage>().ExecuteAsync(
                new ReceiveMessage.Arrivee(boiteCode, copy, file.Length, RecuA: null, CleFichier: identity),
                cancellationToken,
                unreadable: _failures.GetValueOrDefault(cle) >= MaxAttempts);
            Decided++;
            Move(file, outcome == ReceiveMessage.Outcome.SetAsideUnreadable ? "anomalies" : "traites");
            _failures.Remove(cle);
            return true;
        }
#pragma warning disable CA1031 // One message never stops a mailbox: it is tried again, then set aside unopened.
        catch (Exception failure) when (failure is not OperationCanceledException && !Panne.IsCauseOf(failure))
#pragma warning restore CA1031
        {
            _failures[cle] = _failures.GetValueOrDefault(cle) + 1;
            LogCannotReceive(failure, boiteCode, _failures[cle]);
            return false;
        }
    }

    private void Move(FileInfo file, string subfolder)
    {
        var destination = Directory.CreateDirectory(Path.Combine(folder, subfolder)).FullName;
        var path = Path.Combine(destination, file.Name);
        if (File.Exists(path))
        {
            var stamp = clock.GetUtcNow().ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture);
            path = Path.Combine(destination, $"{Path.GetFileNameWithoutExtension(file.Name)}.{stamp}{file.Extension}");
        }

        file.MoveTo(path);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A file dropped for mailbox {Boite} could not be received, attempt {Attempt}")]
    private partial void LogCannotReceive(Exception failure, string boite, int attempt);
}
