using System.Text.RegularExpressions;

namespace SuiviCourrier.Ingestion.Annuaire.FranceServices;

/// <summary>The département of a postal address, from its postcode.</summary>
public static partial class DepartementPostal
{
    /// <returns>Null when the address holds no French postcode: a foreign address, or none.</returns>
    public static string? Of(string? adresse)
    {
        // The last one: a line before the town may hold a number of five digits too.
        if (adresse is null || Postcode().Matches(adresse).LastOrDefault() is not { } match)
        {
            return null;
        }

        var code = match.Groups["code"].Value;
        return code[..2] switch
        {
            "97" or "98" => code[..3],
            "20" => code[2] is '0' or '1' ? "2A" : "2B",
            "00" or "96" or "99" => null,
            var departement => departement,
        };
    }

    [GeneratedRegex(@"^\s*(F-|FR-)?(?<code>\d{5})\s+\p{L}", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Postcode();
}
