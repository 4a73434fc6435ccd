using System.Security.Cryptography;
using System.Text.Json;

namespace SuiviCourrier.Host.Sauvegardes;

/// <summary>What a backup holds, so that a restoration can prove that it is whole before it touches anything.</summary>
internal sealed record Manifest
{
    public const string FileName = "manifeste.json";

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public required int Format { get; init; }
    public required DateTimeOffset ExportedAt { get; init; }

    /// <summary>Migrations applied to each schema: a backup returns into the same tables only.</summary>
    public required IReadOnlyList<string> Migrations { get; init; }
    public required IReadOnlyList<ManifestTable> Tables { get; init; }
    public required IReadOnlyList<ManifestSequence> Sequences { get; init; }
    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>Written last, and by renaming: a folder without it is not a backup.</summary>
    public async Task WriteAsync(string folder, CancellationToken cancellationToken)
    {
        var unfinished = Path.Combine(folder, FileName + ".en-cours");
        await File.WriteAllTextAsync(unfinished, JsonSerializer.Serialize(this, s_json), cancellationToken);
        File.Move(unfinished, Path.Combine(folder, FileName));
    }

    /// <exception cref="RefusedException">This folder is not a whole backup.</exception>
    public static Manifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new RefusedException($"« {folder} » n’est pas une sauvegarde de Courrier : il y manque {FileName}.");
        }

        try
        {
            return JsonSerializer.Deserialize<Manifest>(File.ReadAllText(path))!;
        }
        catch (JsonException)
        {
            throw new RefusedException($"Le manifeste « {path} » est abîmé : cette sauvegarde ne peut pas être restaurée.");
        }
    }

    public static async Task<(long Length, string Sha256)> MeasureAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        return (stream.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)));
    }
}

/// <param name="Name">Schema and table.</param>
/// <param name="Columns">In the order of the copy; computed columns, and numbers of transactions, are not among them.</param>
/// <param name="File">Relative to the backup.</param>
internal sealed record ManifestTable(string Name, IReadOnlyList<string> Columns, long Rows, string File, string Sha256);

internal sealed record ManifestSequence(string Name, long LastValue, bool IsCalled);

/// <param name="Path">Relative to the data folder, with slashes.</param>
internal sealed record ManifestFile(string Path, long Length, string Sha256);
