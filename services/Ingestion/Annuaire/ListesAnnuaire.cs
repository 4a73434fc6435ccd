using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>Services and types as the lists of the forms show them: a closed service is proposed no more.</summary>
public sealed class ListesAnnuaire(IngestionDbContext db, SiteCourant siteCourant)
{
    public async Task<(IReadOnlyList<SelectListItem> Services, IReadOnlyList<SelectListItem> Types)> ReadAsync(CancellationToken cancellationToken)
    {
        var today = await siteCourant.TodayAsync(cancellationToken);
        var services = await db.Services.AsNoTracking().Where(s => s.FermeLe == null || s.FermeLe >= today).OrderBy(s => s.Ordre)
            .Select(s => new SelectListItem($"{s.Code} – {s.Libelle}", s.Code)).ToListAsync(cancellationToken);
        var types = await db.Types.AsNoTracking().OrderBy(t => t.Ordre)
            .Select(t => new SelectListItem(t.Libelle, t.Code)).ToListAsync(cancellationToken);
        return (services, types);
    }
}
