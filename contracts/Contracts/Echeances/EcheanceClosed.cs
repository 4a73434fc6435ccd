namespace SuiviCourrier.Contracts.Echeances;

/// <summary>A clock stopped: answered on the merits, closed or annulled.</summary>
public record EcheanceClosed : IFact
{
    public required string Source { get; init; }
    public required Guid CourrierId { get; init; }
    public required int Version { get; init; }
    public required EtatEcheances Etat { get; init; }
}
