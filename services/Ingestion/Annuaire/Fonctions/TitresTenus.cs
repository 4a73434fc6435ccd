using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.Annuaire.Fonctions;

/// <summary>How the sender of one courrier is addressed.</summary>
/// <param name="Categorie">Of the courrier, or of the directory when the courrier does not say.</param>
/// <param name="Nature">The position that opens the letter; null for none.</param>
/// <param name="EnMots">Its line in the address: « Sénatrice d’Indre-et-Loire », by the directory, else as the letter says; null when neither gives a position.</param>
/// <param name="Nom">First line of the address.</param>
public sealed record TitreTenu(CategorieExpediteur Categorie, Civilite? Civilite, NatureFonction? Nature, string? EnMots, string Nom);

/// <summary>
/// Finds the title of a sender on the day the letter arrived: a mandate that had ended gives none, whatever the letter says; one that nobody has
/// written down is believed (decision 031).
/// </summary>
public sealed class TitresTenus(IngestionDbContext db)
{
    public async Task<TitreTenu> OfAsync(Courrier courrier, CancellationToken cancellationToken)
    {
        var expediteur = courrier.Expediteur;
        var correspondant = courrier.CorrespondantId is { } id
            ? await db.Correspondants.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken)
            : null;
        var categorie = expediteur.Categorie == CategorieExpediteur.NonPrecisee ? correspondant?.Categorie ?? expediteur.Categorie : expediteur.Categorie;
        var nom = Civilites.Adresser(correspondant, expediteur);
        if (correspondant is { IsOrganisme: true })
        {
            return await OfHeadAsync(correspondant, categorie, nom, courrier.RecuLe, cancellationToken);
        }

        var known = correspondant is null
            ? []
            : await db.Fonctions.AsNoTracking().Where(f => f.CorrespondantId == correspondant.Id).ToListAsync(cancellationToken);
        var said = TitresFonctions.Read(expediteur.Fonction);
        var civilite = correspondant?.Civilite ?? Civilites.Read(expediteur.Nom) ?? said?.Civilite;
        var held = known.Where(f => f.IsHeldOn(courrier.RecuLe)).OrderBy(f => f.Nature).ThenByDescending(f => f.Du).ToList();
        var fonction = held.Find(f => f.Nature == said?.Nature);
        if (fonction is null && said is { } believed && known.TrueForAll(f => f.Nature != believed.Nature))
        {
            return new TitreTenu(categorie, civilite, believed.Nature, TitresFonctions.Capitalize(expediteur.Fonction!), nom);
        }

        fonction ??= held.FirstOrDefault();
        return new TitreTenu(categorie, civilite, fonction?.Nature, fonction is null ? null : TitresFonctions.EnMots(fonction, civilite), nom);
    }

    /// <summary>Who writes to a commune writes to its mayor.</summary>
    private async Task<TitreTenu> OfHeadAsync(
        Correspondant organisme, CategorieExpediteur categorie, string nom, DateOnly day, CancellationToken cancellationToken)
    {
        NatureFonction[] heads =
        [
            NatureFonction.Maire, NatureFonction.PresidentIntercommunalite, NatureFonction.PresidentConseilDepartemental, NatureFonction.PresidentConseilRegional,
        ];
        var head = await db.Fonctions.AsNoTracking()
            .Where(f => f.OrganismeId == organisme.Id && heads.Contains(f.Nature) && f.Du <= day && (f.Au == null || day <= f.Au))
            .Join(db.Correspondants, f => f.CorrespondantId, c => c.Id, (f, c) => new { f.Nature, f.Du, c.Civilite })
            .OrderByDescending(f => f.Du)
            .FirstOrDefaultAsync(cancellationToken);
        return new TitreTenu(categorie, head?.Civilite, head?.Nature, null, nom);
    }
}
