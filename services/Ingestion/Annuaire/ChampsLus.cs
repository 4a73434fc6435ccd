using System.Text.RegularExpressions;
using SuiviCourrier.Ingestion.Courriers;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>Reads what was typed in the forms of the directory, and collects what is to be said beside each field.</summary>
public sealed partial class ChampsLus
{
    public List<ErreurSaisie> Erreurs { get; } = [];

    public string? Line(string champ, string? typed, int limit, string? missing = null) =>
        Kept(champ, TexteSaisi.ReadLine(typed, limit, out var refus), refus, missing);

    public string? Lines(string champ, string? typed, int limit, string? missing = null) =>
        Kept(champ, TexteSaisi.Read(typed, limit, out var refus), refus, missing);

    public string? Courriel(string champ, string? typed)
    {
        var courriel = Line(champ, typed, Limites.Courriel);
        if (courriel is not null && !DeclarationLue.IsAddress(courriel))
        {
            Say(champ, "Cette adresse électronique n’est pas complète : elle s’écrit nom@domaine.fr");
            return null;
        }

        return courriel;
    }

    /// <summary>A number as it is dialled: digits, spaces, dots, a leading +.</summary>
    public string? Telephone(string champ, string? typed)
    {
        var telephone = Line(champ, typed, Limites.Telephone);
        if (telephone is not null && !Numero().IsMatch(telephone))
        {
            Say(champ, "Ce numéro contient autre chose que des chiffres : il s’écrit 02 61 91 37 00");
            return null;
        }

        return telephone;
    }

    public void Say(string champ, string phrase) => Erreurs.Add(new ErreurSaisie(champ, phrase));

    private string? Kept(string champ, string? read, string? refus, string? missing)
    {
        if (refus is not null)
        {
            Say(champ, refus);
        }
        else if (read is null && missing is not null)
        {
            Say(champ, missing);
        }

        return read;
    }

    [GeneratedRegex(@"^\+?[0-9 .()\u00A0-]{4,}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numero();
}
