using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Dossiers.Close;

public sealed class IndexModel(PortailDbContext db, DossierOpener opener, CloseCourrier closeCourrier) : DossierPageModel(db, opener)
{
    [BindProperty]
    public MotifCloture? Motif { get; set; }

    [BindProperty]
    public string? Precision { get; set; }

    public IReadOnlyList<SelectListItem> Motifs { get; } = Libelles.Choix<MotifCloture>(m => m.Libelle());

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

        Check(nameof(Precision), Precision, 500);
        if (Motif is null)
        {
            ModelState.TryAddModelError(nameof(Motif), "Choisissez pourquoi ce courrier est classé");
        }

        if (!ModelState.IsValid)
        {
            return Page();
        }

        return await closeCourrier.ExecuteAsync(User.AsAgent(), Id, Motif!.Value, Precision, Vu, cancellationToken) switch
        {
            CloseCourrier.Outcome.Closed => await BackAsync("Classé sans suite. Le courrier peut être rouvert.", cancellationToken),
            CloseCourrier.Outcome.AlreadyClosed => ShowAgain("Ce courrier est déjà clos"),
            CloseCourrier.Outcome.ChangedMeanwhile => ShowAgain(QuelquunVientDeModifier),
            CloseCourrier.Outcome.Forbidden => Forbid(),
            CloseCourrier.Outcome.NotFound => NotFound(),
        };
    }
}
