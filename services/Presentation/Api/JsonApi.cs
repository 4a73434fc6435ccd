using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace SuiviCourrier.Presentation.Api;

/// <summary>
/// The JSON of the API: names and codes in snake_case, dates <c>yyyy-MM-dd</c> and nothing else, instants in ISO 8601 with their offset. An
/// unknown field is refused: it is a field somebody believes we read.
/// </summary>
public static class JsonApi
{
    public static readonly JsonSerializerOptions Options = Configured(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>The same for the options of the framework, from which the OpenAPI document is made.</summary>
    public static JsonSerializerOptions Configured(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.MaxDepth = 16;
        options.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        return options;
    }
}
