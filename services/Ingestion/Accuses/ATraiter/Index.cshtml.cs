using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.Ingestion.Accuses.ATraiter.Decide;
using SuiviCourrier.Ingestion.Accuses.Impression;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;
using Site = SuiviCourrier.ServiceDefaults.Time.Site;

namespace SuiviCourrier.Ingestion.Accuses.ATraiter;

/// <summary>Acknowledgements that wait for the mail room: to print, to decide about; and those that were not sent, with the reason.</summary>
public sealed class IndexModel(
    AccusesATraiter accuses, LotsImpression lots, PrepareLot prepareLot, ResendAccuse resendAccuse, SiteCourant siteCourant) : PageModel
{
    private const int Taille = 50;

    /// <summary><c>a-poster</c>, <c>refuses</c>, <c>retenus</c> or <c>sans</c>; otherwise those to print.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Voir { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Apres { get; set; }

    public GenreAccuses Genre => Voir switch
    {
        "a-poster" => GenreAccuses.APoster,
        "refuses" => GenreAccuses.Refuses,
        "retenus" => GenreAccuses.Retenus,
        "sans" => GenreAccuses.SansAccuse,
        _ => GenreAccuses.AImprimer,
    };

    public IReadOnlyList<LigneAccuse> Accuses { get; private set; } = [];

    public IReadOnlyList<LotOuvert> Lots { get; private set; } = [];

    public IReadOnlyDictionary<GenreAccuses, int> Nombres { get; private set; } = new Dictionary<GenreAccuses, int>();

    /// <summary>Letters to print that no lot has yet.</summary>
    public int SansLot { get; private set; }

    /// <summary>Letters received that cannot be acknowledged: nobody knows where to write.</summary>
    public int SansAdresse { get; private set; }

    /// <summary>Not sent, with a reason in the list.</summary>
    public bool IsSansEnvoi => Genre is GenreAccuses.Retenus or GenreAccuses.SansAccuse;

    /// <summary>How many leave at once when a person lets them.</summary>
    public int AEnvoyer => Math.Min(Nombres[GenreAccuses.Retenus], Taille);

    /// <summary>Of courriers this person may not see.</summary>
    public int Caches { get; private set; }

    public Site Site { get; private set; } = null!;

    public string? Suite { get; private set; }

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        if (!User.AsAgent().May(Action.Register))
        {
            context.Result = Forbid();
        }
    }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var agent = User.AsAgent();
        Site = await siteCourant.GetAsync(cancellationToken);
        var nombres = new Dictionary<GenreAccuses, int>();
        foreach (var genre in Enum.GetValues<GenreAccuses>())
        {
            nombres[genre] = await accuses.CountAsync(agent, genre, cancellationToken);
        }

        Nombres = nombres;
        Caches = Genre == GenreAccuses.SansAccuse ? 0 : await accuses.CountHiddenAsync(agent, Genre, cancellationToken);
        Lots = Genre switch
        {
            GenreAccuses.AImprimer => [.. (await lots.OpenAsync(cancellationToken)).Where(l => l.AImprimer > 0)],
            GenreAccuses.APoster => [.. (await lots.OpenAsync(cancellationToken)).Where(l => l.APoster > 0)],
            GenreAccuses.Refuses or GenreAccuses.Retenus or GenreAccuses.SansAccuse => [],
        };
        if (Genre == GenreAccuses.AImprimer)
        {
            SansLot = await accuses.CountWithoutLotAsync(agent, cancellationToken);
            SansAdresse = await accuses.CountSansAdresseAsync(agent, cancellationToken);
        }

        var found = await accuses.ListAsync(agent, Genre, Apres, Taille + 1, cancellationToken);
        Accuses = [.. found.Take(Taille)];
        Suite = found.Count > Taille ? $"{Chemin(Genre)}{(Genre == GenreAccuses.AImprimer ? "?" : "&")}Apres={Accuses[^1].Curseur}" : null;
    }

    public async Task<IActionResult> OnPostPreparerAsync(CancellationToken cancellationToken)
    {
        var outcome = await prepareLot.ExecuteAsync(User.AsAgent(), cancellationToken);
        if (outcome.Attendent > 0)
        {
            this.SayDone(outcome.Attendent > 1
                ? $"{outcome.Attendent} lettres attendent encore une date qu’elles doivent donner : elles seront dans le prochain lot."
                : "1 lettre attend encore une date qu’elle doit donner : elle sera dans le prochain lot.");
        }
        else if (outcome.LotId is null)
        {
            this.SayDone("Aucune lettre n’est à imprimer pour l’instant.");
        }

        return Redirect(outcome.LotId is { } lot ? $"/accuses/lots/{lot}" : "/accuses");
    }

    /// <summary>Lets the oldest of what a cap has kept back leave, to the address the register has now.</summary>
    public async Task<IActionResult> OnPostEnvoyerAsync(CancellationToken cancellationToken)
    {
        var agent = User.AsAgent();
        var partis = 0;
        var restent = 0;
        foreach (var accuse in await accuses.ListAsync(agent, GenreAccuses.Retenus, null, Taille, cancellationToken))
        {
            var outcome = await resendAccuse.ByCourrielAsync(agent.Id.ToString(), accuse.AccuseId, accuse.ExpediteurCourriel, null, cancellationToken);
            partis += outcome is ResendAccuse.Outcome.Done ? 1 : 0;
            restent += outcome is ResendAccuse.Outcome.Refused ? 1 : 0;
        }

        this.SayDone(
            (partis switch { 0 => "Aucun accusé ne part.", 1 => "1 accusé part par courriel.", _ => $"{partis} accusés partent par courriel." })
            + (restent > 0 ? $" {restent} {(restent > 1 ? "restent" : "reste")} à décider un par un." : ""));
        return Redirect(Chemin(GenreAccuses.Retenus));
    }

    public static string Chemin(GenreAccuses genre) => genre switch
    {
        GenreAccuses.AImprimer => "/accuses",
        GenreAccuses.APoster => "/accuses?Voir=a-poster",
        GenreAccuses.Refuses => "/accuses?Voir=refuses",
        GenreAccuses.Retenus => "/accuses?Voir=retenus",
        GenreAccuses.SansAccuse => "/accuses?Voir=sans",
    };

    public static string Libelle(GenreAccuses genre) => genre switch
    {
        GenreAccuses.AImprimer => "À imprimer",
        GenreAccuses.APoster => "À poster",
        GenreAccuses.Refuses => "Refusés ou incertains",
        GenreAccuses.Retenus => "Retenus par un plafond",
        GenreAccuses.SansAccuse => "Sans accusé",
    };
}
