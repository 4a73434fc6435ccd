using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>Organisations of the directory, as the forms name them.</summary>
public static class OrganismesAnnuaire
{
    public const string Inconnu = "Aucun organisme de ce nom dans l’annuaire : ajoutez-le d’abord, ou corrigez le nom";

    /// <summary>Names proposed under a field, at most.</summary>
    private const int Proposes = 300;

    public static Task<Correspondant?> OrganismeAsync(this IngestionDbContext db, string nom, CancellationToken cancellationToken)
    {
        var cle = CleAnnuaire.Of(nom);
        return db.Correspondants.AsNoTracking().Where(c => c.IsOrganisme && c.NomCle == cle).OrderBy(c => c.Id).FirstOrDefaultAsync(cancellationToken);
    }

    public static Task<List<string>> NomsOrganismesAsync(this IngestionDbContext db, CancellationToken cancellationToken) =>
        db.Correspondants.AsNoTracking().Where(c => c.IsOrganisme).OrderBy(c => c.NomCle).Select(c => c.Nom).Take(Proposes).ToListAsync(cancellationToken);
}
