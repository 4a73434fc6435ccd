using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Annuaire.Services.Fiche;

public sealed class IndexModel(IngestionDbContext db, SaveService saveService) : PageAnnuaire
{
    [BindProperty(SupportsGet = true)]
    public string? Code { get; set; }

    [BindProperty]
    public int Vu { get; set; }

    [BindProperty]
    public string? NouveauCode { get; set; }

    [BindProperty]
    public string? Libelle { get; set; }

    [BindProperty]
    public string? ParentCode { get; set; }

    [BindProperty]
    public string? Responsable { get; set; }

    [BindProperty]
    public string? Telephone { get; set; }

    [BindProperty]
    public string? Courriel { get; set; }

    [BindProperty]
    public string? Adresse { get; set; }

    [BindProperty]
    public DateOnly? OuvertLe { get; set; }

    [BindProperty]
    public DateOnly? FermeLe { get; set; }

    public bool IsNew => Code is null;

    public string Titre { get; private set; } = "";

    public IReadOnlyList<SelectListItem> Parents { get; private set; } = [];

    protected override Action Droit => Action.ManageServices;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is not { } service)
        {
            return IsNew ? Page() : NotFound();
        }

        Vu = service.Revision;
        (Libelle, ParentCode, Responsable) = (service.Libelle, service.ParentCode, service.Responsable);
        (Telephone, Courriel, Adresse) = (service.Telephone, service.Courriel, service.Adresse);
        (OuvertLe, FermeLe) = (service.OuvertLe, service.FermeLe);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is null && !IsNew)
        {
            return NotFound();
        }

        if (!ModelState.IsValid)
        {
            return Page();
        }

        var demande = new SaveService.Demande
        {
            Acteur = Agent.Id.ToString(),
            IsNew = IsNew,
            Vu = Vu,
            Code = Code ?? NouveauCode,
            Libelle = Libelle,
            ParentCode = ParentCode,
            Responsable = Responsable,
            Courriel = Courriel,
            Telephone = Telephone,
            Adresse = Adresse,
            OuvertLe = OuvertLe,
            FermeLe = FermeLe,
        };
        switch (await saveService.ExecuteAsync(demande, cancellationToken))
        {
            case SaveService.Outcome.Saved:
                this.SayDone("Le service est enregistré : les prochaines lettres le donnent ainsi.");
                return Redirect("/services");
            case SaveService.Outcome.ChangedMeanwhile:
                return this.PageWithError("Quelqu’un vient de modifier ce service : rouvrez sa page pour repartir de ce qui est enregistré");
            case SaveService.Outcome.Refused refused:
                return Refused(refused.Erreurs.Select(e => e.Champ == nameof(SaveService.Demande.Code) ? e with { Champ = nameof(NouveauCode) } : e));
            default:
                return NotFound();
        }
    }

    private async Task<ServicePrefecture?> LoadAsync(CancellationToken cancellationToken)
    {
        var all = await db.Services.AsNoTracking().OrderBy(s => s.Ordre).ToListAsync(cancellationToken);
        Parents = [.. all.Where(s => s.Code != Code).Select(s => new SelectListItem($"{s.Code} – {s.Libelle}", s.Code))];
        var service = Code is { } code && CodesAnnuaire.IsPossible(code) ? all.Find(s => s.Code == code) : null;
        Titre = service?.Libelle ?? "";
        return service;
    }
}
