using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>What the pages of letter texts share: everyone signed in reads them; what each person may do is asked of <see cref="DroitsModeles"/>.</summary>
public abstract class PageModele : PageModel
{
    public Agent Agent => User.AsAgent();

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        if (!Agent.May(Action.ReadTemplates))
        {
            context.Result = Forbid();
        }
        else
        {
            this.KeepNowhere(); // a preview holds what a person wrote
        }
    }
}
