using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.Etat;

/// <summary>What became of the identifiers a server gave in one day: nothing else can have become of them.</summary>
/// <param name="Disparus">Neither in the folder nor in the register: taken away by somebody or by a rule before we read them.</param>
public sealed record CompteDuJour(DateOnly Jour, long Attribues, int Enregistres, int Rattaches, int MisDeCote, int EnAttente)
{
    public long Disparus => Math.Max(0, Attribues - Enregistres - Rattaches - MisDeCote - EnAttente);
}

/// <summary>Reads the daily ledger of a mailbox.</summary>
public sealed class ComptesDuJour(IngestionDbContext db)
{
    /// <returns>The last days, newest first.</returns>
    public async Task<IReadOnlyList<CompteDuJour>> ListAsync(string boiteCode, int days, CancellationToken cancellationToken)
    {
        var recent = await db.JourneesBoites.Where(j => j.BoiteCode == boiteCode).Select(j => j.Jour).Distinct().OrderByDescending(j => j).Take(days)
            .ToListAsync(cancellationToken);
        var fates = await (
            from j in db.JourneesBoites
            where j.BoiteCode == boiteCode && recent.Contains(j.Jour)
            from m in db.MessagesRecus.Where(m => m.BoiteCode == j.BoiteCode && m.UidValidity == j.UidValidity && m.Uid >= j.Debut && m.Uid < j.Fin)
            group m by new { j.Jour, m.Sort } into g
            select new { g.Key.Jour, g.Key.Sort, Count = g.Count() }).ToListAsync(cancellationToken);
        var given = await db.JourneesBoites.Where(j => j.BoiteCode == boiteCode && recent.Contains(j.Jour))
            .GroupBy(j => j.Jour)
            .Select(g => new { Jour = g.Key, Attribues = g.Sum(j => j.Fin - j.Debut), EnAttente = g.Sum(j => j.EnAttente) })
            .ToListAsync(cancellationToken);
        return
        [
            .. given.OrderByDescending(g => g.Jour).Select(g => new CompteDuJour(
                g.Jour, g.Attribues, Of(g.Jour, SortMessage.Courrier), Of(g.Jour, SortMessage.Rattache), Of(g.Jour, SortMessage.Ecarte), g.EnAttente)),
        ];

        int Of(DateOnly jour, SortMessage sort) => fates.Where(f => f.Jour == jour && f.Sort == sort).Sum(f => f.Count);
    }
}
