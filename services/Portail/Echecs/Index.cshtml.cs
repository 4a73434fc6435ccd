using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Echecs;

/// <summary>Deliveries that failed for good: an administrator tries them again, or gives them up with a reason.</summary>
public sealed class IndexModel(ServiceDefaults.Messages.Echecs echecs, SiteCourant siteCourant) : PageModel
{
    public IReadOnlyList<Echec> Liste { get; private set; } = [];

    public Site Site { get; private set; } = null!;

    /// <summary>The failure a reason was typed for, and what is wrong with it.</summary>
    public Guid? Refuse { get; private set; }

    public string? Refus { get; private set; }

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        if (!User.AsAgent().May(Action.ManageFailures))
        {
            context.Result = Forbid();
        }
    }

    public Task OnGetAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    public async Task<IActionResult> OnPostRetryAsync(Guid id, CancellationToken cancellationToken)
    {
        this.SayDone(await echecs.RetryAsync(id, User.AsAgent().Id.ToString(), cancellationToken)
            ? "Le message est livré de nouveau ; s’il échoue encore, il reviendra ici."
            : "Quelqu’un s’en est déjà occupé.");
        return Redirect("/echecs");
    }

    public async Task<IActionResult> OnPostDiscardAsync(Guid id, string? motif, CancellationToken cancellationToken)
    {
        if (Saisie.Refus(motif, 500) is { } refus)
        {
            await LoadAsync(cancellationToken);
            (Refuse, Refus) = (id, refus);
            return Page();
        }

        this.SayDone(await echecs.DiscardAsync(id, User.AsAgent().Id.ToString(), motif!.Trim(), cancellationToken)
            ? "Le message est abandonné ; son motif est gardé."
            : "Quelqu’un s’en est déjà occupé.");
        return Redirect("/echecs");
    }

    public static Guid? CourrierOf(Echec echec)
    {
        using var payload = JsonDocument.Parse(echec.Payload);
        return payload.RootElement.EnumerateObject()
            .Where(p => string.Equals(p.Name, "courrierId", StringComparison.OrdinalIgnoreCase) && p.Value.ValueKind == JsonValueKind.String)
            .Select(p => Guid.TryParse(p.Value.GetString(), out var id) ? id : (Guid?)null)
            .FirstOrDefault();
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Site = await siteCourant.GetAsync(cancellationToken);
        Liste = await echecs.ListAsync(cancellationToken);
    }
}
