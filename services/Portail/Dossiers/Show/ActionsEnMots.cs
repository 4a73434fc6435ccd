namespace SuiviCourrier.Portail.Dossiers.Show;

/// <summary>The commands of the audit, as agents say them. An unknown one is shown as it stands.</summary>
internal static class ActionsEnMots
{
    private static readonly Dictionary<string, string> s_mots = new(StringComparer.Ordinal)
    {
        ["RegisterCourrier"] = "Enregistrement",
        ["RegisterMessage"] = "Enregistrement du courriel",
        ["CorrectCourrier"] = "Correction de l’enregistrement",
        ["AnnulerEnregistrement"] = "Annulation de l’enregistrement",
        ["AttachEchange"] = "Message rattaché",
        ["SendAccuse"] = "Accusé",
        ["PrintAccuse"] = "Accusé imprimé",
        ["QualifyCourrier"] = "Qualification",
        ["AssignCourrier"] = "Affectation",
        ["AnswerCourrier"] = "Réponse",
        ["CloseCourrier"] = "Classement sans suite",
        ["ReopenCourrier"] = "Réouverture",
        ["CompleteTache"] = "Tâche faite",
        ["OpenClocks"] = "Échéance calculée",
        ["MoveClocks"] = "Échéance déplacée",
        ["CloseClocks"] = "Échéance close",
        ["ChangeRegime"] = "Changement de régime",
        ["FireRelances"] = "Relance",
    };

    public static string Dire(string action) => s_mots.GetValueOrDefault(action, action);
}
