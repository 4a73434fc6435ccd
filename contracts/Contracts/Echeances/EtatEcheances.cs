namespace SuiviCourrier.Contracts.Echeances;

public enum KindEcheance
{
    /// <summary>The answer on the merits.</summary>
    Reponse,

    /// <summary>Accusé d'enregistrement électronique, 1 working day (CRPA R112-11-2).</summary>
    AccuseEnregistrement,

    /// <summary>Accusé de réception, 10 working days for what came by e-mail (CRPA R112-11-2).</summary>
    AccuseReception,

    /// <summary>Day on which silence means a decision (CRPA L231-1 to L231-6). Information: nobody is told that it is missed.</summary>
    Silence,
}

/// <summary>
/// What Echeances owns of one courrier and others need to decide: its clocks of answer and silence. Those of the acknowledgements, which
/// as a rule stop within seconds, are read in <c>echeances.lecture_echeances</c>.
/// </summary>
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
