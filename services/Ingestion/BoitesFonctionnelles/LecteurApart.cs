using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MimeKit;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>
/// Reads a message in a process of its own: this program with the verb <c>lire-message</c>. The message goes in by its input, what was read
/// comes out as JSON, the attachments as files of a folder.
/// </summary>
public static class LecteurApart
{
    public const string Verbe = "lire-message";

    private static readonly JsonSerializerOptions s_json = new() { Converters = { new AdresseConverter(), new SetConverter() } };

    /// <summary>What the reader says of a message.</summary>
    private sealed record Reponse(FaitsMessage? Faits, string? Texte, string? Html, string? HtmlSur, IndicesMessage Indices, List<PieceEcrite> Pieces, bool IsEntier);

    /// <param name="Fichier">Its name in the folder.</param>
    private sealed record PieceEcrite(string? Nom, string Instead, string? ContentId, string Fichier);

    /// <summary>Starts the process and waits for its answer.</summary>
    /// <param name="folder">Where the attachments are put; they are read from there later.</param>
    /// <param name="memory">Bytes of managed memory it may use.</param>
    /// <returns>Null when it gave no answer in time.</returns>
    public static async Task<MessageLu?> ReadAsync(FileStream message, string folder, long maxBytes, TimeSpan limit, long memory, CancellationToken cancellationToken)
    {
        using var answer = await ProgrammeApart.RunAsync(
            Verbe, [folder, maxBytes.ToString(CultureInfo.InvariantCulture)], message.SafeFileHandle, limit, memory, cancellationToken);
        try
        {
            return answer is null ? null : MessageOf(JsonSerializer.Deserialize<Reponse>(answer, s_json)!, folder);
        }
        catch (Exception failure) when (failure is JsonException or FormatException)
        {
            return null; // it says nothing that can be understood
        }
    }

    /// <summary>The other side: what the verb does.</summary>
    /// <returns>Its exit code.</returns>
    public static Task<int> RunAsync(Stream input, Stream output, string folder, long maxBytes, TimeSpan limit, CancellationToken cancellationToken) =>
        ProgrammeApart.WorkAsync(limit, async () =>
        {
            Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
            await using var message = Spool.NewFile(folder);
            await input.CopyToAsync(message, cancellationToken);
            var lu = MessageLu.Read(message, maxBytes, cancellationToken);
            await JsonSerializer.SerializeAsync(output, await ReponseOfAsync(lu, folder, cancellationToken), s_json, cancellationToken);
            await output.FlushAsync(cancellationToken);
        });

    private static async Task<Reponse> ReponseOfAsync(MessageLu lu, string folder, CancellationToken cancellationToken)
    {
        var pieces = new List<PieceEcrite>();
        foreach (var (rank, piece) in lu.Contenu.Pieces.Index())
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"piece-{rank}");
            await using var content = piece.Open();
            await using var file = File.Create(Path.Combine(folder, name));
            await content.CopyToAsync(file, cancellationToken);
            pieces.Add(new PieceEcrite(piece.Nom, piece.Instead, piece.ContentId, name));
        }

        return new Reponse(lu.Faits, lu.Contenu.Texte, lu.Contenu.Html, lu.Contenu.HtmlSur, lu.Contenu.Indices, pieces, lu.IsEntier);
    }

    private static MessageLu MessageOf(Reponse reponse, string folder) => new(
        reponse.Faits,
        new ContenuMessage(
            reponse.Texte, reponse.Html,
            [.. reponse.Pieces.Select(p => new PieceRecue(p.Nom, p.Instead, () => File.OpenRead(Path.Combine(folder, Path.GetFileName(p.Fichier)))) { ContentId = p.ContentId })])
        {
            HtmlSur = reponse.HtmlSur,
            Indices = reponse.Indices,
        },
        reponse.IsEntier);

    private sealed class AdresseConverter : JsonConverter<MailboxAddress>
    {
        public override MailboxAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var parts = JsonSerializer.Deserialize<string?[]>(ref reader)!;
            return new MailboxAddress(parts[0], parts[1]!);
        }

        public override void Write(Utf8JsonWriter writer, MailboxAddress value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize<string?[]>(writer, [value.Name, value.Address]);
    }

    private sealed class SetConverter : JsonConverter<IReadOnlySet<string>>
    {
        public override IReadOnlySet<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<HashSet<string>>(ref reader)!;

        public override void Write(Utf8JsonWriter writer, IReadOnlySet<string> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.ToArray());
    }
}
