namespace SuiviCourrier.Contracts.Courriers;

/// <summary>All that Portail owns of one courrier and others need to decide.</summary>
public record EtatDossier
{
    public required EtatCourrier Etat { get; init; }
    public string? ServiceInstructeurCode { get; init; }

    /// <summary>Account of the agent in charge, when the service has named one.</summary>
    public Guid? AgentId { get; init; }

    /// <summary>True once an agent has qualified it: nature and type below then replace those of the registration.</summary>
    public bool IsQualifie { get; init; }

    public NatureCourrier? Nature { get; init; }
    public string? TypeCode { get; init; }

    /// <summary>Day of the answer on the merits, in the site's zone.</summary>
    public DateOnly? ReponduLe { get; init; }

    /// <summary>Day of closing, whatever the reason.</summary>
    public DateOnly? ClosLe { get; init; }
}
