using System.Globalization;
using SuiviCourrier.Delais;
using SuiviCourrier.Portail.Listes;
using SuiviCourrier.Presentation.Mots;

namespace SuiviCourrier.Portail.Retards;

/// <summary>A late courrier as a line of a spreadsheet: semicolons and a byte order mark, as French spreadsheets expect.</summary>
public static class LigneCsv
{
    public const string Entete = "Numéro;Objet;Expéditeur;Catégorie;Canal;Service;Agent;Reçu le;Échéance;Jours de retard";

    public static string Of(LigneCourrier ligne, DateOnly today) => string.Join(
        ';',
        new[]
        {
            ligne.NumeroChrono,
            ligne.Objet,
            ligne.ExpediteurNom,
            ligne.ExpediteurFonction ?? ligne.Categorie.Libelle(),
            ligne.Canal.Libelle(),
            ligne.ServiceCode ?? "",
            ligne.AgentNom ?? "",
            DatesEnFrancais.DateCourte(ligne.RecuLe),
            ligne.DueOn is { } due ? DatesEnFrancais.DateCourte(due) : "",
            ligne.DueOn is { } late ? (today.DayNumber - late.DayNumber).ToString(CultureInfo.InvariantCulture) : "",
        }.Select(Cell));

    /// <summary>
    /// Quoted, quotes doubled. What a spreadsheet would run as a formula (it begins with =, +, -, @, a tab or a line end, even after spaces) is
    /// kept as text by an apostrophe: subjects are written by anybody.
    /// </summary>
    public static string Cell(string text)
    {
        var first = text.AsSpan().TrimStart();
        var isFormula = (first.Length > 0 && first[0] is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠') || text is ['\t' or '\r' or '\n', ..];
        return $"\"{(isFormula ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
