using Microsoft.EntityFrameworkCore;
using Npgsql;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.Stock;

/// <summary>What becomes of a line.</summary>
public enum SortStock
{
    Cree,
    DejaRepris,

    /// <summary>Taken before, and it says something else now: nothing is changed.</summary>
    Change,
}

/// <summary>Makes courriers of lines already read, in one transaction; those taken before keep the courrier they have.</summary>
public sealed class TakeStock(IngestionDbContext db, RegisterCourrier registerCourrier, TimeProvider clock)
{
    /// <param name="Colonnes">Those that have changed since.</param>
    public sealed record Fate(LigneLue Ligne, SortStock Sort, string Chrono, IReadOnlyList<ColonneStock> Colonnes);

    public async Task<CodesDuSite> CodesAsync(CancellationToken cancellationToken) => new(
        await db.Types.AsNoTracking().OrderBy(t => t.Ordre).ToDictionaryAsync(t => t.Code, cancellationToken),
        (await db.Services.OrderBy(s => s.Ordre).Select(s => s.Code).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal));

    /// <summary>The fate of those taken before.</summary>
    public async Task<IReadOnlyDictionary<string, Fate>> FindAsync(IReadOnlyCollection<LigneLue> lignes, CancellationToken cancellationToken)
    {
        var references = lignes.Select(l => l.Reference).ToArray();
        var taken = await db.LignesStock.AsNoTracking()
            .Where(l => references.Contains(l.Reference))
            .Join(db.Courriers, l => l.CourrierId, c => c.Id, (l, c) => new { l.Reference, l.Empreinte, c.NumeroChrono })
            .ToDictionaryAsync(l => l.Reference, cancellationToken);
        return lignes.Where(l => taken.ContainsKey(l.Reference)).ToDictionary(l => l.Reference, l =>
        {
            var colonnes = EmpreinteLigne.Changed(taken[l.Reference].Empreinte, l.Empreinte);
            return new Fate(l, colonnes.Count > 0 ? SortStock.Change : SortStock.DejaRepris, taken[l.Reference].NumeroChrono, colonnes);
        });
    }

    public async Task<IReadOnlyList<Fate>> ExecuteAsync(IReadOnlyCollection<LigneLue> lignes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var known = await FindAsync(lignes, cancellationToken);
            var fresh = lignes.Where(l => !known.ContainsKey(l.Reference)).ToList();
            try
            {
                var registered = await registerCourrier.ExecuteAllAsync(
                    [.. fresh.Select(l => l.Demande)],
                    (position, courrier) => db.LignesStock.Add(new LigneStock
                    {
                        Reference = fresh[position].Reference,
                        CourrierId = courrier.Id,
                        Empreinte = fresh[position].Empreinte,
                        RepriseLe = clock.GetUtcNow(),
                    }),
                    cancellationToken);
                var created = fresh.Zip(registered, (l, r) => new Fate(l, SortStock.Cree, r.NumeroChrono, [])).ToDictionary(f => f.Ligne.Reference);
                return [.. lignes.Select(l => known.TryGetValue(l.Reference, out var fate) ? fate : created[l.Reference])];
            }
            catch (DbUpdateException refusal) when (IsTakenMeanwhile(refusal))
            {
                db.ChangeTracker.Clear(); // another command takes the same file: what it has taken is found now
            }
        }
    }

    private static bool IsTakenMeanwhile(DbUpdateException refusal) =>
        refusal.InnerException is PostgresException { ConstraintName: LigneStockMapping.Cle or Courriers.CourrierMapping.CleIdempotenceIndex };
}
