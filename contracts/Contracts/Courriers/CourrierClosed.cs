namespace SuiviCourrier.Contracts.Courriers;

/// <summary>A courrier was closed without an answer, with a reason from a list kept at its source.</summary>
public record CourrierClosed : IFact
{
    public required string Source { get; init; }
    public required Guid CourrierId { get; init; }
    public required int Version { get; init; }
    public required EtatDossier Etat { get; init; }
}
