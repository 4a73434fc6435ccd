using System.Text.RegularExpressions;

namespace SuiviCourrier.Ingestion.Annuaire.Fonctions;

/// <summary>
/// Kinds of position, in the order of precedence among those one person may hold (décret n° 89-655 du 13 septembre 1989, article 3: députés, sénateurs,
/// représentants au Parlement européen, président du conseil régional, du conseil départemental, maire; a national mandate comes before a local one).
/// </summary>
public enum NatureFonction
{
    Depute,
    Senateur,
    DeputeEuropeen,
    PresidentConseilRegional,
    PresidentConseilDepartemental,
    Maire,
    PresidentIntercommunalite,
    ConseillerRegional,
    ConseillerDepartemental,
    AdjointMaire,
    ConseillerCommunautaire,
    ConseillerMunicipal,

    /// <summary>Anything else: it is named in the address, and opens no letter.</summary>
    Autre,
}

/// <summary>
/// How positions are named, in both genders, and how a letter to their holder begins. Feminine forms: circulaire du 21 novembre 2017 relative aux règles de
/// féminisation (NOR PRMX1732742C) and the guide « Femme, j’écris ton nom… » it refers to: la maire, la députée, la sénatrice, la présidente, la conseillère.
/// </summary>
public static partial class TitresFonctions
{
    /// <param name="Homme">« sénateur ».</param>
    /// <param name="Femme">« sénatrice ».</param>
    /// <param name="AppelHomme">« Monsieur le Sénateur »; null for what opens no letter.</param>
    private sealed record Titre(string Homme, string Femme, string? AppelHomme, string? AppelFemme);

    private static readonly Titre s_president = new("président", "présidente", "Monsieur le Président", "Madame la Présidente");

    private static Titre Of(NatureFonction nature) => nature switch
    {
        NatureFonction.Depute => new("député", "députée", "Monsieur le Député", "Madame la Députée"),
        NatureFonction.Senateur => new("sénateur", "sénatrice", "Monsieur le Sénateur", "Madame la Sénatrice"),
        NatureFonction.DeputeEuropeen => new("député européen", "députée européenne", "Monsieur le Député", "Madame la Députée"),
        NatureFonction.PresidentConseilRegional => s_president with { Homme = "président du conseil régional", Femme = "présidente du conseil régional" },
        NatureFonction.PresidentConseilDepartemental => s_president with { Homme = "président du conseil départemental", Femme = "présidente du conseil départemental" },
        NatureFonction.Maire => new("maire", "maire", "Monsieur le Maire", "Madame la Maire"),
        NatureFonction.PresidentIntercommunalite => s_president,
        NatureFonction.ConseillerRegional => new("conseiller régional", "conseillère régionale", "Monsieur le Conseiller régional", "Madame la Conseillère régionale"),
        NatureFonction.ConseillerDepartemental =>
            new("conseiller départemental", "conseillère départementale", "Monsieur le Conseiller départemental", "Madame la Conseillère départementale"),
        NatureFonction.AdjointMaire => new("adjoint au maire", "adjointe au maire", "Monsieur l’Adjoint au maire", "Madame l’Adjointe au maire"),
        NatureFonction.ConseillerCommunautaire =>
            new("conseiller communautaire", "conseillère communautaire", "Monsieur le Conseiller communautaire", "Madame la Conseillère communautaire"),
        NatureFonction.ConseillerMunicipal => new("conseiller municipal", "conseillère municipale", "Monsieur le Conseiller municipal", "Madame la Conseillère municipale"),
        NatureFonction.Autre => new("", "", null, null),
    };

    /// <summary>« Madame la Sénatrice »; null when the position opens no letter, or when nobody knows whether to say Madame or Monsieur.</summary>
    public static string? Appel(NatureFonction nature, Civilite? civilite) => civilite switch
    {
        Civilite.Madame => Of(nature).AppelFemme,
        Civilite.Monsieur => Of(nature).AppelHomme,
        Civilite.Maitre or null => null,
    };

