using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>Finds those who have written before.</summary>
public static class AnnuaireExpediteurs
{
    /// <summary>The entry of the same person: same name and same address, electronic or postal. One name alone is not one person.</summary>
    public static async Task<Correspondant?> FindSameAsync(IngestionDbContext db, Expediteur expediteur, CancellationToken cancellationToken)
    {
        if (expediteur.Nom is not { } nom || (expediteur.Courriel ?? expediteur.Adresse) is null)
        {
            return null;
        }

        var nomCle = CleAnnuaire.Of(nom);
        var courrielCle = expediteur.Courriel is { } courriel ? CleAnnuaire.Of(courriel) : null;
        return await db.Correspondants
            .Where(c => c.NomCle == nomCle && (courrielCle != null ? c.CourrielCle == courrielCle : c.Adresse == expediteur.Adresse))
            .OrderBy(c => c.Id)
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Entries whose name has a word that begins so, or whose e-mail address begins so; the newest first.</summary>
    public static async Task<IReadOnlyList<Correspondant>> SearchAsync(IngestionDbContext db, string typed, CancellationToken cancellationToken)
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
