using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Envois;

/// <summary>Outgoing mail that is stuck and why; several can be sent again at once.</summary>
public sealed class IndexModel(EnvoisBloques envois, DecideEnvois decideEnvois, SiteCourant siteCourant) : PageModel
{
    private const int Taille = 100;

    /// <summary><c>refuses</c> or <c>incertains</c>; otherwise those that wait.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Voir { get; set; }

    [BindProperty]
    public List<Guid> Choisis { get; set; } = [];

    /// <summary>All of the list, ticked or not.</summary>
    [BindProperty]
    public bool Tous { get; set; }

    [BindProperty]
    public bool AccepteDouble { get; set; }

    [BindProperty]
    public string? Motif { get; set; }

    public GenreEnvois Genre => Voir switch
    {
        "refuses" => GenreEnvois.Refuses,
        "incertains" => GenreEnvois.Incertains,
        _ => GenreEnvois.EnAttente,
    };

    public IReadOnlyList<EnvoiBloque> Envois { get; private set; } = [];

    public IReadOnlyDictionary<GenreEnvois, int> Nombres { get; private set; } = new Dictionary<GenreEnvois, int>();

    /// <summary>Of courriers this person may not see.</summary>
    public int Caches { get; private set; }

    public Site Site { get; private set; } = null!;

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        if (!User.AsAgent().May(Action.ManageMailboxes))
        {
            context.Result = Forbid();
        }
    }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var agent = User.AsAgent();
        Site = await siteCourant.GetAsync(cancellationToken);
        var nombres = new Dictionary<GenreEnvois, int>();
        foreach (var genre in Enum.GetValues<GenreEnvois>())
        {
            nombres[genre] = await envois.CountAsync(agent, genre, cancellationToken);
        }

        Nombres = nombres;
        Caches = await envois.CountHiddenAsync(agent, Genre, cancellationToken);
        Envois = await envois.ListAsync(agent, Genre, Taille, cancellationToken);
    }

    public Task<IActionResult> OnPostRenvoyerAsync(CancellationToken cancellationToken) =>
        AnswerAsync(decideEnvois.RetryAsync, n => n == 1 ? "1 message repart." : $"{n} messages repartent.", cancellationToken);

    public Task<IActionResult> OnPostTraiterAsync(CancellationToken cancellationToken) =>
        AnswerAsync(decideEnvois.CloseAsync, n => n == 1 ? "1 message n’est plus signalé." : $"{n} messages ne sont plus signalés.", cancellationToken);

    public static string Chemin(GenreEnvois genre) => genre switch
    {
        GenreEnvois.EnAttente => "/courriels-sortants",
        GenreEnvois.Refuses => "/courriels-sortants?Voir=refuses",
        GenreEnvois.Incertains => "/courriels-sortants?Voir=incertains",
    };

    public static string Libelle(GenreEnvois genre) => genre switch
    {
        GenreEnvois.EnAttente => "En attente",
        GenreEnvois.Refuses => "Refusés",
        GenreEnvois.Incertains => "Incertains",
    };

    private async Task<IActionResult> AnswerAsync(
        Func<Agent, DecideEnvois.Demande, CancellationToken, Task<DecideEnvois.Outcome>> decideAsync, Func<int, string> done, CancellationToken cancellationToken)
    {
        if (Choisis.Count == 0 && !Tous)
        {
            return await RefusedAsync(nameof(Choisis), "Cochez au moins un message", cancellationToken);
        }

        var demande = new DecideEnvois.Demande { Genre = Genre, Ids = Tous ? [] : Choisis, Motif = Motif, AccepteDouble = AccepteDouble };
        switch (await decideAsync(User.AsAgent(), demande, cancellationToken))
        {
            case DecideEnvois.Outcome.Refused refused:
                return await RefusedAsync(refused.Champ, refused.Phrase, cancellationToken);
            case DecideEnvois.Outcome.Done { Nombre: 0 }:
                this.SayDone("L’état de ces messages venait de changer : rien n’a été fait. Voici où ils en sont.");
                return Redirect(Chemin(Genre));
            case DecideEnvois.Outcome.Done outcome:
                this.SayDone(done(outcome.Nombre));
                return Redirect(Chemin(Genre));
            default:
                throw new InvalidOperationException("Unknown outcome of a decision");
        }
    }

    private async Task<IActionResult> RefusedAsync(string champ, string phrase, CancellationToken cancellationToken)
    {
        ModelState.AddModelError(champ, phrase);
        await OnGetAsync(cancellationToken);
        return Page();
    }
}
