namespace SuiviCourrier.Contracts.Echeances;

/// <summary>A due date changed: the courrier was qualified or corrected, or its regime was changed with a reason.</summary>
public record EcheanceMoved : IFact
{
    public required string Source { get; init; }
    public required Guid CourrierId { get; init; }
    public required int Version { get; init; }
    public required EtatEcheances Etat { get; init; }
}
