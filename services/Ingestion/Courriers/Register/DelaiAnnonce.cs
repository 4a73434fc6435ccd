using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Courriers.Register;

/// <summary>
/// The due date a registration would have, said while it is typed: by the rules and the calendar that Echeances publishes, counted as it
/// counts. Only a foretaste: the date that engages is the one Echeances opens.
/// </summary>
public sealed class DelaiAnnonce(IngestionDbContext db, CodesAnnuaire codes, ReglesPubliees regles, SiteCourant siteCourant)
{
    /// <param name="IsAnonyme">As the box of the form says, whatever category is chosen beside.</param>
    public sealed record Saisie(
        DateOnly? RecuLe, Canal? Canal, NatureCourrier? Nature, string? TypeCode, string? ServiceCode, CategorieExpediteur? Categorie,
        bool IsPourInformation, bool IsAnonyme);

    /// <returns>A sentence; null when nothing can be said yet.</returns>
    public async Task<string?> DireAsync(Saisie saisie, CancellationToken cancellationToken)
    {
        var today = await siteCourant.TodayAsync(cancellationToken);
        if (saisie.RecuLe is not { Year: >= 1900 } recuLe || recuLe > today || saisie.Canal is not { } canal)
        {
            return null;
        }

        var type = await codes.FindTypeAsync(saisie.TypeCode, [], cancellationToken);
        var service = string.IsNullOrEmpty(saisie.ServiceCode) ? type?.ServiceCode : saisie.ServiceCode;
        var nature = saisie.IsPourInformation ? NatureCourrier.PourInformation : saisie.Nature ?? type?.Nature;
        var annonce = (await regles.GetAsync(db, cancellationToken)).Of(new SituationCourrier
        {
            RecuLe = recuLe,
            Canal = canal.ToString(),
            Nature = nature?.ToString(),
            Type = type?.Code,
            CategorieExpediteur = (saisie.IsAnonyme ? CategorieExpediteur.Anonyme : saisie.Categorie)?.ToString(),
            Service = service,
        });
        return annonce switch
        {
            null => null,
            { DueOn: { } dueOn, Regime.Delai: { } delai } => $"À répondre avant le {DatesEnFrancais.DateComplete(dueOn)} ({delai.Libelle}).",
            _ => "Aucune réponse ne sera attendue.",
        };
    }
}

/// <param name="DueOn">Null when no answer is expected.</param>
public sealed record EcheanceAnnoncee(Regime Regime, DateOnly? DueOn);

/// <summary>Rules and calendar as Echeances published them when they were read.</summary>
public sealed class ReglesAnnoncees(Regimes regimes, Calendrier calendrier)
{
    /// <returns>Null when no rule applies.</returns>
    public EcheanceAnnoncee? Of(SituationCourrier situation) =>
        regimes.Select(situation) is { } regime
            ? new EcheanceAnnoncee(regime, regime.Delai is { } delai ? Decomptes.Date(calendrier, situation.RecuLe, delai) : null)
            : null;

    /// <summary>Of a courrier about to be registered.</summary>
    public EcheanceAnnoncee? Of(Courrier courrier) => Of(new SituationCourrier
    {
        RecuLe = courrier.RecuLe,
        Canal = courrier.Canal.ToString(),
        Nature = (courrier.IsPourInformation ? NatureCourrier.PourInformation : courrier.Nature)?.ToString(),
        Type = courrier.TypeCode,
        CategorieExpediteur = courrier.Expediteur.Categorie.ToString(),
        Service = courrier.ServiceCode,
    });
}
