using SuiviCourrier.Ingestion.Courriers;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>How a person is addressed. Without it nothing is guessed: « Madame, Monsieur, ».</summary>
public enum Civilite
{
    Madame,
    Monsieur,
    Maitre,
}

public static class Civilites
{
    public static string EnMots(this Civilite civilite) => civilite switch
    {
        Civilite.Madame => "Madame",
        Civilite.Monsieur => "Monsieur",
        Civilite.Maitre => "Maître",
    };

    /// <summary>The one the sender gave with the name: « Mme Odette Poupinet ».</summary>
    /// <returns>Null when the name begins otherwise.</returns>
    public static Civilite? Read(string? nom) => nom?.Split([' ', '\u00A0'], 2, StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["Madame" or "madame" or "MADAME" or "Mme" or "MME", _] => Civilite.Madame,
        ["Monsieur" or "monsieur" or "MONSIEUR" or "M.", _] => Civilite.Monsieur,
        ["Maître" or "maître" or "MAÎTRE" or "Me", _] => Civilite.Maitre,
        _ => null,
    };

    /// <summary>First line of an address: the usage name when there is one, after the civilité.</summary>
    public static string Adresser(Correspondant? correspondant, Expediteur expediteur)
    {
        var nom = correspondant?.NomUsage ?? expediteur.Nom ?? "";
        return correspondant is { IsOrganisme: false, Civilite: { } civilite } && Read(nom) is null ? $"{civilite.EnMots()} {nom}" : nom;
    }
}
