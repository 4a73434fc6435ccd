using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Annuaire.Fonctions;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>How a letter opens and ends, by who receives it. A mandate is named (« Madame la Maire, »); without one nothing is guessed.</summary>
public sealed record FormulesEpistolaires(string Appel, string Politesse)
{
    /// <param name="categorie">Null when it is not known: the neutral form.</param>
    /// <param name="civilite">Null when nobody knows: the neutral form, and no title.</param>
    /// <param name="nature">The position held on the day of the letter; null for none, and then no elected official's formula either.</param>
    public static FormulesEpistolaires For(CategorieExpediteur? categorie, Civilite? civilite, NatureFonction? nature)
    {
        var isElu = categorie is CategorieExpediteur.Elu or CategorieExpediteur.Commune;
        var titre = isElu && nature is { } held ? TitresFonctions.Appel(held, civilite) : null;
        var appel = titre ?? (categorie is CategorieExpediteur.Commune or CategorieExpediteur.Administration ? null : civilite?.EnMots()) ?? "Madame, Monsieur";
        var politesse = categorie switch
        {
            CategorieExpediteur.Elu when nature is not null => $"Nous vous prions d’agréer, {appel}, l’expression de notre haute considération.",
            CategorieExpediteur.Commune or CategorieExpediteur.Administration or CategorieExpediteur.Juridiction or CategorieExpediteur.DefenseurDesDroits =>
                $"Nous vous prions d’agréer, {appel}, l’expression de notre considération distinguée.",
            _ => $"Nous vous prions d’agréer, {appel}, nos salutations distinguées.",
        };

        return new FormulesEpistolaires(appel + ",", politesse);
    }
}
