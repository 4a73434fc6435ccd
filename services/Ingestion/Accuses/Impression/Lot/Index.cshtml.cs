using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;
using Site = SuiviCourrier.ServiceDefaults.Time.Site;

namespace SuiviCourrier.Ingestion.Accuses.Impression.Lot;

/// <summary>One lot: print it, then say that it is printed.</summary>
public sealed class IndexModel(LotsImpression lots, MarkPrinted markPrinted, SiteCourant siteCourant) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public LotLu Lot { get; private set; } = null!;

    public int Restent => Lot.Lettres.Count(l => l.IsWaiting);

    public Site Site { get; private set; } = null!;

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        if (!User.AsAgent().May(Action.Register))
        {
            context.Result = Forbid();
        }
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (await lots.FindAsync(User.AsAgent(), Id, cancellationToken) is not { } lot)
        {
            return NotFound();
        }

        Lot = lot;
        Site = await siteCourant.GetAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostMarquerAsync(CancellationToken cancellationToken)
    {
        switch (await markPrinted.ExecuteAsync(User.AsAgent(), Id, cancellationToken))
        {
            case null:
                return NotFound();
            case { Marques: 0 }:
                this.SayDone("Il n’y avait plus rien à marquer dans ce lot : rien n’a été fait une seconde fois.");
                return Redirect($"/accuses/lots/{Id}");
            case { } outcome:
                var marques = outcome.Marques > 1 ? $"{outcome.Marques} accusés sont marqués comme imprimés" : "1 accusé est marqué comme imprimé";
                this.SayDone(outcome.Autres > 0 ? $"{marques} ; les autres lettres du lot ne changent pas." : $"{marques}.", new Lien("Revoir le lot", $"/accuses/lots/{Id}"));
                return Redirect("/accuses");
        }
    }

    public static string EtatEnMots(LigneLot lettre) => lettre switch
    {
        { IsWaiting: true } => "à marquer",
        { EtatAccuse: Contracts.Accuses.EtatAccuse.AImprimer } => "corrigé depuis : sera dans le prochain lot, jetez cette lettre",
        { EtatAccuse: Contracts.Accuses.EtatAccuse.SansObjet } => "n’est plus à envoyer, jetez cette lettre",
        _ => lettre.EtatAccuse.Libelle(),
    };
}
