using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Api;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Comptes.ClesApi;

/// <summary>The keys of programs, for administrators: which program may do what, for which services, and when it last did.</summary>
public sealed class IndexModel(PortailDbContext db, ServicesPrefecture services, CreateCle createCle, RevokeCle revokeCle, SiteCourant siteCourant) : PageModel
{
    [BindProperty]
    public string? Nom { get; set; }

    [BindProperty]
    public List<string> Operations { get; set; } = [];

    [BindProperty]
    public List<string> Limites { get; set; } = [];

    public IReadOnlyList<CleApi> Liste { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Services { get; private set; } = [];

    public Site Site { get; private set; } = null!;

    /// <summary>The key just made: on this answer only, which no one keeps.</summary>
    public (string Nom, string Secret)? Nouvelle { get; private set; }

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        if (!User.AsAgent().May(Action.ManageAccounts))
        {
            context.Result = Forbid();
        }
    }

    public Task OnGetAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var created = await createCle.ExecuteAsync(User.AsAgent().Id.ToString(), Nom, Operations, Limites, cancellationToken);
        foreach (var (champ, phrase) in created.Refus)
        {
            ModelState.AddModelError(champ == nameof(CleApi.Services) ? nameof(Limites) : champ, phrase);
        }

        if (created.Secret is { } secret)
        {
            Nouvelle = (Nom!.Trim(), secret);
            ModelState.Clear();
            (Nom, Operations, Limites) = (null, [], []);
            this.KeepNowhere();
        }

        await LoadAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostRevoquerAsync(Guid id, CancellationToken cancellationToken)
    {
        switch (await revokeCle.ExecuteAsync(User.AsAgent().Id.ToString(), id, cancellationToken))
        {
            case RevokeCle.Outcome.Revoked:
                this.SayDone("Clé révoquée : elle n’ouvre plus rien.");
                return Redirect("/cles-api");
            case RevokeCle.Outcome.AlreadyRevoked:
                this.SayDone("Cette clé était déjà révoquée.");
                return Redirect("/cles-api");
            default:
                return NotFound();
        }
    }

    public static string LibelleOf(string operation) => OperationApi.Toutes.FirstOrDefault(o => o.Nom == operation)?.Libelle ?? operation;

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Site = await siteCourant.GetAsync(cancellationToken);
        Services = await services.ChoixAsync(cancellationToken);
        Liste = await db.ClesApi.AsNoTracking()
            .OrderBy(c => c.RevokedAt != null).ThenBy(c => EF.Functions.Collate(c.Nom, "fr-x-icu")).ThenBy(c => c.Id)
            .ToListAsync(cancellationToken);
    }
}
