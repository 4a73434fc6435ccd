using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;
using Site = SuiviCourrier.ServiceDefaults.Time.Site;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.MisDeCote;

/// <summary>Messages the collection has set aside: those to look at, or those that people have discarded.</summary>
public sealed class IndexModel(MessagesMisDeCote messages, SiteCourant siteCourant) : PageModel
{
    public const string Ecartes = "ecartes";
    private const int Taille = 25;

    /// <summary><c>ecartes</c>: those that people have discarded.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Voir { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Apres { get; set; }

    public bool IsEcartes => Voir == Ecartes;

    public IReadOnlyList<MessageMisDeCote> Messages { get; private set; } = [];

    public int NombreARegarder { get; private set; }

    public int NombreEcartes { get; private set; }

    public Site Site { get; private set; } = null!;

    /// <summary>Address of the next page; null on the last one.</summary>
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
        Site = await siteCourant.GetAsync(cancellationToken);
        NombreARegarder = await messages.CountAsync(discarded: false, cancellationToken);
        NombreEcartes = await messages.CountAsync(discarded: true, cancellationToken);
        var found = await messages.ListAsync(IsEcartes, Apres, Taille + 1, cancellationToken);
        Messages = [.. found.Take(Taille)];
        Suite = found.Count > Taille ? $"/mis-de-cote?{(IsEcartes ? $"Voir={Ecartes}&" : "")}Apres={Messages[^1].Curseur}" : null;
    }
}
