using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;
using Site = SuiviCourrier.ServiceDefaults.Time.Site;

namespace SuiviCourrier.Ingestion.Accuses.Impression.Lot;

/// <summary>One lot: print it, say what is printed, say what is posted; print letters once more, with a reason.</summary>
public sealed class IndexModel(
    LotsImpression lots, MarkPrinted markPrinted, MarkPosted markPosted, ReprintLettres reprintLettres, SiteCourant siteCourant) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>Letters ticked, by acknowledgement.</summary>
    [BindProperty]
    public Dictionary<Guid, bool> Lettres { get; set; } = [];

    [BindProperty]
    public string? Motif { get; set; }

    public LotLu Lot { get; private set; } = null!;

    public int AImprimer => Lot.In(EtatLettre.AImprimer).Count();

    public int APoster => Lot.In(EtatLettre.APoster).Count();

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
        switch (await markPrinted.ExecuteAsync(User.AsAgent(), Id, Ticked(), cancellationToken))
        {
            case null:
                return NotFound();
            case { Marques: 0, Restent: 0 }:
                this.SayDone("Il n’y avait plus rien à marquer dans ce lot : rien n’a été fait une seconde fois.");
                break;
            case { Marques: 0 }:
                this.SayDone("Aucune lettre à imprimer n’était cochée : rien n’a changé.");
                break;
            case { } outcome:
                var marques = outcome.Marques > 1 ? $"{outcome.Marques} accusés sont marqués comme imprimés" : "1 accusé est marqué comme imprimé";
                this.SayDone(outcome.Restent switch
                {
                    0 => $"{marques}. Prochaine étape : les mettre sous pli et les remettre à La Poste.",
                    1 => $"{marques} ; 1 lettre reste à imprimer : le PDF ne contient plus qu’elle.",
                    _ => $"{marques} ; {outcome.Restent} lettres restent à imprimer : le PDF ne contient plus qu’elles.",
                });
                break;
        }

        return Redirect($"/accuses/lots/{Id}");
    }

    public async Task<IActionResult> OnPostPosterAsync(CancellationToken cancellationToken)
    {
        switch (await markPosted.ExecuteAsync(User.AsAgent(), Id, Ticked(), cancellationToken))
        {
            case null:
                return NotFound();
            case 0:
                this.SayDone("Aucune lettre cochée n’était à poster : rien n’a été fait une seconde fois.");
                break;
            case { } postes:
                this.SayDone(postes > 1 ? $"{postes} lettres sont marquées comme postées." : "1 lettre est marquée comme postée.", new Lien("Revenir aux accusés", "/accuses"));
                break;
        }

        return Redirect($"/accuses/lots/{Id}");
    }

    public async Task<IActionResult> OnPostReimprimerAsync(CancellationToken cancellationToken)
    {
        switch (await reprintLettres.ExecuteAsync(User.AsAgent(), Id, Ticked(), Motif, cancellationToken))
        {
            case ReprintLettres.Outcome.Prepared prepared:
                this.SayDone("Le lot de réimpression est prêt ; le motif est dans l’historique de chaque courrier.");
                return Redirect($"/accuses/lots/{prepared.LotId}");
            case ReprintLettres.Outcome.Refused refused:
                var page = await OnGetAsync(cancellationToken);
                ModelState.AddModelError(refused.Champ, refused.Phrase);
                return page;
            default:
                return NotFound();
        }
    }

    /// <summary>What comes next for a letter is ticked beforehand; what was ticked stays so.</summary>
    public bool IsTicked(LigneLot lettre) => Lettres.Count > 0
        ? Lettres.GetValueOrDefault(lettre.AccuseId)
        : lettre.EtatLettre == (AImprimer > 0 ? EtatLettre.AImprimer : EtatLettre.APoster);

    public static string EtatEnMots(LigneLot lettre) => lettre.EtatLettre switch
    {
        EtatLettre.AImprimer => "à imprimer",
        EtatLettre.APoster => "imprimée, à poster",
        EtatLettre.Postee => "postée",
        EtatLettre.Corrigee => "corrigé depuis : sera dans le prochain lot, jetez cette lettre",
        EtatLettre.SansObjet => "n’est plus à envoyer, jetez cette lettre",
        EtatLettre.Reimprimee => "réimprimée depuis : jetez cette lettre si elle n’est pas partie",
    };

    public static bool CanTick(LigneLot lettre) => lettre.EtatLettre is EtatLettre.AImprimer or EtatLettre.APoster or EtatLettre.Postee;

    private HashSet<Guid> Ticked() => [.. Lettres.Where(l => l.Value).Select(l => l.Key)];
}
