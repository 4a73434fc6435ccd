using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Delais;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Dossiers;
using SuiviCourrier.Portail.Listes;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Retards;

/// <summary>What is late, where, since when: services worst first, then the courriers.</summary>
public sealed class IndexModel(PortailDbContext db, ServicesPrefecture services, SiteCourant site, CalendrierDuSite calendriers, TimeProvider clock)
    : PageModel, IListeFiltree
{
    private const int Taille = 25;

    public sealed record Groupe(string? Code, string Libelle, int Count, DateOnly Oldest);

    public string Chemin => "/en-retard";

    [BindProperty(SupportsGet = true)]
    public FiltreCourriers Filtre { get; set; } = new();

    public IReadOnlyList<SelectListItem> Services { get; private set; } = [];

    /// <summary>Everything here is late already.</summary>
    public IReadOnlyList<SelectListItem> Quands { get; } = [];

    public IReadOnlyList<Groupe> Groupes { get; private set; } = [];

    public ListeCourriers Liste { get; private set; } = null!;

    public DateOnly Today { get; private set; }

    public int Total => Groupes.Sum(g => g.Count);

    public int LePlus => Groupes.Count == 0 ? 0 : Groupes.Max(g => g.Count);

    public string UrlExport => Filtre.Url(Chemin, handler: "Export");

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        if (!User.AsAgent().May(Action.SeeLate))
        {
            context.Result = Forbid();
        }
    }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var agent = User.AsAgent();
        var isEverywhere = agent.Role is RoleAgent.Superviseur or RoleAgent.Administrateur;
        Services = [.. (await services.ChoixAsync(cancellationToken)).Where(s => isEverywhere || agent.Perimetre.Contains(s.Value))];
        var enRetard = await EnRetardAsync(agent, cancellationToken);
        var groups = await enRetard
            .GroupBy(d => d.ServiceInstructeurCode)
            .Select(g => new { Code = g.Key, Count = g.Count(), Oldest = g.Min(d => d.DueOn) })
            .OrderByDescending(g => g.Count).ThenBy(g => g.Oldest)
            .ToListAsync(cancellationToken);
        var libelles = (await services.ListAsync(cancellationToken)).ToDictionary(s => s.Code, s => s.Libelle);
        Groupes = [.. groups.Select(g => new Groupe(g.Code, g.Code is null ? "Sans service" : libelles.GetValueOrDefault(g.Code, g.Code), g.Count, g.Oldest!.Value))];
        var lignes = await Filtre.Page(enRetard, Taille + 1).ToLignes(db).ToListAsync(cancellationToken);
        var suite = lignes.Count > Taille ? Filtre.Url(Chemin, FiltreCourriers.CursorOf(lignes[Taille - 1])) : null;
        Liste = new ListeCourriers("Courriers en retard", [.. lignes.Take(Taille)], Today, await calendriers.GetAsync(cancellationToken), suite);
    }

    /// <summary>Exactly this list, whole, as a spreadsheet.</summary>
    public async Task<IActionResult> OnGetExportAsync(CancellationToken cancellationToken)
    {
        var enRetard = await EnRetardAsync(User.AsAgent(), cancellationToken);
        Response.ContentType = "text/csv; charset=utf-8";
        Response.Headers.ContentDisposition = $"attachment; filename=\"en-retard-{Today:yyyy-MM-dd}.csv\"";
        await using var writer = new StreamWriter(Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)) { NewLine = "\r\n" };
        await writer.WriteLineAsync(LigneCsv.Entete);
        await foreach (var ligne in enRetard.OrderBy(d => d.TriLe).ThenBy(d => d.CourrierId).ToLignes(db).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            await writer.WriteLineAsync(LigneCsv.Of(ligne, Today));
        }

        return new EmptyResult();
    }

    public string Depuis(DateOnly oldest) => EcheanceEnMots.Dire(oldest, Today, null);

    private async Task<IQueryable<Dossier>> EnRetardAsync(Agent agent, CancellationToken cancellationToken)
    {
        Today = await site.TodayAsync(cancellationToken);
        var below = Filtre.Service is null ? null : await services.BelowAsync(Filtre.Service, cancellationToken);
        Filtre.Quand = null;
        return Filtre.Apply(
            db.Dossiers.AsNoTracking().Visible(agent).Where(d => PortailDbContext.IsEnRetard(d.Etat, d.DueOn, d.ReponduLe, Today)),
            below, agent.Id, Today, await calendriers.GetAsync(cancellationToken), clock.GetUtcNow());
    }
}
