using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Ingestion.Accuses.Impression;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;
using Site = SuiviCourrier.ServiceDefaults.Time.Site;

namespace SuiviCourrier.Ingestion.Accuses.ATraiter.Decide;

/// <summary>One acknowledgement that did not go through, and what can be done.</summary>
public sealed class IndexModel(AccusesATraiter accuses, LotsImpression lots, ResendAccuse resendAccuse, SiteCourant siteCourant) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Adresse { get; set; }

    [BindProperty]
    public string? Motif { get; set; }

    public LigneAccuse Accuse { get; private set; } = null!;

    /// <summary>Every time it was put on paper, newest first.</summary>
    public IReadOnlyList<LigneLot> Lettres { get; private set; } = [];

    public Site Site { get; private set; } = null!;

    public bool IsIncertain => Accuse.EtatAccuse == EtatAccuse.Incertain;

    /// <summary>A rule forbade it: nobody was written to.</summary>
    public bool IsNotSent => Accuse.EtatAccuse == EtatAccuse.SansObjet;

    /// <summary>It waits to leave by itself: only paper can be chosen.</summary>
    public bool IsOnItsWay => Accuse.EtatAccuse == EtatAccuse.AEnvoyer;

    public bool IsWaiting => ResendAccuse.CanDecide(Accuse.EtatAccuse, Accuse.Motif);

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        if (!User.AsAgent().May(Action.Register))
        {
            context.Result = Forbid();
        }
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (await accuses.FindAsync(User.AsAgent(), Id, cancellationToken) is not { } accuse)
        {
            return NotFound();
        }

        Accuse = accuse;
        Lettres = await lots.OfAccuseAsync(User.AsAgent(), Id, cancellationToken);
        Site = await siteCourant.GetAsync(cancellationToken);

        // Corrected since it was refused, the address of the register is the one to try.
        Adresse ??= IsIncertain ? accuse.Destinataire : accuse.ExpediteurCourriel ?? accuse.Destinataire;
        return Page();
    }

    public async Task<IActionResult> OnPostRenvoyerAsync(CancellationToken cancellationToken) =>
        await accuses.FindAsync(User.AsAgent(), Id, cancellationToken) is null
            ? NotFound()
            : await AnswerAsync(
                await resendAccuse.ByCourrielAsync(User.AsAgent().Id.ToString(), Id, Adresse, Motif, cancellationToken),
                "L’accusé part par courriel.", "/accuses?Voir=refuses", cancellationToken);

    public async Task<IActionResult> OnPostImprimerAsync(CancellationToken cancellationToken) =>
        await accuses.FindAsync(User.AsAgent(), Id, cancellationToken) is null
            ? NotFound()
            : await AnswerAsync(
                await resendAccuse.ByPostAsync(User.AsAgent().Id.ToString(), Id, Motif, cancellationToken),
                "L’accusé est à imprimer : il attend avec les autres lettres.", "/accuses", cancellationToken);

    private async Task<IActionResult> AnswerAsync(ResendAccuse.Outcome outcome, string done, string next, CancellationToken cancellationToken)
    {
        switch (outcome)
        {
            case ResendAccuse.Outcome.Done:
                this.SayDone(done, new Lien("Revoir cet accusé", $"/accuses/{Id}"));
                return Redirect(next);
            case ResendAccuse.Outcome.Refused refused:
                var page = await OnGetAsync(cancellationToken);
                ModelState.AddModelError(refused.Champ, refused.Phrase);
                return page;
            default:
                this.SayDone("L’état de cet accusé venait de changer : rien n’a été fait une seconde fois. Voici où il en est.");
                return Redirect($"/accuses/{Id}");
        }
    }
}
