using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace SuiviCourrier.Presentation.Api;

/// <summary>A query parameter: described, and read as strictly as the JSON.</summary>
/// <param name="Type">text, boolean, whole number, date or code (an enum).</param>
public sealed record ParametreApi(string Nom, Type Type, string Description, object? Exemple = null);

/// <summary>The query of a request, read by names. Everything wrong with it is said at once.</summary>
public sealed class ParametresLus
{
    private readonly IQueryCollection _query;
    private readonly List<ErreurChamp> _erreurs = [];

    public ParametresLus(HttpContext context, IReadOnlyList<ParametreApi> parametres)
    {
        _query = context.Request.Query;
        foreach (var unknown in _query.Keys.Where(k => parametres.All(p => p.Nom != k)))
        {
            _erreurs.Add(new ErreurChamp(unknown, $"ce paramètre n’existe pas : les paramètres sont {string.Join(", ", parametres.Select(p => p.Nom))}"));
        }
    }

    public string? Text(string nom) => Value(nom);

    public bool? Boolean(string nom) => Value(nom) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => Refuse<bool?>(nom, Attendu.Of(typeof(bool))),
    };

    public DateOnly? Date(string nom) =>
        Value(nom) is not { } text ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date
        : Refuse<DateOnly?>(nom, Attendu.Of(typeof(DateOnly)));

    public int? Number(string nom, int from, int to) =>
        Value(nom) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to ? number
        : Refuse<int?>(nom, $"un nombre entier de {from} à {to}");

    public T? Code<T>(string nom)
        where T : struct, Enum
    {
        if (Value(nom) is not { } text)
        {
            return null;
        }

        foreach (var value in Enum.GetValues<T>())
        {
            if (Attendu.CodeOf(value) == text)
            {
                return value;
            }
        }

        return Refuse<T?>(nom, Attendu.Of(typeof(T)));
    }

    public void Refuse(string nom, string attendu) => _erreurs.Add(new ErreurChamp(nom, attendu));

    /// <exception cref="DemandeRefuseeException">Something in the query cannot be read.</exception>
    public void Check()
    {
        if (_erreurs.Count > 0)
        {
            throw new DemandeRefuseeException(Probleme.DemandeMalFormee, "Des paramètres de l’adresse ne peuvent pas être lus.", _erreurs);
        }
    }

    private string? Value(string nom)
    {
        if (!_query.TryGetValue(nom, out var values) || values.Count == 0)
        {
            return null;
        }

        if (values.Count == 1 && values[0]?.Contains('\0', StringComparison.Ordinal) != true)
        {
            return values[0]!;
        }

        return Refuse<string?>(nom, "une seule valeur, sans caractère nul");
    }

    private T? Refuse<T>(string nom, string attendu)
    {
        Refuse(nom, attendu);
        return default;
    }
}

/// <summary>What a value of a type looks like, for whoever sent something else.</summary>
internal static class Attendu
{
    public static string Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) ? "du texte"
            : type == typeof(bool) ? "true ou false"
            : type == typeof(int) ? "un nombre entier"
            : type == typeof(DateOnly) ? "une date AAAA-MM-JJ, par exemple 2026-05-06"
            : type == typeof(Guid) ? "un identifiant, par exemple 0197a3c2-5b1e-7c40-9d52-3f6a8e1b2c4d"
            : type.IsEnum ? $"l’un de : {string.Join(", ", CodesOf(type))}"
            : type.IsAssignableTo(typeof(System.Collections.IEnumerable)) ? "une liste"
            : "un objet";
    }

    public static string CodeOf(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    public static IEnumerable<string> CodesOf(Type type) => Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName);
}
