using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.Accuses.Reception;

/// <summary>What is known today of who deals with a courrier and of what it is: the portal's word, else that of the registration.</summary>
/// <param name="IsOver">Answered on the merits, closed or forwarded: nothing is acknowledged any more.</param>
public sealed record SituationTraitee(string? ServiceCode, NatureCourrier? Nature, string? TypeCode, bool IsOver)
{
    /// <summary>Service and kind are known: the accusé de réception can say who deals with it and what silence means (CRPA R112-5, R112-11-1).</summary>
    public bool IsComplete => ServiceCode is not null && (TypeCode is not null || Nature is not null);

    /// <summary>As the registration alone says it.</summary>
    public static SituationTraitee Of(Courrier courrier) =>
        new(courrier.ServiceCode, courrier.IsPourInformation ? NatureCourrier.PourInformation : courrier.Nature, courrier.TypeCode, IsOver: false);
}

/// <summary>Reads it: facts only say that something has changed, the newest state is read.</summary>
public sealed class SituationsTraitees(IngestionDbContext db)
{
    public async Task<SituationTraitee> OfAsync(Courrier courrier, CancellationToken cancellationToken)
    {
        var registered = SituationTraitee.Of(courrier);
        var dossier = await db.Database.SqlQuery<DossierLu>(
            $"""
            SELECT etat, service_instructeur_code, is_affecte, is_qualifie, nature, type_code FROM portail.lecture_dossiers WHERE courrier_id = {courrier.Id}
            """).SingleOrDefaultAsync(cancellationToken);
        if (dossier is null)
        {
            return registered;
        }

        var isOver = Enum.Parse<EtatCourrier>(dossier.Etat) is
            EtatCourrier.Repondu or EtatCourrier.Archive or EtatCourrier.ClasseSansSuite or EtatCourrier.Transmis or EtatCourrier.Annule;
        return registered with
        {
            ServiceCode = dossier.IsAffecte ? dossier.ServiceInstructeurCode : registered.ServiceCode,
            Nature = !dossier.IsQualifie ? registered.Nature : dossier.Nature is { } nature ? Enum.Parse<NatureCourrier>(nature) : null,
            TypeCode = dossier.IsQualifie ? dossier.TypeCode : registered.TypeCode,
            IsOver = isOver,
        };
    }

    private sealed record DossierLu(string Etat, string? ServiceInstructeurCode, bool IsAffecte, bool IsQualifie, string? Nature, string? TypeCode);
}
