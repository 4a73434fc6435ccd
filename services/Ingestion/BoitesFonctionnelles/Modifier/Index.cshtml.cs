using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.BoitesFonctionnelles.Gestion;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.Modifier;

public sealed class IndexModel(IngestionDbContext db, ConfigureBoite configureBoite, ListesAnnuaire listes) : FormulaireBoite(listes)
{
    [BindProperty(SupportsGet = true)]
    public string Code { get; set; } = string.Empty;

    /// <summary>Revision the form was filled from.</summary>
    [BindProperty]
    public int Vu { get; set; }

    public BoiteFonctionnelle Boite { get; private set; } = null!;

    public override bool IsDeclared => Boite.Origine == OrigineBoite.Configuration;

    public override bool HasSecret => Boite.SecretChiffre is not null;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken))
        {
            return NotFound();
        }

        Vu = Boite.Revision;
        (Libelle, Adresse, IsActif) = (Boite.Libelle, Boite.Adresse, Boite.IsActif);
        (Alias, ExpediteursFormulaire) = (string.Join('\n', Boite.Alias), string.Join('\n', Boite.ExpediteursFormulaire));
        (ServiceCode, TypeCode) = (Boite.ServiceCode, Boite.TypeCode);
        Fill(Boite.Imap ?? new ImapOptions { Hote = string.Empty });
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) =>
        await LoadAsync(cancellationToken)
            ? Answer(
                await configureBoite.ChangeAsync(Agent, Code, Vu, Typed(), cancellationToken),
                "Réglages enregistrés. La relève les suit dans quelques secondes.")
            : NotFound();

    private async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        var boite = CodesAnnuaire.IsPossible(Code) ? await db.Boites.AsNoTracking().SingleOrDefaultAsync(b => b.Code == Code, cancellationToken) : null;
        Boite = boite!;
        return boite is not null;
    }
}
