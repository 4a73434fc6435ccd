using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using SuiviCourrier.Contracts;

namespace SuiviCourrier.ServiceDefaults.Messages;

/// <summary>The wire form of facts: our own JSON, over a closed list of types.</summary>
public static class FactJson
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Full name of the type: the namespace is part of the wire name.</summary>
    public static string NameOf(Type factType) => factType.FullName!;

    public static string Write(IFact fact) => JsonSerializer.Serialize(fact, fact.GetType(), s_options);

    public static IFact Read(Type factType, string payload) =>
        (IFact)(JsonSerializer.Deserialize(payload, factType, s_options) ?? throw new JsonException("null is not a fact"));
}
