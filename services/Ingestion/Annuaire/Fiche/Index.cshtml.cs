using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses.Modeles;
using SuiviCourrier.Ingestion.Annuaire.Fonctions;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Annuaire.Fiche;

/// <summary>One entry of the directory, with the positions held.</summary>
public sealed class IndexModel(IngestionDbContext db, SaveCorrespondant saveCorrespondant, SiteCourant siteCourant) : PageAnnuaire
{
    public sealed record Membre(Fonction Fonction, Correspondant Correspondant);

    [BindProperty(SupportsGet = true)]
    public Guid? Id { get; set; }

    [BindProperty]
    public int Vu { get; set; }

    [BindProperty]
    public string? Nom { get; set; }

    [BindProperty]
    public string? NomUsage { get; set; }

    [BindProperty]
    public Civilite? Civilite { get; set; }

    [BindProperty]
    public CategorieExpediteur? Categorie { get; set; }

    [BindProperty]
    public bool IsOrganisme { get; set; }

    [BindProperty]
    public string? Organisme { get; set; }

    [BindProperty]
    public string? Fonction { get; set; }

    [BindProperty]
    public string? Courriel { get; set; }

    [BindProperty]
    public string? Adresse { get; set; }

    [BindProperty]
    public string? Telephone { get; set; }

    [BindProperty]
    public bool IsElectroniqueRefusee { get; set; }

    [BindProperty]
    public string? AutresCourriels { get; set; }

    [BindProperty]
    public string? AutresAdresses { get; set; }

    public string Titre { get; private set; } = "";

    public bool IsOrganismeConnu { get; private set; }

    public DateOnly Today { get; private set; }

    public IReadOnlyList<string> Organismes { get; private set; } = [];

    public IReadOnlyList<Fonction> Fonctions { get; private set; } = [];

    public IReadOnlyList<Membre> Membres { get; private set; } = [];

    /// <summary>How an acknowledgement of today would begin; null for an organisation.</summary>
    public string? Appel { get; private set; }

    protected override Action Droit => Action.ManageDirectory;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is not { } correspondant)
        {
            return Id is null ? Page() : NotFound();
        }

        Vu = correspondant.Revision;
        (Nom, NomUsage, Civilite, Categorie) = (correspondant.Nom, correspondant.NomUsage, correspondant.Civilite, correspondant.Categorie);
        (IsOrganisme, Fonction) = (correspondant.IsOrganisme, correspondant.Fonction);
        (Courriel, Adresse, Telephone) = (correspondant.Courriel, correspondant.Adresse, correspondant.Telephone);
        IsElectroniqueRefusee = correspondant.IsElectroniqueRefusee;
        Organisme = await db.Correspondants.Where(c => c.Id == correspondant.OrganismeId).Select(c => c.Nom).SingleOrDefaultAsync(cancellationToken);
        var autres = await db.AdressesCorrespondants.AsNoTracking().Where(a => a.CorrespondantId == correspondant.Id).OrderBy(a => a.Id).ToListAsync(cancellationToken);
        AutresCourriels = string.Join('\n', autres.Where(a => a.Genre == GenreAdresse.Electronique).Select(a => a.Valeur));
        AutresAdresses = string.Join("\n\n", autres.Where(a => a.Genre == GenreAdresse.Postale).Select(a => a.Valeur));
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is null && Id is not null)
        {
            return NotFound();
        }

        if (!ModelState.IsValid)
        {
            return Page();
        }

        switch (await saveCorrespondant.ExecuteAsync(ToDemande(), cancellationToken))
        {
            case SaveCorrespondant.Outcome.Saved saved:
                this.SayDone("La fiche est enregistrée. Les courriers déjà reçus ne changent pas.");
                return Redirect($"/annuaire/fiche/{saved.Id}");
            case SaveCorrespondant.Outcome.ChangedMeanwhile:
                return this.PageWithError("Quelqu’un vient de modifier cette fiche : rouvrez-la pour repartir de ce qui est enregistré");
            case SaveCorrespondant.Outcome.Refused refused:
                return Refused(refused.Erreurs);
            default:
                return NotFound();
        }
    }

    private SaveCorrespondant.Demande ToDemande() => new()
    {
        Acteur = Agent.Id.ToString(),
        Id = Id,
        Vu = Vu,
        Nom = Nom,
        NomUsage = NomUsage,
        Civilite = Civilite,
        Categorie = Categorie,
        IsOrganisme = IsOrganisme,
        Organisme = Organisme,
        Fonction = Fonction,
        Courriel = Courriel,
        Adresse = Adresse,
        Telephone = Telephone,
        IsElectroniqueRefusee = IsElectroniqueRefusee,
        AutresCourriels = AutresCourriels,
        AutresAdresses = AutresAdresses,
    };

    private async Task<Correspondant?> LoadAsync(CancellationToken cancellationToken)
    {
        Today = await siteCourant.TodayAsync(cancellationToken);
        Organismes = await db.NomsOrganismesAsync(cancellationToken);
        var correspondant = Id is { } id ? await db.Correspondants.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken) : null;
        if (correspondant is null)
        {
            return null;
        }

        Titre = correspondant.NomUsage ?? correspondant.Nom;
        IsOrganismeConnu = correspondant.IsOrganisme;
        if (correspondant.IsOrganisme)
        {
            Membres = await db.Fonctions.AsNoTracking().Where(f => f.OrganismeId == correspondant.Id)
                .Join(db.Correspondants, f => f.CorrespondantId, c => c.Id, (f, c) => new Membre(f, c))
                .ToListAsync(cancellationToken);
            Membres = [.. Membres.OrderByDescending(m => m.Fonction.Au ?? DateOnly.MaxValue).ThenBy(m => m.Fonction.Nature)];
            return correspondant;
        }

        Fonctions = await db.Fonctions.AsNoTracking().Where(f => f.CorrespondantId == correspondant.Id).OrderByDescending(f => f.Du).ThenBy(f => f.Id).ToListAsync(cancellationToken);
        var held = Fonctions.Where(f => f.IsHeldOn(Today)).OrderBy(f => f.Nature).FirstOrDefault();
        Appel = FormulesEpistolaires.For(
            held is null ? correspondant.Categorie : CategorieExpediteur.Elu, correspondant.Civilite ?? Civilites.Read(correspondant.Nom), held?.Nature).Appel;
        return correspondant;
    }
}
