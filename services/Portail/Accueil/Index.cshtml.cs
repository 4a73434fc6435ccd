using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Dossiers;
using SuiviCourrier.Portail.Listes;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Accueil;

public sealed class IndexModel(PortailDbContext db, Compteurs compteurs, SiteCourant site, CalendrierDuSite calendriers) : PageModel
{
    private const int Taille = 8;

    public Agent Moi { get; private set; } = null!;

    public IReadOnlyList<Compteur> Compteurs { get; private set; } = [];

    public ListeCourriers Liste { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Moi = User.AsAgent();
        Compteurs = await compteurs.OfAsync(Moi, cancellationToken);
        var today = await site.TodayAsync(cancellationToken);
        var ouverts = db.Dossiers.AsNoTracking().Visible(Moi).Where(d => EtatsCourrier.Ouverts.Contains(d.Etat));
        var first = Moi.Role == RoleAgent.BureauOrdre
            ? ouverts.Where(d => d.ServiceInstructeurCode == null)
            : ouverts.Where(d => d.DueOn != null);
        var lignes = await first.OrderBy(d => d.TriLe).ThenBy(d => d.CourrierId).Take(Taille).ToLignes(db).ToListAsync(cancellationToken);
        Liste = new ListeCourriers(
            Moi.Role == RoleAgent.BureauOrdre ? "À affecter d’abord" : "À répondre d’abord", lignes, today, await calendriers.GetAsync(cancellationToken));
    }
}
