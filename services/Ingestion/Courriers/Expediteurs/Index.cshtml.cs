using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Courriers.Expediteurs;

/// <summary>Who has written before: a page of its own, and the suggestions under the name while it is typed.</summary>
public sealed class IndexModel(AnnuaireExpediteurs annuaire) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Q { get; set; }

    public IReadOnlyList<Correspondant> Trouves { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync([FromQuery] string? nom, CancellationToken cancellationToken)
    {
        if (!User.AsAgent().May(Action.Register))
        {
            return Forbid();
        }

        this.KeepNowhere();
        Trouves = await annuaire.SearchAsync(Q ?? nom ?? "", cancellationToken);
        return Request.Headers.ContainsKey("HX-Request") ? Partial("/Courriers/Expediteurs/_Trouves.cshtml", Trouves) : Page();
    }
}
