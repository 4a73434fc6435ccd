using System.Globalization;

namespace SuiviCourrier.Delais;

/// <summary>In what a delay is counted.</summary>
public enum UniteDelai
{
    /// <summary>Monday to Friday minus holidays (and closures that stop the count).</summary>
    JoursOuvres,

    /// <summary>Every day.</summary>
    JoursCalendaires,

    /// <summary>From date to date, or to the last day of the month.</summary>
    Mois,
}

/// <summary>A length of time, in its unit. Always at least one.</summary>
public readonly record struct Delai
{
    /// <exception cref="ArgumentOutOfRangeException">The length is not between 1 and 10,000.</exception>
    public Delai(int longueur, UniteDelai unite)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(longueur, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(longueur, 10_000);

        Longueur = longueur;
        Unite = unite;
    }

    public int Longueur { get; }

    public UniteDelai Unite { get; }

    /// <summary>« 10 jours ouvrés », « 1 jour ouvré », « 60 jours », « 2 mois ».</summary>
    public string Libelle => Unite switch
    {
        UniteDelai.JoursOuvres => Longueur == 1 ? "1 jour ouvré" : $"{Number} jours ouvrés",
        UniteDelai.JoursCalendaires => Longueur == 1 ? "1 jour" : $"{Number} jours",
        UniteDelai.Mois => $"{Number} mois",
    };

    private string Number => Longueur.ToString(CultureInfo.InvariantCulture);

    public static Delai JoursOuvres(int longueur) => new(longueur, UniteDelai.JoursOuvres);

    public static Delai JoursCalendaires(int longueur) => new(longueur, UniteDelai.JoursCalendaires);

    public static Delai Mois(int longueur) => new(longueur, UniteDelai.Mois);

    public override string ToString() => Libelle;
}
