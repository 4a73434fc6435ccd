using Microsoft.AspNetCore.Mvc.Rendering;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Contracts.Echeances;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Courriels;

namespace SuiviCourrier.Presentation.Mots;

/// <summary>What agents read for each code of the contracts.</summary>
public static class Libelles
{
    public static string Libelle(this Canal canal) => canal switch
    {
        Canal.Lettre => "Lettre",
        Canal.Depot => "Dépôt à l’accueil",
        Canal.Courriel => "Courriel",
        Canal.Formulaire => "Formulaire de contact",
    };

    public static string Libelle(this Sens sens) => sens switch
    {
        Sens.Arrivee => "Arrivée",
        Sens.Depart => "Départ",
    };

    public static string Libelle(this NatureCourrier nature) => nature switch
    {
        NatureCourrier.Demande => "Demande",
        NatureCourrier.Reclamation => "Réclamation",
        NatureCourrier.Suggestion => "Suggestion",
        NatureCourrier.Remerciement => "Remerciement",
        NatureCourrier.Intervention => "Intervention d’un élu",
        NatureCourrier.Invitation => "Invitation",
        NatureCourrier.Audience => "Demande d’audience",
        NatureCourrier.Recours => "Recours",
        NatureCourrier.Signalement => "Signalement",
        NatureCourrier.Acte => "Acte d’une collectivité",
        NatureCourrier.PourInformation => "Pour information",
        NatureCourrier.Interne => "Courrier interne",
    };

    public static string Libelle(this CategorieExpediteur categorie) => categorie switch
    {
        CategorieExpediteur.Particulier => "Particulier",
        CategorieExpediteur.ParticulierRepresente => "Particulier représenté",
        CategorieExpediteur.Association => "Association",
        CategorieExpediteur.Entreprise => "Entreprise",
        CategorieExpediteur.Elu => "Élu",
        CategorieExpediteur.Commune => "Commune ou groupement",
        CategorieExpediteur.Administration => "Administration",
        CategorieExpediteur.Juridiction => "Juridiction",
        CategorieExpediteur.DefenseurDesDroits => "Défenseur des droits",
        CategorieExpediteur.Syndicat => "Syndicat",
        CategorieExpediteur.Presse => "Presse",
        CategorieExpediteur.Anonyme => "Anonyme",
        CategorieExpediteur.NonPrecisee => "Catégorie à préciser",
    };

    public static string Libelle(this EtatCourrier etat) => etat switch
    {
        EtatCourrier.Enregistre => "Enregistré",
        EtatCourrier.Affecte => "Affecté",
        EtatCourrier.EnInstruction => "En instruction",
        EtatCourrier.EnAttentePieces => "En attente de pièces",
        EtatCourrier.Repondu => "Répondu",
        EtatCourrier.Archive => "Archivé",
        EtatCourrier.Transmis => "Transmis",
        EtatCourrier.ClasseSansSuite => "Classé sans suite",
        EtatCourrier.Annule => "Enregistrement annulé",
    };

    public static string Libelle(this KindEcheance kind) => kind switch
    {
        KindEcheance.Reponse => "Réponse sur le fond",
        KindEcheance.AccuseEnregistrement => "Accusé d’enregistrement",
        KindEcheance.AccuseReception => "Accusé de réception",
        KindEcheance.Silence => "Effet du silence",
    };

    public static string Libelle(this KindAccuse kind) => kind switch
    {
        KindAccuse.Enregistrement => "Accusé d’enregistrement",
        KindAccuse.Reception => "Accusé de réception",
    };

    public static string Libelle(this EtatAccuse etat) => etat switch
    {
        EtatAccuse.AEnvoyer => "à envoyer",
        EtatAccuse.AImprimer => "à imprimer",
        EtatAccuse.Envoye => "parti",
        EtatAccuse.Imprime => "imprimé",
        EtatAccuse.Incertain => "envoi incertain",
        EtatAccuse.Refuse => "refusé par le serveur du destinataire",
        EtatAccuse.NonRemis => "non remis : adresse refusée",
        EtatAccuse.SansObjet => "non envoyé",
    };

    public static string Libelle(this KindEchange kind) => kind switch
    {
        KindEchange.Reponse => "Réponse de l’expéditeur",
        KindEchange.Repetition => "Nouvel envoi du même courrier",
        KindEchange.ReponseAutomatique => "Réponse automatique",
        KindEchange.NonRemis => "Message non remis",
    };

    public static string Libelle(this RoleAgent role) => role switch
    {
        RoleAgent.BureauOrdre => "Bureau d’ordre",
        RoleAgent.Agent => "Agent",
        RoleAgent.ChefService => "Chef de service",
        RoleAgent.Superviseur => "Superviseur",
        RoleAgent.Administrateur => "Administrateur",
        RoleAgent.Programme => "Programme",
    };

    public static string Libelle(this EtatCourriel etat) => etat switch
    {
        EtatCourriel.AEnvoyer => "à envoyer",
        EtatCourriel.EnCours => "envoi en cours",
        EtatCourriel.Accepte => "parti",
        EtatCourriel.Differe => "différé, sera retenté",
        EtatCourriel.Refuse => "refusé par le serveur du destinataire",
        EtatCourriel.Incertain => "envoi incertain",
        EtatCourriel.Supprime => "supprimé avant l’envoi",
    };

    /// <summary>Every value of a code, as the choices of a list or of radio buttons.</summary>
    public static IReadOnlyList<SelectListItem> Choix<T>(Func<T, string> libelle)
        where T : struct, Enum =>
        [.. Enum.GetValues<T>().Select(value => new SelectListItem(libelle(value), value.ToString()))];

    public static IReadOnlyList<SelectListItem> Canaux => Choix<Canal>(Libelle);

    public static IReadOnlyList<SelectListItem> Natures => Choix<NatureCourrier>(Libelle);

    public static IReadOnlyList<SelectListItem> Categories => Choix<CategorieExpediteur>(Libelle);

    public static IReadOnlyList<SelectListItem> Etats => Choix<EtatCourrier>(Libelle);

    /// <summary>Roles an account may have.</summary>
    public static IReadOnlyList<SelectListItem> Roles => [.. Choix<RoleAgent>(Libelle).Where(r => r.Value != nameof(RoleAgent.Programme))];
}
