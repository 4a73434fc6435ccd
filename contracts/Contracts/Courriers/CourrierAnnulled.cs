namespace SuiviCourrier.Contracts.Courriers;

/// <summary>A registration was annulled: the number stays, every clock closes.</summary>
public record CourrierAnnulled : IFact
{
    public required string Source { get; init; }
    public required Guid CourrierId { get; init; }
    public required int Version { get; init; }
    public required EtatEnregistrement Etat { get; init; }
}
