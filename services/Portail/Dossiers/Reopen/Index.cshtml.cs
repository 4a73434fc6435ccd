using Microsoft.AspNetCore.Mvc;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Dossiers.Reopen;

public sealed class IndexModel(PortailDbContext db, DossierOpener opener, ReopenCourrier reopenCourrier) : DossierPageModel(db, opener)
{
    [BindProperty]
    public string? Motif { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        var refusal = await LoadAsync(Action.Answer, cancellationToken);
        Vu = Dossier?.StreamVersion ?? 0;
        return refusal ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(Action.Answer, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        Check(nameof(Motif), Motif, 500, isRequired: true);
        if (!ModelState.IsValid)
        {
            return Page();
        }

        return await reopenCourrier.ExecuteAsync(User.AsAgent(), Id, Motif!, Vu, cancellationToken) switch
        {
            ReopenCourrier.Outcome.Reopened => await BackAsync("Rouvert : son délai court de nouveau.", cancellationToken),
            ReopenCourrier.Outcome.NotClosed => ShowAgain("Ce courrier n’est pas clos, ou son enregistrement est annulé"),
            ReopenCourrier.Outcome.ChangedMeanwhile => ShowAgain(QuelquunVientDeModifier),
            ReopenCourrier.Outcome.Forbidden => Forbid(),
            ReopenCourrier.Outcome.NotFound => NotFound(),
        };
    }
}
