namespace SuiviCourrier.Contracts.Courriers;

/// <summary>A courrier was opened again: its clock runs again from the reception.</summary>
public record CourrierReopened : IFact
{
    public required string Source { get; init; }
    public required Guid CourrierId { get; init; }
    public required int Version { get; init; }
    public required EtatDossier Etat { get; init; }
}
