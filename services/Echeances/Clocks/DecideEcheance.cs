using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Regles;

namespace SuiviCourrier.Echeances.Clocks;

/// <summary>What the answer clock of a courrier must be.</summary>
/// <param name="Arret">Null: it runs.</param>
/// <param name="ArreteLe">Day on which it stopped, when a source has told it.</param>
public sealed record HorlogeAttendue(Regime Regime, bool IsImpose, Echeance Echeance, MotifArret? Arret, DateOnly? ArreteLe);

/// <summary>The decision, pure: the same facts give the same clock, whatever the order in which they came.</summary>
public static class DecideEcheance
{
    /// <summary>
    /// One regime per courrier: the imposed one, else the first that applies among those valid on the day of reception. It is chosen by
    /// channel, nature, type, category of sender and the service named at registration: an assignment changes nothing. The date
    /// counts from the reception whatever has happened since. Only an answer on the merits, a closing or an annulment stops it.
    /// </summary>
    /// <returns>Null when no answer is expected, or nothing is known of the registration yet.</returns>
    /// <exception cref="InvalidOperationException">No regime applies, or the imposed one no longer exists.</exception>
    public static HorlogeAttendue? Decide(Suivi suivi, JeuDeRegles regles, Calendrier calendrier)
    {
        if (suivi is not { RecuLe: { } recuLe, Canal: { } canal, Sens: Sens.Arrivee })
        {
            return null;
        }

        var regime = suivi.RegimeImposeCode is { } impose
            ? regles.Regimes.Tous.SingleOrDefault(r => r.Code == impose && r.Version == suivi.RegimeImposeVersion)
                ?? throw new InvalidOperationException($"Regime {impose} v{suivi.RegimeImposeVersion} is imposed on a courrier and no longer exists")
            : regles.Regimes.Select(new SituationCourrier
            {
                RecuLe = recuLe,
                Canal = canal.ToString(),
                Nature = suivi.Nature?.ToString(),
                Type = suivi.TypeCode,
                CategorieExpediteur = suivi.Categorie?.ToString(),
                Service = suivi.ServiceEnregistre,
            }) ?? throw new InvalidOperationException("No regime applies: the reference data lack a regime without conditions");
        if (regime.Delai is not { } delai)
        {
            return null;
        }

        var (arret, arreteLe) = Stop(suivi);
        return new HorlogeAttendue(
            regime, suivi.RegimeImposeCode is not null, Decomptes.Compute(calendrier, recuLe, delai), arret, arreteLe);
    }

    private static (MotifArret? Arret, DateOnly? ArreteLe) Stop(Suivi suivi) => suivi.Etat switch
    {
        EtatCourrier.Repondu => (MotifArret.Repondu, suivi.ReponduLe ?? suivi.ClosLe),
        EtatCourrier.Archive => (suivi.ReponduLe is null ? MotifArret.Clos : MotifArret.Repondu, suivi.ReponduLe ?? suivi.ClosLe),
        EtatCourrier.ClasseSansSuite or EtatCourrier.Transmis => (MotifArret.Clos, suivi.ClosLe),
        EtatCourrier.Annule => (MotifArret.Annule, suivi.ClosLe),
        null or EtatCourrier.Enregistre or EtatCourrier.Affecte or EtatCourrier.EnInstruction or EtatCourrier.EnAttentePieces =>
            suivi.IsAnnule ? (MotifArret.Annule, null) : (null, null),
    };
}
