using SuiviCourrier.Presentation.Rights;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>Who does what to a letter text: everyone reads it and asks for a change, its owner writes, a second person in charge approves.</summary>
public static class DroitsModeles
{
    /// <param name="service">Owner of the text.</param>
    public static bool MayWrite(this Agent agent, string service) =>
        agent.May(Action.ReadTemplates) && (IsOverall(agent) || agent.Perimetre.Contains(service));

    /// <param name="service">Owner of the text.</param>
    public static bool MayApprove(this Agent agent, string service) =>
        agent.May(Action.ApproveTemplates) && (IsOverall(agent) || agent.Perimetre.Contains(service));

    private static bool IsOverall(Agent agent) => agent.Role is RoleAgent.Superviseur or RoleAgent.Administrateur;
}
