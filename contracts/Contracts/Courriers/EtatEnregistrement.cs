namespace SuiviCourrier.Contracts.Courriers;

/// <summary>All that Ingestion owns of one courrier and others need to decide.</summary>
public record EtatEnregistrement
{
    public required string SiteCode { get; init; }
    public required string NumeroChrono { get; init; }
    public required Sens Sens { get; init; }
    public required Canal Canal { get; init; }

    /// <summary>Legal day of reception in the site's zone: day 0 of every clock.</summary>
    public required DateOnly RecuLe { get; init; }

    public required DateTimeOffset EnregistreLe { get; init; }
    public required CategorieExpediteur Categorie { get; init; }

    /// <summary>Null until somebody has said what the courrier is: the limit then follows the channel alone.</summary>
    public NatureCourrier? Nature { get; init; }

    public string? TypeCode { get; init; }

    /// <summary>Service named at registration; the portal owns the assignment from then on.</summary>
    public string? ServiceCode { get; init; }

    /// <summary>Received for information: no answer clock.</summary>
    public bool IsPourInformation { get; init; }

    /// <summary>Nobody is acknowledged: a robot, an anonymous sender, no address. The reason is kept at the source.</summary>
    public bool IsSansAccuse { get; init; }

    public bool IsRestreint { get; init; }
    public bool IsAnnule { get; init; }
}
