namespace SuiviCourrier.Contracts.Courriers;

/// <summary>A courrier has its number. Opens the answer clock.</summary>
public record CourrierRegistered : IFact
{
    public required string Source { get; init; }
    public required Guid CourrierId { get; init; }
    public required int Version { get; init; }
    public required EtatEnregistrement Etat { get; init; }
}
