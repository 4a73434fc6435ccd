using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Annuaire.Services;

/// <summary>The organisation as a tree: each service below the one it depends on.</summary>
public sealed class IndexModel(IngestionDbContext db, SiteCourant siteCourant) : PageAnnuaire
{
    public IReadOnlyList<(ServicePrefecture Service, int Profondeur)> Arbre { get; private set; } = [];

    public DateOnly Today { get; private set; }

    public bool MayChange => Agent.May(Action.ManageServices);

    protected override Action Droit => Action.ManageDirectory;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Today = await siteCourant.TodayAsync(cancellationToken);
        var children = (await db.Services.AsNoTracking().OrderBy(s => s.Ordre).ToListAsync(cancellationToken)).ToLookup(s => s.ParentCode);
        Arbre = [.. Below(null, 0)];

        IEnumerable<(ServicePrefecture, int)> Below(string? parent, int depth) =>
            children[parent].SelectMany(s => Below(s.Code, depth + 1).Prepend((s, depth)));
    }
}
