using SuiviCourrier.Contracts.Courriers;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>How a letter opens and ends, by who receives it. A mandate is named (« Madame la Maire, »); without one nothing is guessed.</summary>
public sealed record FormulesEpistolaires(string Appel, string Politesse)
{
    private static readonly Dictionary<string, (string Monsieur, string Madame)> Mandats = new(StringComparer.OrdinalIgnoreCase)
    {
        ["maire"] = ("Monsieur le Maire", "Madame la Maire"),
        ["adjoint"] = ("Monsieur l’Adjoint au maire", "Madame l’Adjointe au maire"),
        ["adjointe"] = ("Monsieur l’Adjoint au maire", "Madame l’Adjointe au maire"),
        ["député"] = ("Monsieur le Député", "Madame la Députée"),
        ["députée"] = ("Monsieur le Député", "Madame la Députée"),
        ["sénateur"] = ("Monsieur le Sénateur", "Madame la Sénatrice"),
        ["sénatrice"] = ("Monsieur le Sénateur", "Madame la Sénatrice"),
        ["président"] = ("Monsieur le Président", "Madame la Présidente"),
        ["présidente"] = ("Monsieur le Président", "Madame la Présidente"),
        ["conseiller"] = ("Monsieur le Conseiller", "Madame la Conseillère"),
        ["conseillère"] = ("Monsieur le Conseiller", "Madame la Conseillère"),
    };

    /// <param name="categorie">Null when it is not known: the neutral form.</param>
    /// <param name="civilite">« Madame », « Monsieur », « Maître », or null.</param>
    /// <param name="fonction">The position held, its first word being the mandate: « maire de Loches ».</param>
    public static FormulesEpistolaires For(CategorieExpediteur? categorie, string? civilite, string? fonction)
    {
        var neutre = civilite is "Madame" or "Monsieur" or "Maître" ? civilite : "Madame, Monsieur";
        var mandat = categorie is CategorieExpediteur.Elu or CategorieExpediteur.Commune ? Mandat(civilite, fonction) : null;
        var appel = mandat ?? (categorie is CategorieExpediteur.Commune or CategorieExpediteur.Administration ? "Madame, Monsieur" : neutre);
        var politesse = categorie switch
        {
            CategorieExpediteur.Elu => $"Nous vous prions d’agréer, {appel}, l’expression de notre haute considération.",
            CategorieExpediteur.Commune or CategorieExpediteur.Administration or CategorieExpediteur.Juridiction or CategorieExpediteur.DefenseurDesDroits =>
                $"Nous vous prions d’agréer, {appel}, l’expression de notre considération distinguée.",
            _ => $"Nous vous prions d’agréer, {appel}, nos salutations distinguées.",
        };

        return new FormulesEpistolaires(appel + ",", politesse);
    }

    private static string? Mandat(string? civilite, string? fonction)
    {
        var premier = fonction?.Split([' ', ',', '-', '\u00A0'], 2, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();

        if (premier is null || !Mandats.TryGetValue(premier, out var titre))
        {
            return null;
        }

        return civilite switch
        {
            "Madame" => titre.Madame,
            "Monsieur" => titre.Monsieur,
            _ => null,
        };
    }
}
