using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Courriers;

namespace SuiviCourrier.Ingestion.Accuses.Reception;

/// <summary>
/// Whether the accusé de réception is owed, and by which way (CRPA L112-3, L112-11). The same facts give the same decision, whatever the order
/// in which they came.
/// </summary>
public static class ReceptionDecision
{
    /// <summary>Reason kept on an accusé d'enregistrement that the accusé de réception has replaced before it left.</summary>
    public const string Remplace = "Remplacé par l’accusé de réception";

    /// <param name="type">Of <see cref="SituationTraitee.TypeCode"/>.</param>
    /// <param name="enregistrement">The accusé d'enregistrement: where it went, or why it did not.</param>
    /// <param name="isElectroniqueRefusee">The correspondent does not want electronic answers (CRPA L112-14).</param>
    /// <returns>Null while nothing can be decided, or when it is too late: nothing is acknowledged after the answer or the closing.</returns>
    public static AccuseDecision? Decide(
        Courrier courrier, SituationTraitee situation, TypeCourrier? type, Accuse enregistrement, bool isElectroniqueRefusee)
    {
        if (courrier.IsAnnule || situation.IsOver || !situation.IsComplete
            || situation.Nature is NatureCourrier.PourInformation or NatureCourrier.Interne)
        {
            return null;
        }

        if (type is { IsSansAccuse: true })
        {
            return AccuseDecision.None(TypeCourrier.SansAccuse);
        }

        if (enregistrement is { Etat: EtatAccuse.SansObjet, Motif: not (Remplace or TypeCourrier.SansAccuse) } && !IsDecidedByAddress(courrier))
        {
            return AccuseDecision.None(enregistrement.Motif ?? "Non accusé à l’enregistrement");
        }

        return AccuseDecision.Decide(courrier.Expediteur with { Courriel = Electronique(courrier, enregistrement, isElectroniqueRefusee) });
    }

    /// <summary>The registration alone says enough for the accusé de réception to leave at once.</summary>
    public static bool IsInstant(Courrier courrier) =>
        SituationTraitee.Of(courrier) is { IsComplete: true, Nature: not (NatureCourrier.PourInformation or NatureCourrier.Interne) };

    /// <summary>A robot, or a matter of a former system, is not answered later either; a letter without an address may have one since.</summary>
    private static bool IsDecidedByAddress(Courrier courrier) =>
        courrier.Canal is Canal.Lettre or Canal.Depot && courrier.Origine != OrigineEnregistrement.Stock;

    /// <summary>The address used, unless it has refused us (CRPA R112-11-3).</summary>
    private static string? Electronique(Courrier courrier, Accuse enregistrement, bool isElectroniqueRefusee)
    {
        var hasPostal = courrier.Expediteur.Adresse is not null;
        return enregistrement.Etat is EtatAccuse.Refuse or EtatAccuse.NonRemis ? null
            : isElectroniqueRefusee && hasPostal ? null
            : enregistrement.Canal == CanalAccuse.Courriel ? enregistrement.Destinataire
            : courrier.Expediteur.Courriel;
    }
}
