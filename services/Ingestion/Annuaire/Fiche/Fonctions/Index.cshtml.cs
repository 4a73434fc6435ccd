using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Annuaire.Fonctions;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Annuaire.Fiche.Fonctions;

public sealed class IndexModel(IngestionDbContext db, SaveFonction saveFonction) : PageAnnuaire
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true, Name = "fonction")]
    public Guid? FonctionId { get; set; }

    [BindProperty]
    public NatureFonction? Nature { get; set; }

    [BindProperty]
    public string? Libelle { get; set; }

    [BindProperty]
    public string? Territoire { get; set; }

    [BindProperty]
    public string? Organisme { get; set; }

    [BindProperty]
    public DateOnly? Du { get; set; }

    [BindProperty]
    public DateOnly? Au { get; set; }

    public string Titre { get; private set; } = "";

    public IReadOnlyList<string> Organismes { get; private set; } = [];

    protected override Action Droit => Action.ManageDirectory;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken))
        {
            return NotFound();
        }

        if (FonctionId is { } id)
        {
            var fonction = await db.Fonctions.AsNoTracking().SingleOrDefaultAsync(f => f.Id == id && f.CorrespondantId == Id, cancellationToken);
            if (fonction is null)
            {
                return NotFound();
            }

            (Nature, Libelle, Territoire, Du, Au) = (fonction.Nature, fonction.Libelle, fonction.Territoire, fonction.Du, fonction.Au);
            Organisme = await db.Correspondants.Where(c => c.Id == fonction.OrganismeId).Select(c => c.Nom).SingleOrDefaultAsync(cancellationToken);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken))
        {
            return NotFound();
        }

        if (!ModelState.IsValid)
        {
            return Page();
        }

        var demande = new SaveFonction.Demande
        {
            Acteur = Agent.Id.ToString(),
            CorrespondantId = Id,
            FonctionId = FonctionId,
            Nature = Nature,
            Libelle = Libelle,
            Territoire = Territoire,
            Organisme = Organisme,
            Du = Du,
            Au = Au,
        };
        switch (await saveFonction.ExecuteAsync(demande, cancellationToken))
        {
            case SaveFonction.Outcome.Saved:
                this.SayDone("La fonction est enregistrée : les lettres des jours où elle est occupée en tiennent compte.");
                return Redirect($"/annuaire/fiche/{Id}");
            case SaveFonction.Outcome.Refused refused:
                return Refused(refused.Erreurs);
            default:
                return NotFound();
        }
    }

    public async Task<IActionResult> OnPostRetirerAsync(CancellationToken cancellationToken)
    {
        if (FonctionId is not { } id || await saveFonction.RemoveAsync(Agent.Id.ToString(), Id, id, cancellationToken) is not SaveFonction.Outcome.Saved)
        {
            return NotFound();
        }

        this.SayDone("La fonction est retirée : elle reste dans l’historique.");
        return Redirect($"/annuaire/fiche/{Id}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        Organismes = await db.NomsOrganismesAsync(cancellationToken);
        var correspondant = await db.Correspondants.AsNoTracking().SingleOrDefaultAsync(c => c.Id == Id && !c.IsOrganisme, cancellationToken);
        Titre = correspondant is null ? "" : correspondant.NomUsage ?? correspondant.Nom;
        return correspondant is not null;
    }
}
