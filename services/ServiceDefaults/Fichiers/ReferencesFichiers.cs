using Microsoft.EntityFrameworkCore;

namespace SuiviCourrier.ServiceDefaults.Fichiers;

public static class ReferencesFichiers
{
    /// <summary>
    /// Names contents in the caller's transaction, before the rows that point to them. The rows of <c>messagerie.fichiers</c> are locked
    /// against the collection of orphans until the transaction ends; always in the order of the hashes, so that two transactions never
    /// wait for each other.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no transaction.</exception>
    /// <exception cref="FichierManquantException">A content was collected meanwhile: it has to be stored again.</exception>
    public static async Task ReferenceAsync(
        this DbContext db, IFileStore store, IReadOnlyCollection<Fichier> fichiers, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("Contents are named inside the transaction of the rows that point to them");
        }

        var ordered = fichiers.DistinctBy(f => f.Sha256).OrderBy(f => f.Sha256, StringComparer.Ordinal).ToArray();
        if (ordered.Length == 0)
        {
            return;
        }

        var hashes = ordered.Select(f => f.Sha256).ToArray();
        var sizes = ordered.Select(f => f.Taille).ToArray();
        var types = ordered.Select(f => f.TypeMime).ToArray();
        var createdAt = ordered[0].CreatedAt;
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO messagerie.fichiers (sha256, taille, type_mime, created_at)
            SELECT sha256, taille, type_mime, {createdAt} FROM unnest({hashes}, {sizes}, {types}) AS n (sha256, taille, type_mime) ORDER BY sha256
            ON CONFLICT (sha256) DO NOTHING
            """,
            cancellationToken);
        foreach (var hash in hashes)
        {
            if (!store.TryKeep(hash))
            {
                throw new FichierManquantException(hash);
            }
        }
    }
}
