namespace SuiviCourrier.Contracts.Echeances;

/// <summary>A clock runs.</summary>
public record EcheanceOpened : IFact
{
    public required string Source { get; init; }
    public required Guid CourrierId { get; init; }
    public required int Version { get; init; }
    public required EtatEcheances Etat { get; init; }
}
