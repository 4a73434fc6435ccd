using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;
using Site = SuiviCourrier.ServiceDefaults.Time.Site;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.MisDeCote.Lire;

/// <summary>One message set aside: what it says, and the decision about it.</summary>
public sealed class IndexModel(MessagesMisDeCote messages, ReceiveMessage receiveMessage, DiscardMessage discardMessage, SiteCourant siteCourant) : PageModel
{
    private static readonly Lien s_suivant = new("Messages mis de côté", "/mis-de-cote");

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Motif { get; set; }

    public MessageMisDeCote Message { get; private set; } = null!;

    /// <summary>Null once it is registered: it is then read with its courrier.</summary>
    public TexteMisDeCote? Texte { get; private set; }

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
        if (await messages.FindAsync(Id, cancellationToken) is not { } message)
        {
            return NotFound();
        }

        Message = message;
        Site = await siteCourant.GetAsync(cancellationToken);
        Texte = message.Sort == SortMessage.Ecarte ? await messages.TexteAsync(message, cancellationToken) : null;
        return Page();
    }

    public async Task<IActionResult> OnPostEnregistrerAsync(CancellationToken cancellationToken)
    {
        switch (await receiveMessage.RegisterSetAsideAsync(Id, User.AsAgent().Id.ToString(), cancellationToken))
        {
            case ReceiveMessage.Reprise.Registered registered:
                this.SayDone("Le message mis de côté est enregistré, avec sa date de réception d’origine.", s_suivant);
                return Redirect($"/enregistrer/{registered.CourrierId}");
            case ReceiveMessage.Reprise.Attached attached:
                this.SayDone($"Ce message avait déjà été reçu et enregistré : il est rattaché au courrier {attached.NumeroChrono}.", s_suivant);
                return Redirect($"/enregistrer/{attached.CourrierId}");
            default:
                return TooLate();
        }
    }

    /// <summary>As if it arrived now: it may be read better than the first time.</summary>
    public async Task<IActionResult> OnPostRelireAsync(CancellationToken cancellationToken)
    {
        switch (await receiveMessage.RetrySetAsideAsync(Id, User.AsAgent().Id.ToString(), cancellationToken))
        {
            case ReceiveMessage.Reprise.Registered registered:
                this.SayDone("Relu, ce message est un courrier : il est enregistré, avec sa date de réception d’origine.", s_suivant);
                return Redirect($"/enregistrer/{registered.CourrierId}");
            case ReceiveMessage.Reprise.Attached attached:
                this.SayDone($"Relu, ce message se rattache au courrier {attached.NumeroChrono}.", s_suivant);
                return Redirect($"/enregistrer/{attached.CourrierId}");
            case ReceiveMessage.Reprise.StillAside aside:
                this.SayDone($"Le message a été relu et reste mis de côté. {aside.Motif}.");
                return Redirect($"/mis-de-cote/{Id}");
            default:
                return TooLate();
        }
    }

    public async Task<IActionResult> OnPostEcarterAsync(CancellationToken cancellationToken)
    {
        switch (await discardMessage.ExecuteAsync(User.AsAgent().Id.ToString(), Id, Motif, cancellationToken))
        {
            case DiscardMessage.Outcome.Discarded:
                this.SayDone("Le message est écarté ; il reste lisible avec votre motif.", new Lien("Revoir ce message", $"/mis-de-cote/{Id}"));
                return Redirect("/mis-de-cote");
            case DiscardMessage.Outcome.MotifRefused refused:
                var page = await OnGetAsync(cancellationToken);
                ModelState.AddModelError(nameof(Motif), refused.Phrase);
                return page;
            default:
                return TooLate();
        }
    }

    private RedirectResult TooLate()
    {
        this.SayDone("Ce message avait déjà été traité : rien n’a été fait une seconde fois. Voici ce qu’il est devenu.");
        return Redirect($"/mis-de-cote/{Id}");
    }
}
