using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Annuaire.FranceServices;

/// <summary>The list that the site maintains, with the day each link was last seen working.</summary>
public sealed class IndexModel(IngestionDbContext db, CheckLien checkLien, SiteCourant siteCourant) : PageAnnuaire
{
    public IReadOnlyList<LienFranceServices> Liste { get; private set; } = [];

    public ServiceDefaults.Time.Site Site { get; private set; } = null!;

    protected override Action Droit => Action.ManageDirectory;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Site = await siteCourant.GetAsync(cancellationToken);
        Liste = await db.LiensFranceServices.AsNoTracking().OrderBy(l => l.Departement).ToListAsync(cancellationToken);
    }

    public async Task<IActionResult> OnPostVerifierAsync(string? departement, CancellationToken cancellationToken)
    {
        switch (await checkLien.ExecuteAsync(Agent.Id.ToString(), departement ?? "", cancellationToken))
        {
            case CheckLien.Outcome.Reached:
                this.SayDone("Le lien répond : la date est notée.");
                return Redirect("/france-services");
            case CheckLien.Outcome.Failed:
                this.SayDone("Le lien ne répond pas : la raison est dans la liste.");
                return Redirect("/france-services");
            default:
                return NotFound();
        }
    }
}
