using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.Ingestion.Accuses.Impression;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;
using Site = SuiviCourrier.ServiceDefaults.Time.Site;

namespace SuiviCourrier.Ingestion.Accuses.ATraiter;

/// <summary>Acknowledgements that wait for the mail room: to print, to decide about; and those that were not sent, with the reason.</summary>
public sealed class IndexModel(AccusesATraiter accuses, LotsImpression lots, PrepareLot prepareLot, SiteCourant siteCourant) : PageModel
{
    private const int Taille = 50;

    /// <summary><c>refuses</c> or <c>sans</c>; otherwise those to print.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Voir { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Apres { get; set; }

    public GenreAccuses Genre => Voir switch
    {
        "refuses" => GenreAccuses.Refuses,
        "sans" => GenreAccuses.SansAccuse,
        _ => GenreAccuses.AImprimer,
    };

    public IReadOnlyList<LigneAccuse> Accuses { get; private set; } = [];

    public IReadOnlyList<LotOuvert> Lots { get; private set; } = [];

    public IReadOnlyDictionary<GenreAccuses, int> Nombres { get; private set; } = new Dictionary<GenreAccuses, int>();

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
        Lots = Genre == GenreAccuses.AImprimer ? await lots.OpenAsync(cancellationToken) : [];
        var found = await accuses.ListAsync(agent, Genre, Apres, Taille + 1, cancellationToken);
        Accuses = [.. found.Take(Taille)];
        Suite = found.Count > Taille ? $"{Chemin(Genre)}{(Genre == GenreAccuses.AImprimer ? "?" : "&")}Apres={Accuses[^1].Curseur}" : null;
    }

    public async Task<IActionResult> OnPostPreparerAsync(CancellationToken cancellationToken)
    {
        if (await prepareLot.ExecuteAsync(User.AsAgent(), cancellationToken) is { } lot)
        {
            return Redirect($"/accuses/lots/{lot}");
        }

        this.SayDone("Aucune lettre n’est à imprimer pour l’instant.");
        return Redirect("/accuses");
    }

    public static string Chemin(GenreAccuses genre) => genre switch
    {
        GenreAccuses.AImprimer => "/accuses",
        GenreAccuses.Refuses => "/accuses?Voir=refuses",
        GenreAccuses.SansAccuse => "/accuses?Voir=sans",
    };

    public static string Libelle(GenreAccuses genre) => genre switch
    {
        GenreAccuses.AImprimer => "À imprimer",
        GenreAccuses.Refuses => "Refusés ou incertains",
        GenreAccuses.SansAccuse => "Sans accusé",
    };
}
