using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.Courriers;

/// <summary>Who acted, for people: the name of an account or of a key as the portal publishes it, or what the program calls itself.</summary>
public sealed class ActeursEnMots(IngestionDbContext db)
{
    public async Task<IReadOnlyDictionary<string, string>> NamesAsync(IEnumerable<string?> acteurs, CancellationToken cancellationToken)
    {
        var all = acteurs.OfType<string>().Distinct().ToArray();
        var ids = all.Select(a => Guid.TryParse(a, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).ToArray();
        var names = ids.Length == 0
            ? []
            : await db.Database.SqlQuery<Nomme>(
                $"""
                SELECT id, nom FROM portail.lecture_comptes WHERE id = ANY ({ids})
                UNION ALL SELECT id, nom FROM portail.lecture_cles_api WHERE id = ANY ({ids})
                """).ToListAsync(cancellationToken);
        return all.ToDictionary(a => a, a => names.FirstOrDefault(n => n.Id.ToString() == a)?.Nom ?? (Guid.TryParse(a, out _) ? "un compte inconnu" : "le programme"));
    }

    private sealed record Nomme(Guid Id, string Nom);
}
