using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Comptes.Gestion;

/// <summary>The accounts, for administrators: who may sign in, as what, in which service.</summary>
public sealed class IndexModel(PortailDbContext db, ServicesPrefecture services, CreateCompte createCompte) : PageModel
{
    [BindProperty]
    public string? Nom { get; set; }

    [BindProperty]
    public string? Courriel { get; set; }

    [BindProperty]
    public RoleAgent? Role { get; set; }

    [BindProperty]
    public string? ServiceCode { get; set; }

    [BindProperty]
    public string? MotDePasse { get; set; }

    public IReadOnlyList<Compte> Liste { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Services { get; private set; } = [];

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
        await LoadAsync(cancellationToken);
        Require(nameof(Nom), Saisie.Refus(Nom, 200));
        Require(nameof(Courriel), Saisie.Refus(Courriel, 200));
        Require(nameof(MotDePasse), Saisie.Refus(MotDePasse, 200));
        Require(nameof(Role), Role is null or RoleAgent.Programme ? "Choisissez un rôle" : null);
        Require(nameof(ServiceCode), string.IsNullOrEmpty(ServiceCode) ? "Choisissez un service" : null);
        if (!ModelState.IsValid)
        {
            return Page();
        }

        var result = await createCompte.ExecuteAsync(
            User.AsAgent().Id.ToString(), Courriel!, Nom!, Role!.Value, ServiceCode!, MotDePasse!, cancellationToken);
        if (result.Id is null)
        {
            foreach (var refus in result.Refus)
            {
                ModelState.AddModelError(refus.Contains("mot de passe", StringComparison.Ordinal) ? nameof(MotDePasse) : nameof(Courriel), refus);
            }

            return Page();
        }

        this.SayDone("Compte créé. Donnez son mot de passe à la personne de vive voix.");
        return Redirect("/comptes");
    }

    private void Require(string field, string? refusal)
    {
        if (refusal is not null)
        {
            ModelState.TryAddModelError(field, refusal);
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Services = await services.ChoixAsync(cancellationToken);
        Liste = await db.Comptes.AsNoTracking().OrderByDescending(c => c.IsActif).ThenBy(c => EF.Functions.Collate(c.Nom, "fr-x-icu")).ToListAsync(cancellationToken);
    }
}
