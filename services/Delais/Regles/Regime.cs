namespace SuiviCourrier.Delais;

/// <summary>
/// A rule that gives the delay of an answer, as data. A courrier keeps the regime that was valid on its day of reception: the label
/// went from 15 to 10 working days without touching the letters received before.
/// </summary>
public sealed record Regime
{
    /// <summary>Short stable code, the same for all versions of the regime.</summary>
    public required string Code { get; init; }

    /// <summary>Name shown to agents.</summary>
    public required string Libelle { get; init; }

    public int Version { get; init; } = 1;

    public ConditionsRegime Conditions { get; init; } = new();

    /// <summary>Length and unit, counted from the day of reception (day 0). Null: no answer is expected (for information, act transmitted).</summary>
    public required Delai? Delai { get; init; }

    /// <summary>First day of reception to which it applies; null: since always.</summary>
    public DateOnly? ValideDu { get; init; }

    /// <summary>Last day of reception to which it applies, included; null: without end.</summary>
    public DateOnly? ValideAu { get; init; }

    public bool IsValidOn(DateOnly recuLe) => (ValideDu is null || recuLe >= ValideDu) && (ValideAu is null || recuLe <= ValideAu);

    public bool Applies(SituationCourrier situation)
    {
        ArgumentNullException.ThrowIfNull(situation);

        return IsValidOn(situation.RecuLe) && Conditions.Match(situation);
    }
}

/// <summary>
/// What a courrier must be for a regime to apply. All five must hold; an empty set asks nothing. A set that holds
/// <see cref="NonQualifie"/> also accepts a courrier of which that is not known yet.
/// </summary>
public sealed record ConditionsRegime
{
    /// <summary>Code, in any of the sets, of what nobody has said yet (null in <see cref="SituationCourrier"/>).</summary>
    public const string NonQualifie = "non-qualifie";

    public IReadOnlySet<string> Canaux { get; init; } = Codes();

    public IReadOnlySet<string> Natures { get; init; } = Codes();

    public IReadOnlySet<string> Types { get; init; } = Codes();

    public IReadOnlySet<string> CategoriesExpediteur { get; init; } = Codes();

    public IReadOnlySet<string> Services { get; init; } = Codes();

    public bool IsEmpty => Canaux.Count + Natures.Count + Types.Count + CategoriesExpediteur.Count + Services.Count == 0;

    /// <summary>A set of codes compared without regard to case, so that « Courriel » in a file is « courriel » in a courrier.</summary>
    public static IReadOnlySet<string> Codes(params IEnumerable<string> codes) => new HashSet<string>(codes, StringComparer.OrdinalIgnoreCase);

    public bool Match(SituationCourrier situation)
    {
        ArgumentNullException.ThrowIfNull(situation);

        return Accepts(Canaux, situation.Canal)
            && Accepts(Natures, situation.Nature)
            && Accepts(Types, situation.Type)
            && Accepts(CategoriesExpediteur, situation.CategorieExpediteur)
            && Accepts(Services, situation.Service);
    }

    private static bool Accepts(IReadOnlySet<string> codes, string? code) => codes.Count == 0 || codes.Contains(code ?? NonQualifie);
}

/// <summary>What is known of a courrier when its regime is chosen. Codes are plain strings; null: not known, not qualified yet.</summary>
public sealed record SituationCourrier
{
    /// <summary>Day of reception in the site's zone: decides which version of a regime is valid.</summary>
    public required DateOnly RecuLe { get; init; }

    public required string Canal { get; init; }

    public string? Nature { get; init; }

    public string? Type { get; init; }

    public string? CategorieExpediteur { get; init; }

    public string? Service { get; init; }
}
