using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

/// <summary>
/// Reads the words of a file in a process of its own: this program with the verb <c>lire-piece</c>. The file goes in by its input, its words come
/// out as JSON.
/// </summary>
public static class TexteApart
{
    public const string Verbe = "lire-piece";

    /// <returns>Null when it gave no answer in time, or died.</returns>
    public static async Task<TexteLu?> ReadAsync(
        SafeFileHandle file, string typeMime, string extension, int caracteres, TimeSpan limit, long memory, CancellationToken cancellationToken)
    {
        // An empty argument and one that begins with a dash are not what they seem on every system.
        using var answer = await ProgrammeApart.RunAsync(
            Verbe, [typeMime, $"x{extension}", caracteres.ToString(CultureInfo.InvariantCulture)], file, limit, memory, cancellationToken);
        try
        {
            return answer is null ? null : JsonSerializer.Deserialize<TexteLu>(answer);
        }
        catch (JsonException)
        {
            return null; // it says nothing that can be understood
        }
    }

    /// <summary>The other side: what the verb does.</summary>
    /// <returns>Its exit code.</returns>
    public static Task<int> RunAsync(
        Stream input, Stream output, string typeMime, string extension, int caracteres, TimeSpan limit, CancellationToken cancellationToken) =>
        ProgrammeApart.WorkAsync(limit, async () =>
        {
            Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
            await using var file = Spool.NewFile(Path.GetTempPath());
            await input.CopyToAsync(file, cancellationToken);
            var lu = TexteDePiece.Read(file, typeMime, extension[1..], caracteres, cancellationToken);
            await JsonSerializer.SerializeAsync(output, lu, cancellationToken: cancellationToken);
            await output.FlushAsync(cancellationToken);
        });
}
