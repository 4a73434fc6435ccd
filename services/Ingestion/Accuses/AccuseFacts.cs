using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Register;

namespace SuiviCourrier.Ingestion.Accuses;

public static class AccuseFacts
{
    /// <summary>The fact of a state just changed; takes the next version of the courrier, whose lock the caller holds.</summary>
    public static AccuseStateChanged Changed(Courrier courrier, Accuse accuse) => new()
    {
        Source = RegisterCourrier.Source,
        CourrierId = courrier.Id,
        Version = courrier.NextVersion(),
        Etat = courrier.ToEtat(),
        Kind = accuse.Kind,
        EtatAccuse = accuse.Etat,
        ChangedAt = accuse.ChangedAt,
    };
}
