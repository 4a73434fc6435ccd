using Microsoft.EntityFrameworkCore;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Fichiers;

public static class ReferencesFichiers
{
    /// <summary>
    /// Names contents in the caller's transaction, before the rows that point to them. The rows of <c>messagerie.fichiers</c> are locked
    /// against the collection of orphans until the transaction ends; always in the order of the hashes, so that two transactions never
    /// wait for each other.
    /// </summary>
    /// <param name="trip">What the caller asks in the same round trip, which is sent here.</param>
    /// <exception cref="InvalidOperationException">There is no transaction.</exception>
    /// <exception cref="FichierManquantException">A content was collected meanwhile: it has to be stored again.</exception>
    public static async Task ReferenceAsync(
        this DbContext db, IFileStore store, IReadOnlyCollection<Fichier> fichiers, CancellationToken cancellationToken, RoundTrip? trip = null)
    {
        if (db.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("Contents are named inside the transaction of the rows that point to them");
        }

        trip ??= new RoundTrip();
        var ordered = fichiers.DistinctBy(f => f.Sha256).OrderBy(f => f.Sha256, StringComparer.Ordinal).ToArray();
        if (ordered.Length > 0)
        {
            trip.Do(
                $"""
                INSERT INTO messagerie.fichiers (sha256, taille, type_mime, created_at)
                SELECT sha256, taille, type_mime, {ordered[0].CreatedAt}
                FROM unnest({ordered.Select(f => f.Sha256).ToArray()}, {ordered.Select(f => f.Taille).ToArray()}, {ordered.Select(f => f.TypeMime).ToArray()})
                    AS n (sha256, taille, type_mime) ORDER BY sha256
                ON CONFLICT (sha256) DO NOTHING
                """);
        }

        await trip.ExecuteAsync(db, cancellationToken);
        foreach (var fichier in ordered)
        {
            if (!store.TryKeep(fichier.Sha256))
            {
                throw new FichierManquantException(fichier.Sha256);
            }
        }
    }
}
