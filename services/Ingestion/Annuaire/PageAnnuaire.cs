using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>What the pages of the directory share: who may open them, and how a refusal is said beside its field.</summary>
public abstract class PageAnnuaire : PageModel
{
    /// <summary>What the person must be allowed to do to see the page at all.</summary>
    protected abstract Action Droit { get; }

    protected Agent Agent => User.AsAgent();

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        if (!Agent.May(Droit))
        {
            context.Result = Forbid();
        }
        else
        {
            this.KeepNowhere(); // addresses of persons
        }
    }

    protected PageResult Refused(IEnumerable<ErreurSaisie> erreurs)
    {
        foreach (var erreur in erreurs)
        {
            ModelState.AddModelError(erreur.Champ, erreur.Phrase);
        }

        return Page();
    }
}
