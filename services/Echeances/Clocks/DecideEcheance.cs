using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Contracts.Echeances;
using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Regles;

namespace SuiviCourrier.Echeances.Clocks;

/// <summary>What the answer clock of a courrier must be.</summary>
/// <param name="Arret">Null: it runs.</param>
/// <param name="ArreteLe">Day on which it stopped, when a source has told it.</param>
public sealed record HorlogeAttendue(Regime Regime, bool IsImpose, Echeance Echeance, MotifArret? Arret, DateOnly? ArreteLe);

/// <summary>What a clock of an acknowledgement or of the silence must be.</summary>
/// <param name="Code">Of the rule.</param>
/// <param name="ObjectifLe">Our goal, when it is earlier than the limit.</param>
/// <param name="Arret">Null: it runs.</param>
public sealed record HorlogeSecondaire(
    KindEcheance Kind, string Code, string Libelle, Echeance Echeance, DateOnly? ObjectifLe, MotifArret? Arret, DateOnly? ArreteLe);

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
            : regles.Regimes.Select(Situation(suivi, recuLe, canal)) ?? throw new InvalidOperationException("No regime applies: the reference data lack a regime without conditions");
        if (regime.Delai is not { } delai)
        {
            return null;
        }

        var (arret, arreteLe) = Stop(suivi);
        return new HorlogeAttendue(
            regime, suivi.RegimeImposeCode is not null, Decomptes.Compute(calendrier, recuLe, delai), arret, arreteLe);
    }

    /// <summary>
    /// The clocks beside the answer. An acknowledgement stops none but its own. That of the registration also stops with the
    /// accusé de réception, which replaces it; that of the reception also when the work is over: nothing is acknowledged after the answer.
    /// </summary>
    public static IReadOnlyList<HorlogeSecondaire> DecideOthers(Suivi suivi, JeuDeRegles regles, Calendrier calendrier)
    {
        if (suivi is not { RecuLe: { } recuLe, Canal: { } canal, Sens: Sens.Arrivee })
        {
            return [];
        }

        var clocks = new List<HorlogeSecondaire>(3);
        var isRequest = suivi.Nature is not (NatureCourrier.PourInformation or NatureCourrier.Interne);
        if (!suivi.IsSansAccuse)
        {
            Add(KindEcheance.AccuseEnregistrement, regles.Accuses.Select(GenreAccuse.Enregistrement, canal.ToString()), StopEnregistrement(suivi));
            if (isRequest)
            {
                Add(KindEcheance.AccuseReception, regles.Accuses.Select(GenreAccuse.Reception, canal.ToString()), StopReception(suivi));
            }
        }

        if (isRequest && regles.Silences.Select(Situation(suivi, recuLe, canal)) is { } silence)
        {
            var (arret, le) = Stop(suivi);
            clocks.Add(new HorlogeSecondaire(
                KindEcheance.Silence, silence.Code, silence.Libelle, Decomptes.Compute(calendrier, recuLe, silence.Delai), null, arret, le));
        }

        return clocks;

        void Add(KindEcheance kind, RegleAccuse? regle, (MotifArret? Arret, DateOnly? Le) stop)
        {
            if (regle is not null)
            {
                DateOnly? goal = regle is { Legal: not null, Objectif: { } objectif } ? Decomptes.Date(calendrier, recuLe, objectif) : null;
                clocks.Add(new HorlogeSecondaire(
                    kind, regle.Code, regle.Libelle, Decomptes.Compute(calendrier, recuLe, regle.Delai), goal, stop.Arret, stop.Le));
            }
        }
    }

    private static SituationCourrier Situation(Suivi suivi, DateOnly recuLe, Canal canal) => new()
    {
        RecuLe = recuLe,
        Canal = canal.ToString(),
        Nature = suivi.Nature?.ToString(),
        Type = suivi.TypeCode,
        CategorieExpediteur = suivi.Categorie?.ToString(),
        Service = suivi.ServiceEnregistre,
    };

    private static (MotifArret? Arret, DateOnly? Le) StopEnregistrement(Suivi suivi) =>
        suivi.IsAnnule ? (MotifArret.Annule, null)
        : Left(suivi.AccuseEnregistrement, suivi.AccuseEnregistrementLe) ?? Left(suivi.AccuseReception, suivi.AccuseReceptionLe) ?? (null, null);

    private static (MotifArret? Arret, DateOnly? Le) StopReception(Suivi suivi) =>
        suivi.IsAnnule ? (MotifArret.Annule, null)
        : Left(suivi.AccuseReception, suivi.AccuseReceptionLe)
            ?? (suivi.AccuseReception is EtatAccuse.SansObjet ? (MotifArret.SansObjet, suivi.AccuseReceptionLe) : Stop(suivi));

    private static (MotifArret? Arret, DateOnly? Le)? Left(EtatAccuse? etat, DateOnly? le) =>
        etat is EtatAccuse.Envoye or EtatAccuse.Imprime ? (MotifArret.Accuse, le) : null;

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
