using System.Text.Json;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.Host.Tests;

/// <summary>What the manifest of a backup says of it.</summary>
internal sealed class ExportedBackup
{
    private readonly List<(string Name, long Rows, string Sha256)> _tables;

    private ExportedBackup(JsonElement manifest)
    {
        _tables = [.. manifest.GetProperty("Tables").EnumerateArray().Select(t => (t.GetProperty("Name").GetString()!, t.GetProperty("Rows").GetInt64(), t.GetProperty("Sha256").GetString()!))];
        Files = [.. manifest.GetProperty(nameof(Files)).EnumerateArray().Select(f => $"{f.GetProperty("Path")} {f.GetProperty("Sha256")}")];
    }

    /// <summary>Path and hash of each file.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Rows of each table.</summary>
    public IReadOnlyList<string> Counts => [.. _tables.Select(t => $"{t.Name} {t.Rows}")];

    /// <summary>Hash of the rows of each table but these.</summary>
    public IReadOnlyList<string> TablesBut(params string[] names) => [.. _tables.Where(t => !names.Contains(t.Name)).Select(t => $"{t.Name} {t.Rows} {t.Sha256}")];

    /// <summary>Runs <c>exporter</c>.</summary>
    public static async Task<ExportedBackup> OfAsync(string folder, string into)
    {
        await using var export = HostProcess.Start(folder, ["exporter", into]);
        Assert.That(await export.ExitAsync(), Is.Zero, () => export.Output);
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(into, "manifeste.json")));
        return new ExportedBackup(manifest.RootElement);
    }
}
