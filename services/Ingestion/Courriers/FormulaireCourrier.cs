using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Courriers;

/// <summary>
/// The fields registering and correcting share. They are named as in <see cref="Declaration"/>, so that what a handler refuses is said
/// beside its field.
/// </summary>
public abstract class FormulaireCourrier(ListesAnnuaire listes, SiteCourant site) : PageModel
{
    [BindProperty]
    public Canal? Canal { get; set; }

    [BindProperty]
    public DateOnly? RecuLe { get; set; }

    [BindProperty]
    public DateOnly? DateCourrier { get; set; }

    [BindProperty]
    public DateOnly? CachetLe { get; set; }

    [BindProperty]
    public string? Objet { get; set; }

    [BindProperty]
    public bool IsAnonyme { get; set; }

    [BindProperty]
    public string? Nom { get; set; }

    [BindProperty]
    public CategorieExpediteur? Categorie { get; set; }

    [BindProperty]
    public string? Fonction { get; set; }

    [BindProperty]
    public string? Courriel { get; set; }

    [BindProperty]
    public string? Adresse { get; set; }

    [BindProperty]
    public string? Telephone { get; set; }

    [BindProperty]
    public string? PourLeCompteDe { get; set; }

    [BindProperty]
    public NatureCourrier? Nature { get; set; }

    [BindProperty]
    public string? TypeCode { get; set; }

    [BindProperty]
    public string? ServiceCode { get; set; }

    [BindProperty]
    public bool IsPourInformation { get; set; }

    [BindProperty]
    public bool IsRestreint { get; set; }

    [BindProperty]
    public string? NumeroRecommande { get; set; }

    [BindProperty]
    public string? OriginalOu { get; set; }

    [BindProperty]
    public string? Remarques { get; set; }

    public DateOnly Today { get; private set; }
    public IReadOnlyList<SelectListItem> Services { get; protected set; } = [];
    public IReadOnlyList<SelectListItem> Types { get; private set; } = [];

    /// <summary>Ways a paper comes in, or the one the courrier came by when it cannot be another.</summary>
    public virtual IEnumerable<SelectListItem> Canaux => Libelles.Canaux.Where(c => c.Value is nameof(Contracts.Courriers.Canal.Lettre) or nameof(Contracts.Courriers.Canal.Depot));

    /// <summary>Everyone but the anonymous, who has a box of his own.</summary>
    public static IEnumerable<SelectListItem> Categories => Libelles.Categories.Where(c => c.Value != nameof(CategorieExpediteur.Anonyme));

    /// <summary>What the person must be allowed to do to see the page at all.</summary>
    protected abstract Action Droit { get; }

    protected Agent Agent => User.AsAgent();

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (!Agent.May(Droit))
        {
            context.Result = Forbid();
            return;
        }

        Today = await site.TodayAsync(HttpContext.RequestAborted);
        (Services, Types) = await listes.ReadAsync(HttpContext.RequestAborted);
        await next();
    }

    /// <summary>Fills the fields of the sender from the directory or from another courrier, whatever was typed there.</summary>
    protected void Fill(Expediteur expediteur)
    {
        foreach (var field in new[] { nameof(IsAnonyme), nameof(Nom), nameof(Categorie), nameof(Fonction), nameof(Courriel), nameof(Adresse), nameof(Telephone), nameof(PourLeCompteDe) })
        {
            ModelState.Remove(field);
        }

        IsAnonyme = expediteur.Categorie == CategorieExpediteur.Anonyme;
        Nom = expediteur.Nom;
        Categorie = IsAnonyme ? null : expediteur.Categorie;
        Fonction = expediteur.Fonction;
        Courriel = expediteur.Courriel;
        Adresse = expediteur.Adresse;
        Telephone = expediteur.Telephone;
        PourLeCompteDe = expediteur.PourLeCompteDe;
    }

    protected void Say(IEnumerable<ErreurSaisie> erreurs)
    {
        foreach (var erreur in erreurs)
        {
            ModelState.AddModelError(erreur.Champ, erreur.Phrase);
        }
    }
}
