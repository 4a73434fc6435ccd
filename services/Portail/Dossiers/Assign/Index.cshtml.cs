using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Dossiers.Assign;

public sealed class IndexModel(PortailDbContext db, DossierOpener opener, AssignCourrier assignCourrier, ServicesPrefecture services)
    : DossierPageModel(db, opener)
{
    [BindProperty]
    public string? Service { get; set; }

    [BindProperty]
    public Guid? AgentId { get; set; }

    [BindProperty]
    public string? Motif { get; set; }

    public IReadOnlyList<SelectListItem> Services { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Agents { get; private set; } = [];

    public bool IsMotifRequired => Dossier.IsAffecte && Service is not null && Service != Dossier.ServiceInstructeurCode;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(Action.Assign, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        await LoadChoicesAsync(cancellationToken);
        (Vu, Service, AgentId) = (Dossier.StreamVersion, Dossier.ServiceInstructeurCode, Dossier.AgentId);
        Service ??= (await services.TypesAsync(cancellationToken)).FirstOrDefault(t => t.Code == Dossier.TypeCode)?.ServiceCode;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(Action.Assign, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        await LoadChoicesAsync(cancellationToken);
        Check(nameof(Motif), Motif, 500);
        if (string.IsNullOrEmpty(Service))
        {
            ModelState.AddModelError(nameof(Service), "Choisissez le service qui traitera ce courrier");
        }

        if (!ModelState.IsValid)
        {
            return Page();
        }

        return await assignCourrier.ExecuteAsync(User.AsAgent(), Id, Service!, AgentId, Motif, Vu, cancellationToken) switch
        {
            AssignCourrier.Outcome.Assigned => await BackAsync($"Affecté : {await services.LibelleAsync(Service, cancellationToken)}.", cancellationToken),
            AssignCourrier.Outcome.Unchanged => await BackAsync("Le courrier était déjà affecté ainsi : rien n’a changé.", cancellationToken),
            AssignCourrier.Outcome.AlreadyClosed => ShowAgain("Ce courrier est clos : il ne peut plus être affecté"),
            AssignCourrier.Outcome.ChangedMeanwhile => ShowAgain(QuelquunVientDeModifier),
            AssignCourrier.Outcome.UnknownService => ShowAgain("Ce service n’existe pas : choisissez-en un dans la liste", nameof(Service)),
            AssignCourrier.Outcome.AgentNotOfService => ShowAgain("Cet agent ne fait pas partie du service choisi", nameof(AgentId)),
            AssignCourrier.Outcome.ReasonMissing => ShowAgain("Dites pourquoi le courrier change de service", nameof(Motif)),
            AssignCourrier.Outcome.Forbidden => Forbid(),
            AssignCourrier.Outcome.NotFound => NotFound(),
        };
    }

    private async Task LoadChoicesAsync(CancellationToken cancellationToken)
    {
        Services = await services.ChoixAsync(cancellationToken);
        var groups = new Dictionary<string, SelectListGroup>();
        var comptes = await Db.Comptes.AsNoTracking()
            .Where(c => c.IsActif && (c.Role == RoleAgent.Agent || c.Role == RoleAgent.ChefService || c.Role == RoleAgent.Superviseur))
            .OrderBy(c => c.ServiceCode).ThenBy(c => c.Nom)
            .Select(c => new { c.Id, c.Nom, c.Role, c.ServiceCode })
            .ToListAsync(cancellationToken);
        Agents =
        [
            .. comptes.Select(c => new SelectListItem
            {
                Text = c.Role == RoleAgent.Agent ? c.Nom : $"{c.Nom} ({c.Role.Libelle().ToLowerInvariant()})",
                Value = c.Id.ToString(),
                Group = groups.TryGetValue(c.ServiceCode, out var group) ? group : groups[c.ServiceCode] = new SelectListGroup { Name = c.ServiceCode },
            }),
        ];
    }
}
