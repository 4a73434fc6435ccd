using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Taches;

/// <summary>What has to be looked at, oldest first: messages that came, addresses that refuse ours, dates that passed.</summary>
public sealed class IndexModel(PortailDbContext db, SiteCourant siteCourant) : PageModel
{
    private const int Taille = 100;

    public sealed record Ligne(Guid CourrierId, string NumeroChrono, string Objet, KindTache Kind, DateTimeOffset OpenedAt);

    public IReadOnlyList<Ligne> Lignes { get; private set; } = [];

    public Site Site { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Site = await siteCourant.GetAsync(cancellationToken);
        var agent = User.AsAgent();
        var seesLate = agent.May(Action.SeeLate);
        Lignes = await db.Taches.Where(t => t.DoneAt == null && (seesLate || t.Kind != KindTache.EcheanceManquee))
            .Join(db.Dossiers.Visible(agent), t => t.CourrierId, d => d.CourrierId, (t, d) => new { t, d })
            .OrderBy(x => x.t.OpenedAt)
            .Take(Taille)
            .Select(x => new Ligne(x.d.CourrierId, x.d.NumeroChrono, x.d.Objet, x.t.Kind, x.t.OpenedAt))
            .ToListAsync(cancellationToken);
    }
}
