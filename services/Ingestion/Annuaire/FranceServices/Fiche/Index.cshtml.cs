using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Annuaire.FranceServices.Fiche;

public sealed class IndexModel(IngestionDbContext db, SaveLien saveLien) : PageAnnuaire
{
    [BindProperty(SupportsGet = true)]
    public string? Code { get; set; }

    [BindProperty]
    public string? Departement { get; set; }

    [BindProperty]
    public string? Libelle { get; set; }

    [BindProperty]
    public string? Adresse { get; set; }

    [BindProperty]
    public bool IsOuvert { get; set; }

    protected override Action Droit => Action.ManageDirectory;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (Code is null)
        {
            return Page();
        }

        if (await db.LiensFranceServices.AsNoTracking().SingleOrDefaultAsync(l => l.Departement == Code, cancellationToken) is not { } lien)
        {
            return NotFound();
        }

        (Libelle, Adresse) = (lien.Libelle, lien.Url);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            return Page();
        }

        switch (await saveLien.ExecuteAsync(new SaveLien.Demande(Agent.Id.ToString(), Code ?? Departement, Libelle, Adresse, IsOuvert), cancellationToken))
        {
            case SaveLien.Outcome.Saved:
                this.SayDone("Le lien est enregistré : les prochains accusés le donnent.");
                return Redirect("/france-services");
            case SaveLien.Outcome.Refused refused:
                return Refused(refused.Erreurs);
            default:
                return this.PageWithError("Quelqu’un vient de modifier ce lien : rouvrez cette page");
        }
    }
}
