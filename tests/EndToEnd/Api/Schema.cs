using System.Globalization;
using System.Text.Json;

namespace SuiviCourrier.EndToEnd.Api;

/// <summary>
/// Says where a JSON differs from a schema of the OpenAPI document: the keywords the document uses, and no others. A field that the schema does not
/// name is a difference too.
/// </summary>
internal sealed class Schema(JsonElement document)
{
    public IEnumerable<string> Differences(JsonElement schema, JsonElement value, string path = "$")
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Differences(Follow(reference.GetString()!), value, path);
        }

        foreach (var choice in (string[])["oneOf", "anyOf"])
        {
            if (schema.TryGetProperty(choice, out var schemas))
            {
                return schemas.EnumerateArray().Any(s => !Differences(s, value, path).Any()) ? [] : [$"{path}: none of {choice}: {value}"];
            }
        }

        return [.. OfType(schema, value, path), .. OfEnum(schema, value, path), .. OfFormat(schema, value, path), .. OfProperties(schema, value, path), .. OfItems(schema, value, path)];
    }

    private JsonElement Follow(string reference) =>
        reference[2..].Split('/').Aggregate(document, (element, name) => element.GetProperty(name.Replace("~1", "/", StringComparison.Ordinal)));

    private static IEnumerable<string> OfType(JsonElement schema, JsonElement value, string path)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            yield break;
        }

        var actual = value.ValueKind switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => "null",
        };
        var allowed = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)] : new[] { type.GetString()! };
        if (!allowed.Contains(actual))
        {
            yield return $"{path}: {actual} instead of {string.Join(" or ", allowed)}";
        }
    }

    private static IEnumerable<string> OfEnum(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("enum", out var values) && !values.EnumerateArray().Any(v => v.ToString() == value.ToString() && v.ValueKind == value.ValueKind))
        {
            yield return $"{path}: {value} is none of {values}";
        }
    }

    private static IEnumerable<string> OfFormat(JsonElement schema, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String || !schema.TryGetProperty("format", out var format))
        {
            yield break;
        }

        var text = value.GetString()!;
        var isRight = format.GetString() switch
        {
            "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            "date-time" => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _) && (text.EndsWith('Z') || text[^6] is '+' or '-'),
            "uuid" => Guid.TryParseExact(text, "D", out _),
            _ => true,
        };
        if (!isRight)
        {
            yield return $"{path}: {text} is no {format}";
        }
    }

    private IEnumerable<string> OfProperties(JsonElement schema, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties))
        {
            yield break;
        }

        foreach (var missing in schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Where(r => !value.TryGetProperty(r.GetString()!, out _)) : [])
        {
            yield return $"{path}: {missing} is missing";
        }

        foreach (var property in value.EnumerateObject())
        {
            if (!properties.TryGetProperty(property.Name, out var expected))
            {
                yield return $"{path}: {property.Name} is in no schema";
                continue;
            }

            foreach (var difference in Differences(expected, property.Value, $"{path}.{property.Name}"))
            {
                yield return difference;
            }
        }
    }

    private IEnumerable<string> OfItems(JsonElement schema, JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items)
            ? value.EnumerateArray().SelectMany((item, index) => Differences(items, item, $"{path}[{index}]"))
            : [];
}
