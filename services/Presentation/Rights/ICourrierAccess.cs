namespace SuiviCourrier.Presentation.Rights;

/// <summary>Whether a person may see one courrier: the portal answers, for the services that serve what belongs to it (files).</summary>
public interface ICourrierAccess
{
    Task<bool> MaySeeAsync(Agent agent, Guid courrierId, CancellationToken cancellationToken);
}
