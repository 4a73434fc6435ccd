using System.Text.Json;
using System.Text.RegularExpressions;

namespace SuiviCourrier.Presentation.Api;

/// <summary>What is wrong with a JSON, naming the field and what is expected there.</summary>
internal static partial class ErreursJson
{
    public static DemandeRefuseeException Of(JsonException unread, Type root)
    {
        // The reader itself has stumbled: it is not JSON.
        if (unread.InnerException is JsonException || unread.Path is null)
        {
            var line = (unread.LineNumber ?? 0) + 1;
            return new DemandeRefuseeException(Probleme.DemandeMalFormee, $"Le JSON n’est pas bien formé (ligne {line}, octet {unread.BytePositionInLine ?? 0}).");
        }

        var champ = unread.Path.StartsWith("$.", StringComparison.Ordinal) ? unread.Path[2..] : unread.Path;
        return new DemandeRefuseeException(Probleme.DemandeMalFormee, "Le JSON ne contient pas ce qui est attendu.", [new ErreurChamp(champ, AttenduAt(root, unread.Path))]);
    }

    /// <summary>Follows the path through the types; where a name leads nowhere, the field is unknown.</summary>
    private static string AttenduAt(Type root, string path)
    {
        var type = root;
        foreach (Match segment in Segment().Matches(path))
        {
            if (segment.Groups["index"].Success)
            {
                type = type.IsGenericType ? type.GetGenericArguments()[0] : typeof(object);
                continue;
            }

            var fields = JsonApi.Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type).Properties;
            var name = segment.Groups["name"].Success ? segment.Groups["name"].Value : segment.Groups["quoted"].Value;
            if (fields.FirstOrDefault(f => f.Name == name) is not { } field)
            {
                return $"ce champ n’existe pas : les champs sont {string.Join(", ", fields.Select(f => f.Name))}";
            }

            type = field.PropertyType;
        }

        return Attendu.Of(type);
    }

    [GeneratedRegex(@"\.(?<name>[A-Za-z0-9_]+)|\['(?<quoted>[^']*)'\]|\[(?<index>\d+)\]")]
    private static partial Regex Segment();
}
