namespace SuiviCourrier.Delais;

/// <summary>What the silence of the administration means once its period is over.</summary>
public enum EffetSilence
{
    /// <summary>The request is rejected (CRPA L231-4, L231-6, L411-7, R311-12): the acknowledgement gives time limits and ways of appeal.</summary>
    Rejet,

    /// <summary>The request is accepted (CRPA L231-1): the acknowledgement gives the right to a certificate (L232-3).</summary>
    Acceptation,

    /// <summary>No position is taken: an answer is due, its absence decides nothing (CGCT L1116-1).</summary>
    AucunePosition,
}

/// <summary>
/// What the silence kept on a kind of request means, and after how long, as data (CRPA L231-1 to L231-6). Counted from the reception; the
/// date is not moved by weekends or holidays, and is information, never legal advice.
/// </summary>
public sealed record RegleSilence
{
    /// <summary>
    /// A decision acquired within this many days needs no acknowledgement (CRPA R112-4): one sent all the same, out of courtesy,
    /// announces no implicit decision.
    /// </summary>
    public const int JoursSansAnnonce = 15;

    public required string Code { get; init; }

    public required string Libelle { get; init; }

    public ConditionsRegime Conditions { get; init; } = new();

    /// <summary>
    /// Senders to whom nothing is announced although the conditions hold. Communes and administrations are not « public » in the sense of
    /// CRPA L100-3, unless the rule is made for them.
    /// </summary>
    public IReadOnlySet<string> CategoriesExclues { get; init; } = ConditionsRegime.Codes();

    public required EffetSilence Effet { get; init; }

    public required Delai Delai { get; init; }

    /// <summary>Articles it comes from.</summary>
    public required string Source { get; init; }

    /// <summary>What the author may do after that date, as the acknowledgement says it: time limits and ways of appeal, or the certificate.</summary>
    public required string Recours { get; init; }

    public bool Applies(SituationCourrier situation)
    {
        ArgumentNullException.ThrowIfNull(situation);

        return Conditions.Match(situation) && !CategoriesExclues.Contains(situation.CategorieExpediteur ?? ConditionsRegime.NonQualifie);
    }

    /// <summary>Whether the acknowledgement may announce it (CRPA R112-4).</summary>
    /// <param name="recuLe">Day 0.</param>
    /// <param name="date">Day of the implicit decision.</param>
    public static bool IsAnnonce(DateOnly recuLe, DateOnly date) => date.DayNumber - recuLe.DayNumber > JoursSansAnnonce;
}

/// <summary>The silence rules of an installation, in the order in which they are tried: the first that applies wins.</summary>
public sealed class ReglesSilence
{
    private readonly RegleSilence[] ordered;

    /// <exception cref="ArgumentException">Two rules with one code.</exception>
    public ReglesSilence(IEnumerable<RegleSilence> ordered)
    {
        this.ordered = [.. ordered];
        if (this.ordered.DistinctBy(rule => rule.Code).Count() != this.ordered.Length)
        {
            throw new ArgumentException("Two silence rules have one code.", nameof(ordered));
        }
    }

    public IReadOnlyList<RegleSilence> Toutes => ordered;

    /// <summary>The rule of a courrier; null: nothing is announced, which does not say that silence has no effect.</summary>
    public RegleSilence? Select(SituationCourrier situation) => Array.Find(ordered, rule => rule.Applies(situation));
}
