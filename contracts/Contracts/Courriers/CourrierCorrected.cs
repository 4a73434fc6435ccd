namespace SuiviCourrier.Contracts.Courriers;

/// <summary>A registration was corrected, with a reason kept at its source. Every clock is computed again.</summary>
public record CourrierCorrected : IFact
{
    public required string Source { get; init; }
    public required Guid CourrierId { get; init; }
    public required int Version { get; init; }
    public required EtatEnregistrement Etat { get; init; }
}
