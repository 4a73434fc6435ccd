using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace SuiviCourrier.Presentation.Api;

/// <summary>The OpenAPI document, for people who write programs: the page says what the document says, and nothing else.</summary>
[AllowAnonymous]
public sealed class IndexModel([FromKeyedServices("v1")] IOpenApiDocumentProvider documents) : PageModel
{
    private static readonly JsonSerializerOptions s_indented = new(JsonApi.Options) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public sealed record Operation(string Methode, string Chemin, OpenApiOperation Description);

    public OpenApiDocument Document { get; private set; } = null!;

    public IReadOnlyList<Operation> Operations { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Document = await documents.GetOpenApiDocumentAsync(cancellationToken);
        Operations =
        [
            .. Document.Paths.SelectMany(path => (path.Value.Operations ?? []).Select(o => new Operation(o.Key.Method, path.Key, o.Value))),
        ];
    }

    public static string EnJson(JsonNode? node) => node?.ToJsonString(s_indented) ?? "";

    /// <summary>Type of a field in a few words, from its schema.</summary>
    public static string TypeEnMots(IOpenApiSchema schema) => schema switch
    {
        OpenApiSchemaReference { Reference.Id: { } id } => $"objet {id}",
        { Enum: { Count: > 0 } values } => string.Join(", ", values.OfType<JsonValue>().Select(v => v.ToString())),
        { OneOf: { Count: > 0 } choices } => string.Join(" ou ", choices.Select(TypeEnMots).Where(t => t.Length > 0)),
        { Format: "date" } => "date AAAA-MM-JJ",
        { Format: "date-time" } => "instant ISO 8601",
        { Format: "uuid" } => "identifiant (UUID)",
        { Format: "binary" } => "fichier",
        { Items: { } items } => $"liste : {TypeEnMots(items)}",
        _ when schema.Type?.HasFlag(JsonSchemaType.Boolean) is true => "true ou false",
        _ when schema.Type?.HasFlag(JsonSchemaType.Integer) is true => "nombre entier",
        _ when schema.Type?.HasFlag(JsonSchemaType.String) is true => "texte",
        _ when schema.Type?.HasFlag(JsonSchemaType.Object) is true => "objet",
        _ => "",
    };

    /// <summary>The schemas a reader has to know beside the operations, by name.</summary>
    public IEnumerable<KeyValuePair<string, IOpenApiSchema>> Schemas =>
        (Document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>()).Where(s => s.Value.Properties is { Count: > 0 }).OrderBy(s => s.Key, StringComparer.Ordinal);
}
