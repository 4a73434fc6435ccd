using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Accuses.Recepisses;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;
using Site = SuiviCourrier.ServiceDefaults.Time.Site;

namespace SuiviCourrier.Ingestion.Courriers.Enregistre;

/// <summary>What has just been registered: its number first, then what happens next.</summary>
public sealed class IndexModel(CourriersEnregistres courriers, HandRecepisse handRecepisse, EcheancesPubliees echeances, SiteCourant siteCourant) : PageModel
{
    public Courrier Courrier { get; private set; } = null!;
    public Accuse Accuse { get; private set; } = null!;
    public Site Site { get; private set; } = null!;
    public EcheancePubliee? Echeance { get; private set; }

    /// <summary>Receipt given at the counter.</summary>
    public Piece? Recepisse { get; private set; }

    public bool MayHandRecepisse => MayRegister && Courrier is { Canal: Canal.Depot, IsAnnule: false };

    /// <summary>What is done about the acknowledgement, in a sentence.</summary>
    public string AccuseEnMots => Accuse.Etat switch
    {
        EtatAccuse.AEnvoyer => $"L’{Nom} part par courriel.",
        EtatAccuse.AImprimer => $"L’{Nom} est à imprimer : il attend dans les accusés.",
        EtatAccuse.Envoye => $"L’{Nom} est parti par courriel.",
        EtatAccuse.Imprime => Accuse.Motif is { } remis ? $"{remis}." : $"L’{Nom} est imprimé.",
        EtatAccuse.Incertain => "L’envoi de l’accusé est incertain : le serveur n’a pas confirmé.",
        EtatAccuse.Refuse => "L’accusé a été refusé par le serveur du destinataire.",
        EtatAccuse.NonRemis => "L’accusé n’a pas été remis : adresse refusée.",
        EtatAccuse.SansObjet => $"Pas d’{Nom} : {Accuse.Motif}.",
    };

    private string Nom => Accuse.Kind switch
    {
        KindAccuse.Enregistrement => "accusé d’enregistrement",
        KindAccuse.Reception => "accusé de réception",
    };

    public bool MayRegister => User.AsAgent().May(Action.Register);

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await courriers.FindAsync(User.AsAgent(), id, cancellationToken) is not { } courrier)
        {
            return NotFound();
        }

        Courrier = courrier;
        Accuse = await courriers.AccuseOfAsync(id, cancellationToken);
        Site = await siteCourant.GetAsync(cancellationToken);
        Echeance = await echeances.FindAsync(id, cancellationToken);
        Recepisse = courrier.Canal == Canal.Depot ? await courriers.RecepisseOfAsync(id, cancellationToken) : null;
        return Page();
    }

    public async Task<IActionResult> OnPostRecepisseAsync(Guid id, CancellationToken cancellationToken) =>
        !MayRegister
            ? Forbid()
            : await handRecepisse.ExecuteAsync(User.AsAgent(), id, cancellationToken) switch
            {
                HandRecepisse.Outcome.Handed handed => Redirect($"/fichiers/{handed.PieceId}"),
                HandRecepisse.Outcome.NotADepot => Redirect($"/enregistrer/{id}"),
                _ => NotFound(),
            };

    /// <summary>The due date alone, asked again by the page until its fact has been applied.</summary>
    public async Task<IActionResult> OnGetEcheanceAsync(Guid id, CancellationToken cancellationToken)
    {
        var result = await OnGetAsync(id, cancellationToken);
        return result is PageResult ? Partial("/Courriers/Enregistre/_Echeance.cshtml", this) : result;
    }
}
