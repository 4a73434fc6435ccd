namespace SuiviCourrier.Contracts.Courriers;

/// <summary>An answer was recorded. Only an answer on the merits (sur le fond) stops the clock; a holding reply never does.</summary>
public record CourrierAnswered : IFact
{
    public required string Source { get; init; }
    public required Guid CourrierId { get; init; }
    public required int Version { get; init; }
    public required EtatDossier Etat { get; init; }
    public required bool IsSurLeFond { get; init; }

    /// <summary>Day the answer left, in the site's zone; the one the delay is measured to.</summary>
    public required DateOnly ReponduLe { get; init; }
}