    /// <summary>« sénateur ou sénatrice »: for lists.</summary>
    public static string Libelle(this NatureFonction nature) =>
        nature == NatureFonction.Autre ? "autre fonction" : Of(nature) is var titre && titre.Homme == titre.Femme ? titre.Homme : $"{titre.Homme} ou {titre.Femme}";

    /// <summary>« Sénatrice d’Indre-et-Loire », as the line of an address.</summary>
    public static string EnMots(Fonction fonction, Civilite? civilite)
    {
        var titre = Of(fonction.Nature);
        var nom = fonction.Libelle ?? (civilite == Civilite.Madame ? titre.Femme : titre.Homme);
        var full = fonction.Territoire is { } territoire && fonction.Libelle is null ? $"{nom} {De(territoire)}" : nom;
        return Capitalize(full);
    }

    /// <param name="fonction">Not empty.</param>
    public static string Capitalize(string fonction) => $"{char.ToUpperInvariant(fonction[0])}{fonction[1..]}";

    /// <summary>« de Loches », « d’Indre-et-Loire », « du Blanc », « des Ormes », « de l’Indre ».</summary>
    public static string De(string lieu)
    {
        if (lieu.StartsWith("le ", StringComparison.OrdinalIgnoreCase))
        {
            return $"du {lieu[3..]}";
        }

        if (lieu.StartsWith("les ", StringComparison.OrdinalIgnoreCase))
        {
            return $"des {lieu[4..]}";
        }

        return Elision().IsMatch(CleAnnuaire.Of(lieu)) && !lieu.StartsWith("l’", StringComparison.OrdinalIgnoreCase) ? $"d’{lieu}" : $"de {lieu}";
    }

    /// <summary>The position a sender gives in a few words, and the gender those words show.</summary>
    /// <returns>Null when the words begin with no mandate: nothing is guessed.</returns>
    public static (NatureFonction Nature, Civilite? Civilite)? Read(string? fonction)
    {
        var words = CleAnnuaire.Of(fonction ?? "").Split(' ');
        var all = string.Join(' ', words);
        return words[0] switch
        {
            "maire" => (NatureFonction.Maire, null),
            "adjoint" => (NatureFonction.AdjointMaire, null),
            "adjointe" => (NatureFonction.AdjointMaire, Civilite.Madame),
            "depute" => (European(NatureFonction.DeputeEuropeen, NatureFonction.Depute), null),
            "deputee" => (European(NatureFonction.DeputeEuropeen, NatureFonction.Depute), Civilite.Madame),
            "senateur" => (NatureFonction.Senateur, null),
            "senatrice" => (NatureFonction.Senateur, Civilite.Madame),
            "president" => (President(), null),
            "presidente" => (President(), Civilite.Madame),
            "conseiller" when Council() is { } nature => (nature, null),
            "conseillere" when Council() is { } nature => (nature, Civilite.Madame),
            _ => null,
        };

        NatureFonction European(NatureFonction yes, NatureFonction no) => all.Contains(" europeen", StringComparison.Ordinal) ? yes : no;

        NatureFonction President() =>
            all.Contains("conseil regional", StringComparison.Ordinal) ? NatureFonction.PresidentConseilRegional
            : all.Contains("conseil departemental", StringComparison.Ordinal) ? NatureFonction.PresidentConseilDepartemental
            : NatureFonction.PresidentIntercommunalite;

        NatureFonction? Council() => words.Length < 2 ? null : words[1] switch
        {
            "regional" or "regionale" => NatureFonction.ConseillerRegional,
            "departemental" or "departementale" => NatureFonction.ConseillerDepartemental,
            "communautaire" or "metropolitain" or "metropolitaine" => NatureFonction.ConseillerCommunautaire,
            "municipal" or "municipale" => NatureFonction.ConseillerMunicipal,
            _ => null,
        };
    }

    [GeneratedRegex("^([aeiou]|y[^aeiou])", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Elision();
}
