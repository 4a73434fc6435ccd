using Microsoft.AspNetCore.Mvc;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.BoitesFonctionnelles.Gestion;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.Nouvelle;

public sealed class IndexModel(ConfigureBoite configureBoite, ListesAnnuaire listes) : FormulaireBoite(listes)
{
    [BindProperty]
    public string? Code { get; set; }

    public void OnGet()
    {
        var usual = new ImapOptions();
        IsActif = true;
        Fill(usual with { Hote = string.Empty });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) =>
        Answer(
            await configureBoite.AddAsync(Agent, Typed(Code), cancellationToken),
            "Boîte ajoutée. La relève commence dans quelques secondes : son état se lit ci-dessous.");
}
