namespace SuiviCourrier.Contracts.Echeances;

/// <summary>A due date has passed without an answer on the merits.</summary>
public record EcheanceMissed : IFact
{
    public required string Source { get; init; }
    public required Guid CourrierId { get; init; }
    public required int Version { get; init; }
    public required EtatEcheances Etat { get; init; }
}
