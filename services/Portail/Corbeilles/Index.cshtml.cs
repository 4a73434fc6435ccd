using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Dossiers;
using SuiviCourrier.Portail.Listes;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Corbeilles;

/// <summary>What is still to be answered, by due date: "what do I answer first?"</summary>
public sealed class IndexModel(PortailDbContext db, ServicesPrefecture services, SiteCourant site, CalendrierDuSite calendriers, TimeProvider clock)
    : PageModel, IListeFiltree
{
    private const int Taille = 25;
    private const int Plafond = 1000;

    public string Chemin => "/corbeille";

    [BindProperty(SupportsGet = true)]
    public FiltreCourriers Filtre { get; set; } = new();

    public IReadOnlyList<SelectListItem> Services { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Quands { get; } = Presentation.Mots.Libelles.Choix<QuandCourrier>(q => q.Libelle());

    public ListeCourriers Liste { get; private set; } = null!;

    public string Titre { get; private set; } = "";

    public string Phrase { get; private set; } = "";

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var agent = User.AsAgent();
        var today = await site.TodayAsync(cancellationToken);
        var calendrier = await calendriers.GetAsync(cancellationToken);
        var isEverywhere = agent.Role is RoleAgent.BureauOrdre or RoleAgent.Superviseur or RoleAgent.Administrateur;
        Services = [.. (await services.ChoixAsync(cancellationToken)).Where(s => isEverywhere || agent.Perimetre.Contains(s.Value))];
        Titre = isEverywhere ? "Corbeille de la préfecture" : $"Corbeille - {await services.LibelleAsync(agent.ServiceCode, cancellationToken)}";
        var ouverts = db.Dossiers.AsNoTracking().Visible(agent).Where(d => EtatsCourrier.Ouverts.Contains(d.Etat));
        var below = Filtre.Service is null ? null : await services.BelowAsync(Filtre.Service, cancellationToken);
        var filtered = Filtre.Apply(ouverts, below, agent.Id, today, calendrier, clock.GetUtcNow());
        var lignes = await Filtre.Page(filtered, Taille + 1).ToLignes(db).ToListAsync(cancellationToken);
        var count = await filtered.Take(Plafond + 1).CountAsync(cancellationToken);
        var suite = lignes.Count > Taille ? Filtre.Url(Chemin, FiltreCourriers.CursorOf(lignes[Taille - 1])) : null;
        Liste = new ListeCourriers(Titre, [.. lignes.Take(Taille)], today, calendrier, suite);
        Phrase = (count, Filtre.EnMots) switch
        {
            (0, "") => "",
            ( > Plafond, var mots) => $"Plus de {Plafond} courriers à traiter, les plus pressés d’abord. {mots}",
            (1, var mots) => $"1 courrier à traiter. {mots}",
            (_, var mots) => $"{count} courriers à traiter, les plus pressés d’abord. {mots}",
        };
    }
}
