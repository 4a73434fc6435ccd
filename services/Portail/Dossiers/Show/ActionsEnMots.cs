namespace SuiviCourrier.Portail.Dossiers.Show;

/// <summary>The commands of the audit, as agents say them. An unknown one is shown as it stands.</summary>
internal static class ActionsEnMots
{
    private static readonly Dictionary<string, string> s_mots = new(StringComparer.Ordinal)
    {
        ["RegisterCourrier"] = "Enregistrement",
        ["RetrySetAsideAsync"] = "Message mis de côté relu",
        ["RegisterSetAsideAsync"] = "Repris des messages mis de côté",
        ["CorrectCourrier"] = "Correction de l’enregistrement",
        ["AnnulerEnregistrement"] = "Annulation de l’enregistrement",
        ["ReceiveMessage"] = "Message reçu",
        ["ScanPiece"] = "Fichier infecté, trouvé par l’antivirus",
        ["MarkPrinted"] = "Accusé imprimé",
        ["MarkPosted"] = "Accusé posté",
        ["ReprintLettres"] = "Réimpression de l’accusé",
        ["HandRecepisse"] = "Récépissé de dépôt",
        ["ResendAccuse"] = "Décision sur l’accusé",
        ["DecideEnvois"] = "Décision sur un courriel bloqué",
        ["AccuseComposer"] = "Envoi de l’accusé",
        ["AcknowledgeReception"] = "Accusé de réception décidé",
        ["RequestPieces"] = "Pièces demandées",
        ["SaveCorrespondant"] = "Fiche de l’annuaire modifiée",
        ["SaveFonction"] = "Fonction modifiée",
        ["RemoveFonction"] = "Fonction retirée",
        ["SaveService"] = "Service modifié",
        ["SaveLien"] = "Lien France Services modifié",
        ["CheckLien"] = "Lien France Services vérifié",
        ["WriteModele"] = "Modèle de lettre modifié",
        ["ApproveModele"] = "Modèle de lettre approuvé",
        ["RequestChange"] = "Modification d’un modèle demandée",
        ["SettleChange"] = "Demande de modification traitée",
        ["QualifyCourrier"] = "Qualification",
        ["AssignCourrier"] = "Affectation",
        ["AnswerCourrier"] = "Réponse",
        ["CloseCourrier"] = "Classement sans suite",
        ["ReopenCourrier"] = "Réouverture",
        ["CompleteTache"] = "Tâche faite",
        ["EcheanceOpened"] = "Échéance calculée",
        ["EcheanceMoved"] = "Échéance déplacée",
        ["EcheanceClosed"] = "Délai arrêté",
        ["EcheanceMissed"] = "Échéance passée sans réponse",
        ["ImposeRegime"] = "Changement de la règle de délai",
        ["RelanceDeclenchee"] = "Relance",
        ["RelanceTransmise"] = "Relance transmise à un autre",
    };

    public static string Dire(string action) => s_mots.GetValueOrDefault(action, action);
}
