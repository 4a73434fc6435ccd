using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;
using Site = SuiviCourrier.ServiceDefaults.Time.Site;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.Releve;

/// <summary>Whether every mailbox is read, and whether everything that arrived is accounted for.</summary>
public sealed class IndexModel(BoitesDuJour boites, SiteCourant siteCourant, TimeProvider clock) : PageModel
{
    public IReadOnlyList<BoiteDuJour> Boites { get; private set; } = [];

    public Site Site { get; private set; } = null!;

    /// <summary>May read what was set aside.</summary>
    public bool MayRegister => User.AsAgent().May(Action.Register);

    /// <summary>May change how a mailbox is reached.</summary>
    public bool MayConfigure => User.AsAgent().May(Action.ConfigureMailboxes);

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        if (!User.AsAgent().May(Action.ManageMailboxes))
        {
            context.Result = new Microsoft.AspNetCore.Mvc.ForbidResult();
        }
    }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Site = await siteCourant.GetAsync(cancellationToken);
        Boites = await boites.ListAsync(cancellationToken);
    }

    /// <summary>Nobody says that it fails, but nobody has read it either.</summary>
    public bool IsSilent(BoiteDuJour boite) => boite.IsActif && boite.EnPanneDepuis is null && clock.GetUtcNow() - boite.ReleveeLe > BoiteFonctionnelle.Silence;

    /// <summary>« le 23/11/2026 à 10:42, il y a 3 minutes ».</summary>
    public string Quand(DateTimeOffset instant) => Site.Quand(instant, clock.GetUtcNow());
}
