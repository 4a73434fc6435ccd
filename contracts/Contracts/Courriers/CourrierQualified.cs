namespace SuiviCourrier.Contracts.Courriers;

/// <summary>Somebody has said what the courrier is. The answer clock is computed again from the reception.</summary>
public record CourrierQualified : IFact
{
    public required string Source { get; init; }
    public required Guid CourrierId { get; init; }
    public required int Version { get; init; }
    public required EtatDossier Etat { get; init; }
}
