using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>Finds those who have written before.</summary>
public sealed class AnnuaireExpediteurs(IngestionDbContext db)
{
    public static Expediteur ToExpediteur(Correspondant correspondant) => new()
    {
        Nom = correspondant.Nom,
        Categorie = correspondant.Categorie,
        Fonction = correspondant.Fonction,
        Courriel = correspondant.Courriel,
        Adresse = correspondant.Adresse,
        Telephone = correspondant.Telephone,
    };

    public Task<Correspondant?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        db.Correspondants.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken);

    /// <summary>The entry of the same person, or a new one added to the caller's transaction; null for an anonymous sender.</summary>
    public async Task<Correspondant?> FindOrAddAsync(Expediteur expediteur, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (expediteur.Nom is not { } nom)
        {
            return null;
        }

        if (await FindSameAsync(expediteur, cancellationToken) is { } found)
        {
            // Somebody has placed this sender at last: the next message finds it placed.
            if (found.Categorie == CategorieExpediteur.NonPrecisee)
            {
                (found.Categorie, found.Fonction) = (expediteur.Categorie, expediteur.Fonction ?? found.Fonction);
            }

            return found;
        }

        var correspondant = new Correspondant
        {
            Nom = nom,
            Categorie = expediteur.Categorie,
            Fonction = expediteur.Fonction,
            Courriel = expediteur.Courriel,
            Adresse = expediteur.Adresse,
            Telephone = expediteur.Telephone,
            NomCle = CleAnnuaire.Of(nom),
            CourrielCle = expediteur.Courriel is { } courriel ? CleAnnuaire.Of(courriel) : null,
            CreatedAt = now,
        };
        db.Correspondants.Add(correspondant);
        return correspondant;
    }

    /// <summary>The entry of the same person: same name and same address, electronic or postal. One name alone is not one person.</summary>
    public async Task<Correspondant?> FindSameAsync(Expediteur expediteur, CancellationToken cancellationToken)
    {
        if (expediteur.Nom is not { } nom || (expediteur.Courriel ?? expediteur.Adresse) is null)
        {
            return null;
        }

        var nomCle = CleAnnuaire.Of(nom);
        var courrielCle = expediteur.Courriel is { } courriel ? CleAnnuaire.Of(courriel) : null;

        // One added moments ago is not in the table yet.
        return db.Correspondants.Local.FirstOrDefault(
                c => c.NomCle == nomCle && (courrielCle != null ? c.CourrielCle == courrielCle : c.Adresse == expediteur.Adresse))
            ?? await db.Correspondants
            .Where(c => c.NomCle == nomCle && (courrielCle != null ? c.CourrielCle == courrielCle : c.Adresse == expediteur.Adresse))
            .OrderBy(c => c.Id)
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Entries whose name has a word that begins so, or whose e-mail address begins so; the newest first.</summary>
    public async Task<IReadOnlyList<Correspondant>> SearchAsync(string typed, CancellationToken cancellationToken)
    {
        var cle = CleAnnuaire.Of(TexteSaisi.Repair(typed, Limites.Nom) ?? "");
        if (cle.Length < 2)
        {
            return [];
        }

        return await db.Correspondants.AsNoTracking()
            .Where(c => c.NomCle.StartsWith(cle) || c.NomCle.Contains(" " + cle) || c.CourrielCle!.StartsWith(cle))
            .OrderByDescending(c => c.Id)
            .Take(8)
            .ToListAsync(cancellationToken);
    }
}
