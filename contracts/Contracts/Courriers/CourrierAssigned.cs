namespace SuiviCourrier.Contracts.Courriers;

/// <summary>A courrier has a service instructeur. Opens and moves no clock: the delay counts from the reception.</summary>
public record CourrierAssigned : IFact
{
    public required string Source { get; init; }
    public required Guid CourrierId { get; init; }
    public required int Version { get; init; }
    public required EtatDossier Etat { get; init; }
    public required string ServiceInstructeurCode { get; init; }
    public required DateTimeOffset AssignedAt { get; init; }
}
