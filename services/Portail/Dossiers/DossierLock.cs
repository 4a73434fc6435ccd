using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Portail.Dossiers;

/// <summary>What every command on a courrier begins with.</summary>
public sealed class DossierLock(PortailDbContext db, DossierOpener opener)
{
    /// <summary>Inside the caller's transaction: this command alone works on the courrier until it ends.</summary>
    /// <returns>Null when there is no such courrier, or none that the actor may see.</returns>
    public async Task<Dossier?> TakeAsync(Agent actor, Guid courrierId, CancellationToken cancellationToken)
    {
        await db.LockCourrierAsync(courrierId, cancellationToken);
        await opener.OpenAsync(courrierId, cancellationToken);
        return await db.Dossiers.Visible(actor).SingleOrDefaultAsync(d => d.CourrierId == courrierId, cancellationToken);
    }
}
