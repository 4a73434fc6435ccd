using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;
using Site = SuiviCourrier.ServiceDefaults.Time.Site;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.Etat;

/// <summary>One mailbox: whether it is read, what arrived, and the account of every identifier its server gave.</summary>
public sealed class IndexModel(
    IngestionDbContext db, ArriveesBoites arrivees, ComptesDuJour comptes, EssaiConnexion essai, SiteCourant siteCourant, TimeProvider clock) : PageModel
{
    private const int ShownDays = 14;

    [BindProperty(SupportsGet = true)]
    public string Code { get; set; } = string.Empty;

    public BoiteFonctionnelle Boite { get; private set; } = null!;

    public ArriveesBoite Arrivees { get; private set; } = null!;

    public IReadOnlyList<CompteDuJour> Comptes { get; private set; } = [];

    /// <summary>What the trial found; null when none was asked for.</summary>
    public IReadOnlyList<EssaiConnexion.Etape>? Essai { get; private set; }

    public Site Site { get; private set; } = null!;

    /// <summary>Nobody says that it fails, but nobody has read it either.</summary>
    public bool IsSilent => Boite.IsActif && Boite.EnPanneDepuis is null && clock.GetUtcNow() - Boite.ReleveeLe > BoiteFonctionnelle.Silence;

    public bool MayConfigure => User.AsAgent().May(Action.ConfigureMailboxes);

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        var right = context.HandlerMethod?.Name == "Essayer" ? Action.ConfigureMailboxes : Action.ManageMailboxes;
        if (!User.AsAgent().May(right))
        {
            context.Result = Forbid();
        }
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => await LoadAsync(cancellationToken) ? Page() : NotFound();

    public async Task<IActionResult> OnPostEssayerAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken))
        {
            return NotFound();
        }

        Essai = await essai.ExecuteAsync(Boite, cancellationToken);
        return Page();
    }

    /// <summary>« le 23/11/2026 à 10:42, il y a 3 minutes ».</summary>
    public string Quand(DateTimeOffset instant) => Site.Quand(instant, clock.GetUtcNow());

    private async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (!CodesAnnuaire.IsPossible(Code) || await db.Boites.AsNoTracking().SingleOrDefaultAsync(b => b.Code == Code, cancellationToken) is not { } boite)
        {
            return false;
        }

        Boite = boite;
        Site = await siteCourant.GetAsync(cancellationToken);
        Arrivees = await arrivees.ReadAsync(Code, cancellationToken);
        Comptes = await comptes.ListAsync(Code, ShownDays, cancellationToken);
        return true;
    }
}
