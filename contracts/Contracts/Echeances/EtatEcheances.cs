namespace SuiviCourrier.Contracts.Echeances;

public enum KindEcheance
{
    /// <summary>The answer on the merits.</summary>
    Reponse,
}

/// <summary>All that Echeances owns of one courrier: its clocks.</summary>
public record EtatEcheances
{
    public required IReadOnlyList<EtatEcheance> Echeances { get; init; }
}

public record EtatEcheance
{
    public required KindEcheance Kind { get; init; }
    public required string RegimeCode { get; init; }

    /// <summary>Last day on which the answer is in time; it ends when that day ends in the site's zone.</summary>
    public required DateOnly DueOn { get; init; }

    /// <summary>Day on which the clock stopped; null while it runs.</summary>
    public DateOnly? ClosedOn { get; init; }
}
