using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Dossiers;

internal sealed class CourrierAccess(PortailDbContext db, DossierOpener opener) : ICourrierAccess
{
    public async Task<bool> MaySeeAsync(Agent agent, Guid courrierId, CancellationToken cancellationToken)
    {
        await opener.OpenAsync(courrierId, cancellationToken);
        return await db.Dossiers.Visible(agent).AnyAsync(d => d.CourrierId == courrierId, cancellationToken);
    }
}
