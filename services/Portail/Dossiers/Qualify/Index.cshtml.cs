using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Dossiers.Qualify;

public sealed class IndexModel(PortailDbContext db, DossierOpener opener, QualifyCourrier qualifyCourrier, ServicesPrefecture services)
    : DossierPageModel(db, opener)
{
    [BindProperty]
    public NatureCourrier? Nature { get; set; }

    [BindProperty]
    public string? TypeCode { get; set; }

    public IReadOnlyList<SelectListItem> Types { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(Action.Qualify, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        await LoadChoicesAsync(cancellationToken);
        (Vu, Nature, TypeCode) = (Dossier.StreamVersion, Dossier.Nature, Dossier.TypeCode);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(Action.Qualify, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        await LoadChoicesAsync(cancellationToken);
        if (Nature is null)
        {
            ModelState.TryAddModelError(nameof(Nature), "Choisissez la nature du courrier");
        }

        if (!ModelState.IsValid)
        {
            return Page();
        }

        return await qualifyCourrier.ExecuteAsync(User.AsAgent(), Id, Nature!.Value, TypeCode, Vu, cancellationToken) switch
        {
            QualifyCourrier.Outcome.Qualified => await BackAsync($"Qualifié : {Nature.Value.Libelle()}.", cancellationToken),
            QualifyCourrier.Outcome.Unchanged => await BackAsync("Le courrier était déjà qualifié ainsi : rien n’a changé.", cancellationToken),
            QualifyCourrier.Outcome.AlreadyClosed => ShowAgain("Ce courrier est clos : il ne peut plus être qualifié"),
            QualifyCourrier.Outcome.ChangedMeanwhile => ShowAgain(QuelquunVientDeModifier),
            QualifyCourrier.Outcome.UnknownType => ShowAgain("Ce type n’existe pas : choisissez-en un dans la liste", nameof(TypeCode)),
            QualifyCourrier.Outcome.Forbidden => Forbid(),
            QualifyCourrier.Outcome.NotFound => NotFound(),
        };
    }

    private async Task LoadChoicesAsync(CancellationToken cancellationToken)
    {
        var groups = Enum.GetValues<NatureCourrier>().ToDictionary(n => n.ToString(), n => new SelectListGroup { Name = n.Libelle() });
        Types =
        [
            .. (await services.TypesAsync(cancellationToken)).Select(t => new SelectListItem
            {
                Text = t.Libelle,
                Value = t.Code,
                Group = groups.GetValueOrDefault(t.Nature),
            }),
        ];
    }
}
