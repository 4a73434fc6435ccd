namespace SuiviCourrier.Presentation.Rights;

public enum Action
{
    Register,
    Correct,
    Qualify,
    Assign,
    Answer,
    ChangeRegime,
    ManageCalendars,
    ManageMailboxes,

    /// <summary>Letter texts: who writes in one is decided by its owner.</summary>
    ReadTemplates,
    ApproveTemplates,

    /// <summary>Correspondents, their positions, the France Services links.</summary>
    ManageDirectory,

    /// <summary>The tree of services.</summary>
    ManageServices,
    ConfigureMailboxes,
    ManageAccounts,
    ManageFailures,
    SeeLate,

    /// <summary>The bytes of a message that holds an infected file.</summary>
    OpenInfected,
}

public static class AgentRights
{
    /// <summary>Whether the role allows the action at all; what it may be done to is decided by <see cref="VisibleRows.Visible{T}"/>.</summary>
    public static bool May(this Agent agent, Action action) => agent.Role is RoleAgent.Programme ? IsForPrograms(action) : action switch
    {
        Action.Register or Action.Correct => agent.Role is RoleAgent.BureauOrdre or RoleAgent.Superviseur or RoleAgent.Administrateur,
        Action.Qualify or Action.Assign or Action.ReadTemplates => true,
        Action.Answer => agent.Role is not RoleAgent.BureauOrdre,
        Action.ApproveTemplates => agent.Role is RoleAgent.ChefService or RoleAgent.Superviseur or RoleAgent.Administrateur,
        Action.ChangeRegime => agent.Role is RoleAgent.ChefService or RoleAgent.Superviseur or RoleAgent.Administrateur,
        Action.SeeLate => agent.Role is RoleAgent.ChefService or RoleAgent.Superviseur or RoleAgent.Administrateur,
        Action.ManageMailboxes or Action.ManageDirectory => agent.Role is RoleAgent.BureauOrdre or RoleAgent.Superviseur or RoleAgent.Administrateur,
        Action.ManageServices or Action.OpenInfected => agent.Role is RoleAgent.Superviseur or RoleAgent.Administrateur,
        Action.ConfigureMailboxes or Action.ManageCalendars or Action.ManageAccounts or Action.ManageFailures => agent.Role is RoleAgent.Administrateur,
    };

    /// <summary>What the API has an operation for; which of them a key allows is asked at its door.</summary>
    private static bool IsForPrograms(Action action) => action is Action.Register or Action.Assign or Action.Answer;
}
