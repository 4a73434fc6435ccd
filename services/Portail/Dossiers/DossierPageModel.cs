using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Dossiers;

/// <summary>A page on which something is done to one courrier: its heading, the right to be there, the version shown.</summary>
public abstract class DossierPageModel(PortailDbContext db, DossierOpener opener) : PageModel
{
    protected const string QuelquunVientDeModifier = "Quelqu’un vient de modifier ce courrier : relisez-le avant de continuer";

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>Stream version that was shown; a command refuses when it is no longer the current one.</summary>
    [BindProperty]
    public int Vu { get; set; }

    public Dossier Dossier { get; private set; } = null!;

    public string UrlCourrier => $"/courriers/{Id}";

    protected PortailDbContext Db => db;

    /// <returns>Why the page cannot be shown; null when it can.</returns>
    protected async Task<IActionResult?> LoadAsync(Action action, CancellationToken cancellationToken)
    {
        var agent = User.AsAgent();
        await opener.OpenAsync(Id, cancellationToken);
        if (await db.Dossiers.AsNoTracking().Visible(agent).SingleOrDefaultAsync(d => d.CourrierId == Id, cancellationToken) is not { } dossier)
        {
            return NotFound();
        }

        if (!agent.May(action))
        {
            return Forbid();
        }

        Dossier = dossier;
        return null;
    }

    /// <summary>Somebody was faster: the page again, on the state as it is now, with what was typed.</summary>
    protected IActionResult ShowAgain(string sentence, string field = "")
    {
        ModelState.Remove(nameof(Vu));
        Vu = Dossier.StreamVersion;
        return this.PageWithError(sentence, field);
    }

    /// <summary>Beside the field, when the text typed cannot be kept.</summary>
    protected void Check(string field, string? text, int maxLength, bool isRequired = false)
    {
        if (Saisie.Refus(text, maxLength, isRequired) is { } refusal)
        {
            ModelState.AddModelError(field, refusal);
        }
    }

    /// <summary>Where to go after an action: the courrier, or the basket when it has left the perimeter.</summary>
    protected async Task<IActionResult> BackAsync(string done, CancellationToken cancellationToken)
    {
        var agent = User.AsAgent();
        var next = await db.Dossiers.AsNoTracking().Visible(agent)
            .Where(d => EtatsCourrier.Ouverts.Contains(d.Etat) && d.CourrierId != Id)
            .OrderBy(d => d.TriLe).ThenBy(d => d.CourrierId)
            .Select(d => (Guid?)d.CourrierId)
            .FirstOrDefaultAsync(cancellationToken);
        this.SayDone(done, next is null ? new Lien("Voir la corbeille", "/corbeille") : new Lien("Prochain courrier", $"/courriers/{next}"));
        return Redirect(await db.Dossiers.Visible(agent).AnyAsync(d => d.CourrierId == Id, cancellationToken) ? UrlCourrier : "/corbeille");
    }
}
