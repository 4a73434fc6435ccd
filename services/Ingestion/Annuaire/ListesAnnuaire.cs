using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>Services and types as the lists of the forms show them.</summary>
public sealed class ListesAnnuaire(IngestionDbContext db)
{
    public async Task<(IReadOnlyList<SelectListItem> Services, IReadOnlyList<SelectListItem> Types)> ReadAsync(CancellationToken cancellationToken)
    {
        var services = await db.Services.AsNoTracking().OrderBy(s => s.Ordre)
            .Select(s => new SelectListItem($"{s.Code} – {s.Libelle}", s.Code)).ToListAsync(cancellationToken);
        var types = await db.Types.AsNoTracking().OrderBy(t => t.Ordre)
            .Select(t => new SelectListItem(t.Libelle, t.Code)).ToListAsync(cancellationToken);
        return (services, types);
    }
}
