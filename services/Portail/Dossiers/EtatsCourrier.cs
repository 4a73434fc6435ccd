using SuiviCourrier.Contracts.Courriers;

namespace SuiviCourrier.Portail.Dossiers;

/// <summary>What may be done to a courrier in a state; who may do it is decided by <see cref="Presentation.Rights.AgentRights.May"/>.</summary>
public enum ActionDossier
{
    Qualifier,
    Affecter,
    Repondre,
    Classer,
    Rouvrir,
}

/// <summary>The table of states: <c>docs/etats.md</c> shows it to people, and a test compares the two.</summary>
public static class EtatsCourrier
{
    /// <summary>States in which somebody still has to act: the answer clock runs.</summary>
    public static readonly EtatCourrier[] Ouverts =
        [EtatCourrier.Enregistre, EtatCourrier.Affecte, EtatCourrier.EnInstruction, EtatCourrier.EnAttentePieces];

    public static IReadOnlyList<ActionDossier> Actions(this EtatCourrier etat) => etat switch
    {
        EtatCourrier.Enregistre or EtatCourrier.Affecte or EtatCourrier.EnInstruction or EtatCourrier.EnAttentePieces =>
            [ActionDossier.Qualifier, ActionDossier.Affecter, ActionDossier.Repondre, ActionDossier.Classer],
        EtatCourrier.Repondu or EtatCourrier.ClasseSansSuite => [ActionDossier.Rouvrir],
        EtatCourrier.Transmis or EtatCourrier.Archive or EtatCourrier.Annule => [],
    };

    public static bool Allows(this Dossier dossier, ActionDossier action) => dossier.Etat.Actions().Contains(action);

    public static string Libelle(this MotifCloture motif) => motif switch
    {
        MotifCloture.Doublon => "Doublon : déjà enregistré sous un autre numéro",
        MotifCloture.DemandeRetiree => "Demande retirée par l’expéditeur",
        MotifCloture.SansDemande => "Rien n’est demandé",
        MotifCloture.SansAdresse => "Ni nom ni adresse à qui répondre",
        MotifCloture.Abusif => "Demande abusive par son nombre ou sa répétition",
        MotifCloture.TraiteAutrement => "Traité autrement (décision, rendez-vous)",
    };
}
