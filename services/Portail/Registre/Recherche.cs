using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Dossiers;
using SuiviCourrier.Portail.Listes;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Registre;

/// <summary>All the words of a courrier, as Ingestion publishes them.</summary>
public sealed class MotsLus
{
    public Guid CourrierId { get; init; }
    public required NpgsqlTsVector Vecteur { get; init; }
}

/// <summary>Where the words were found in what came with a courrier.</summary>
/// <param name="Nom">Name of the file; null when it is the message or the scan itself.</param>
/// <param name="Extrait">A few words around, what was looked for apart: it is what people wrote, to be encoded as any text.</param>
public sealed record Endroit(string? Nom, IReadOnlyList<FragmentTrouve> Extrait);

public sealed record FragmentTrouve(string Texte, bool IsTrouve);

/// <summary>
/// Finds courriers by their words: those of the subject, of the sender, of the message and of its attachments, without accents, singular and
/// plural alike, in any order, « between quotation marks » in theirs, -without. A part of a word is looked for in numbers, subjects and senders only.
/// Rights are applied in the same query as in every list.
/// </summary>
public sealed partial class Recherche(PortailDbContext db)
{
    public const int Taille = 50;

    private const int MaxWords = 200;

    /// <summary>So many courriers are fetched and sorted faster than the newest are looked at one by one.</summary>
    private const int Few = 2_000;

    /// <summary>Configuration of the words on both sides.</summary>
    private const string Configuration = "ingestion.mots";

    // No text holds them: control characters are taken out when it is read.
    private const char Debut = '\u0002';
    private const char Fin = '\u0003';

    private sealed record Trouvaille(Guid CourrierId, string Nom, string Role, string Extrait);

    /// <returns>The newest first, one more than <see cref="Taille"/> when there are more.</returns>
    public async Task<IReadOnlyList<LigneCourrier>> FindAsync(Agent agent, string words, CancellationToken cancellationToken)
    {
        var asked = Asked(words);

        // Two plans, chosen by counting and not by guessing, since no statistics know a rare word: few are fetched and sorted; of many the newest are
        // found by walking from the newest.
        var few = await db.Mots
            .Where(m => m.Vecteur.Matches(EF.Functions.WebSearchToTsQuery(Configuration, asked)))
            .Select(m => m.CourrierId).Take(Few + 1).ToArrayAsync(cancellationToken);
        var visible = db.Dossiers.AsNoTracking().Visible(agent);
        var found = await (few.Length <= Few
                ? visible.Where(d => few.Contains(d.CourrierId))
                : visible.Where(d => db.Mots.Any(m => m.CourrierId == d.CourrierId && m.Vecteur.Matches(EF.Functions.WebSearchToTsQuery(Configuration, asked)))))
            .OrderByDescending(d => d.EnregistreLe)
            .Take(Taille + 1)
            .ToLignes(db)
            .ToListAsync(cancellationToken);
        if (found.Count > Taille)
        {
            return found;
        }

        var pattern = $"%{PatternCharacter().Replace(words.Length > 100 ? words[..100] : words, @"\$0")}%";
        var partly = await db.Dossiers.AsNoTracking().Visible(agent)
            .Where(d => EF.Functions.ILike(d.NumeroChrono, pattern, @"\") || EF.Functions.ILike(d.Objet, pattern, @"\") || EF.Functions.ILike(d.ExpediteurNom, pattern, @"\"))
            .OrderByDescending(d => d.EnregistreLe)
            .Take(Taille + 1)
            .ToLignes(db)
            .ToListAsync(cancellationToken);
        return [.. found.UnionBy(partly, l => l.CourrierId).OrderByDescending(l => l.EnregistreLe).Take(Taille + 1)];
    }

    /// <summary>The passage that answers best, for each courrier in whose text or attachments a word was found.</summary>
    /// <param name="courriers">That the agent may see.</param>
    public async Task<IReadOnlyDictionary<Guid, Endroit>> WhereAsync(string words, IEnumerable<Guid> courriers, CancellationToken cancellationToken)
    {
        var asked = Asked(words);
        var ids = courriers.ToArray();

        // A passage need not hold every word of the question; what must be absent says nothing about where the others are.
        var options = $"MaxFragments=1, MaxWords=24, MinWords=10, StartSel={Debut}, StopSel={Fin}";
        var found = await db.Database.SqlQuery<Trouvaille>(
            $"""
            WITH question AS (
                SELECT CASE WHEN q::text LIKE '%!%' THEN q ELSE replace(q::text, ' & ', ' | ')::tsquery END AS q
                FROM websearch_to_tsquery('ingestion.mots', {asked}) AS q),
            best AS (
                SELECT DISTINCT ON (p.courrier_id) p.courrier_id, p.nom, p.role, p.texte, question.q
                FROM ingestion.lecture_passages p, question
                WHERE p.courrier_id = ANY({ids}) AND p.vecteur @@ question.q
                ORDER BY p.courrier_id, ts_rank(p.vecteur, question.q) DESC, p.piece_id, p.rang)
            SELECT courrier_id, nom, role, ts_headline('ingestion.mots', texte, q, {options}) AS extrait FROM best
            """).ToListAsync(cancellationToken);
        return found.ToDictionary(t => t.CourrierId, t => new Endroit(t.Role == "Document" ? null : t.Nom, [.. Fragments(t.Extrait)]));
    }

    /// <summary>Quotation marks and apostrophes as the words are kept with: « » are as good as " ".</summary>
    private static string Asked(string words) => string.Create(Math.Min(words.Length, MaxWords), words, static (asked, typed) =>
    {
        for (var i = 0; i < asked.Length; i++)
        {
            asked[i] = typed[i] switch
            {
                '’' or '‘' or 'ʼ' => '\'',
                '«' or '»' or '“' or '”' or '„' => '"',
                '–' or '—' or '\u2011' => '-',
                '…' or '•' or '·' or '\u00A0' or '\u202F' or '\u2009' => ' ',
                var other => other,
            };
        }
    });

    private static IEnumerable<FragmentTrouve> Fragments(string headline)
    {
        foreach (var (rank, part) in headline.Split(Debut).Index())
        {
            var end = rank == 0 ? -1 : part.IndexOf(Fin, StringComparison.Ordinal);
            if (end > 0)
            {
                yield return new FragmentTrouve(part[..end], IsTrouve: true);
            }

            if (part.Length > end + 1)
            {
                yield return new FragmentTrouve(part[(end + 1)..], IsTrouve: false);
            }
        }
    }

    [GeneratedRegex(@"[\\%_]")]
    private static partial Regex PatternCharacter();
}
