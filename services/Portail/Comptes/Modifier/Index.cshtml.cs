using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Comptes.Modifier;

public sealed class IndexModel(PortailDbContext db, ServicesPrefecture services, ChangeCompte changeCompte) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public RoleAgent? Role { get; set; }

    [BindProperty]
    public string? ServiceCode { get; set; }

    [BindProperty]
    public bool IsActif { get; set; }

    [BindProperty]
    public string? MotDePasse { get; set; }

    public Compte Compte { get; private set; } = null!;

    public IReadOnlyList<SelectListItem> Services { get; private set; } = [];

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        if (!User.AsAgent().May(Action.ManageAccounts))
        {
            context.Result = Forbid();
        }
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken))
        {
            return NotFound();
        }

        (Role, ServiceCode, IsActif) = (Compte.Role, Compte.ServiceCode, Compte.IsActif);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken))
        {
            return NotFound();
        }

        if (Role is null or RoleAgent.Programme)
        {
            ModelState.TryAddModelError(nameof(Role), "Choisissez un rôle");
        }

        if (Saisie.Refus(MotDePasse, 200, isRequired: false) is { } refusal)
        {
            ModelState.AddModelError(nameof(MotDePasse), refusal);
        }

        if (!ModelState.IsValid)
        {
            return Page();
        }

        var password = string.IsNullOrEmpty(MotDePasse) ? null : MotDePasse;
        return await changeCompte.ExecuteAsync(User.AsAgent(), Id, Role!.Value, ServiceCode ?? "", IsActif, password, cancellationToken) switch
        {
            ChangeCompte.Outcome.Changed => Done(),
            ChangeCompte.Outcome.Oneself => this.PageWithError("Vous ne pouvez ni fermer votre propre compte ni quitter le rôle d’administrateur : demandez-le à un autre administrateur"),
            ChangeCompte.Outcome.UnknownService => this.PageWithError("Choisissez un service dans la liste", nameof(ServiceCode)),
            ChangeCompte.Outcome.PasswordRefused => this.PageWithError("Le mot de passe doit compter au moins 12 caractères, dont 5 différents", nameof(MotDePasse)),
            ChangeCompte.Outcome.ChangedMeanwhile => this.PageWithError("Quelqu’un vient de modifier ce compte : rechargez la page et recommencez"),
            ChangeCompte.Outcome.NotFound => NotFound(),
            ChangeCompte.Outcome.Forbidden => Forbid(),
        };
    }

    private RedirectResult Done()
    {
        this.SayDone("Compte modifié. Ses sessions ouvertes suivent dans la minute.");
        return Redirect("/comptes");
    }

    private async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        Services = await services.ChoixAsync(cancellationToken);
        var compte = await db.Comptes.AsNoTracking().SingleOrDefaultAsync(c => c.Id == Id, cancellationToken);
        Compte = compte!;
        return compte is not null;
    }
}
