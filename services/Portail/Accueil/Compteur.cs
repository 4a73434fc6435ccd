namespace SuiviCourrier.Portail.Accueil;

public enum TonCompteur
{
    Neutre,
    Alerte,
    Attention,
    Bien,
}

/// <summary>A number of the home page, with the list it counts.</summary>
/// <param name="Nombre">What is shown large: a number, or a rate.</param>
public sealed record Compteur(string Nombre, string Texte, string Url, TonCompteur Ton = TonCompteur.Neutre, string? Detail = null)
{
    /// <summary>Alarming above zero, good at zero.</summary>
    public static Compteur Surveille(int count, string texte, string url, TonCompteur ton = TonCompteur.Alerte, string? detail = null) =>
        new(count.ToString(System.Globalization.CultureInfo.InvariantCulture), texte, url, count > 0 ? ton : TonCompteur.Bien, detail);

    public static Compteur Simple(int count, string texte, string url, string? detail = null) =>
        new(count.ToString(System.Globalization.CultureInfo.InvariantCulture), texte, url, TonCompteur.Neutre, detail);
}
