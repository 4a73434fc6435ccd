using System.Security.Cryptography;
using Npgsql;
using SuiviCourrier.TestSupport.Mail;

namespace SuiviCourrier.TestSupport;

/// <summary>
/// What must always hold, asked of the tables, the files and the mail server by somebody who is not the application. Every answer is a
/// list of breaches: empty when nothing was lost, doubled or forgotten.
/// </summary>
/// <param name="connectionString">Of the owner of the database.</param>
public sealed class Auditor(string connectionString, string folder)
{
    public Auditor(TestDatabase database, string folder)
        : this(database.ConnectionStrings.Migration, folder)
    {
    }

    private static readonly (string Breach, string Sql)[] s_always =
    [
        ("a number is missing or doubled",
            """
            SELECT site_code || ' ' || sens || ' ' || annee || ': ' || count(*) || ' courriers, numbers ' || min(rang) || ' to ' || max(rang)
            FROM (SELECT site_code, sens, split_part(numero_chrono, '-', 2) AS annee, split_part(numero_chrono, '-', 3)::int AS rang
                  FROM ingestion.lecture_courriers) numbered
            GROUP BY site_code, sens, annee
            HAVING count(*) <> max(rang) OR min(rang) <> 1 OR count(DISTINCT rang) <> count(*)
            """),
        ("a registration has no line in the journal",
            """
            SELECT numero_chrono FROM ingestion.lecture_courriers c
            WHERE NOT EXISTS (SELECT FROM ingestion.lecture_journal j WHERE j.courrier_id = c.courrier_id)
            """),
        ("a courrier has neither an acknowledgement nor a reason, or has two",
            """
            SELECT c.numero_chrono || ': ' || count(a.accuse_id) FROM ingestion.lecture_courriers c
            LEFT JOIN ingestion.lecture_accuses a ON a.courrier_id = c.courrier_id AND a.kind = 'Enregistrement'
            WHERE c.sens = 'Arrivee'
            GROUP BY c.courrier_id, c.numero_chrono
            HAVING count(a.accuse_id) <> 1 OR bool_or(a.etat IN ('SansObjet', 'Refuse') AND coalesce(a.motif, '') = '')
            """),
        ("a message is queued twice under one key",
            "SELECT cle FROM messagerie.courriels_sortants GROUP BY cle HAVING count(*) > 1"),
    ];

    private static readonly (string Breach, string Sql)[] s_atRest =
    [
        ("a fact has not left the outbox", "SELECT type || ' ' || message_id FROM messagerie.outbox"),
        ("a delivery waits for another attempt", "SELECT consumer || ': ' || coalesce(last_error, '') FROM messagerie.livraisons"),
        ("a delivery failed for good", "SELECT consumer || ': ' || erreur FROM messagerie.echecs WHERE resolved_at IS NULL"),
        ("a message has not been sent", "SELECT cle || ' ' || etat || ' ' || coalesce(detail, '') FROM messagerie.courriels_sortants WHERE etat IN ('AEnvoyer', 'Differe', 'EnCours')"),
        ("the owner of a message has not been told what became of it", "SELECT cle || ' ' || etat FROM messagerie.courriels_sortants WHERE settled_at IS NULL"),
    ];

    private static readonly (string Breach, string Sql)[] s_clocks =
    [
        ("a courrier that awaits an answer has no due date",
            """
            SELECT c.numero_chrono FROM ingestion.lecture_courriers c
            WHERE c.sens = 'Arrivee' AND NOT c.is_annule AND NOT c.is_pour_information
              AND NOT EXISTS (SELECT FROM echeances.lecture_echeances e WHERE e.courrier_id = c.courrier_id AND e.kind = 'Reponse')
            """),
        ("a courrier has no dossier, or its dossier no courrier",
            """
            SELECT coalesce(c.courrier_id, d.courrier_id)::text FROM ingestion.lecture_courriers c
            FULL JOIN portail.lecture_dossiers d ON d.courrier_id = c.courrier_id
            WHERE c.sens IS DISTINCT FROM 'Depart' AND (c.courrier_id IS NULL OR d.courrier_id IS NULL)
            """),
        ("a step has fired twice, or before its day",
            """
            SELECT courrier_id || ' ' || etape_code || ' ' || count(*) FROM echeances.lecture_relances
            WHERE fired_at IS NOT NULL
            GROUP BY courrier_id, etape_code, prevue_le
            HAVING count(*) > 1 OR min((fired_at AT TIME ZONE (SELECT fuseau FROM ingestion.lecture_sites LIMIT 1))::date) < prevue_le
            """),
    ];

    /// <summary>At any moment, under load and between two kills.</summary>
    public async Task<IReadOnlyList<string>> BreachesAsync() =>
        [.. await AskAsync(s_always), .. await BreachesOfFilesAsync()];

    /// <summary>Once the last fault is over and the queues have drained.</summary>
    public async Task<IReadOnlyList<string>> BreachesAtRestAsync() =>
        [.. await BreachesAsync(), .. await AskAsync(s_atRest), .. await AskAsync(s_clocks)];

    /// <summary>True once nothing waits any more, without a human. One question: what passes from one queue to the next is seen in one of them.</summary>
    public async Task<bool> IsAtRestAsync() => (await RowsAsync(string.Join(" UNION ALL ", s_atRest.Select(question => question.Sql)))).Count == 0;

    /// <summary>Each message left at most once; exactly once when it is said to be accepted; and doubt is no larger than its causes.</summary>
    /// <param name="accepted">What the mail server has kept.</param>
    /// <param name="cutsInData">How many conversations were cut, by a kill or by the server, between DATA and the reply to its final dot.</param>
    public async Task<IReadOnlyList<string>> BreachesOfSendingAsync(IReadOnlyList<SmtpReceived> accepted, int cutsInData)
    {
        var kept = accepted.GroupBy(m => m.Message.MessageId ?? string.Empty).ToDictionary(g => g.Key, g => g.Count());
        var breaches = kept.Where(k => k.Value > 1).Select(k => $"the server has {k.Value} copies of {k.Key}").ToList();
        var uncertain = 0;
        foreach (var (key, state, messageId) in await SentAsync())
        {
            var copies = messageId is null ? 0 : kept.GetValueOrDefault(messageId);
            uncertain += state == "Incertain" ? 1 : 0;
            if (state == "Accepte" && copies == 0)
            {
                breaches.Add($"{key} is said to be accepted and the server has never seen it");
            }
            else if (state is "AEnvoyer" or "Refuse" or "Supprime" && copies > 0)
            {
                breaches.Add($"{key} is {state} and the server has it");
            }
        }

        if (uncertain > cutsInData)
        {
            breaches.Add($"{uncertain} messages are uncertain for {cutsInData} cuts");
        }

        return breaches;
    }

    private async Task<List<(string Key, string State, string? MessageId)>> SentAsync()
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT cle, etat, trim(both '<>' from message_id) FROM messagerie.courriels_sortants", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<(string, string, string?)>();
        while (await reader.ReadAsync())
        {
            rows.Add((reader.GetString(0), reader.GetString(1), await reader.IsDBNullAsync(2) ? null : reader.GetString(2)));
        }

        return rows;
    }

    /// <summary>Every file a row names is there, whole. Files nobody names are allowed: they are collected later.</summary>
    private async Task<IReadOnlyList<string>> BreachesOfFilesAsync()
    {
        var breaches = new List<string>();
        foreach (var sha256 in await RowsAsync(
            """
            SELECT sha256 FROM ingestion.pieces
            UNION SELECT sha256 FROM messagerie.fichiers
            UNION SELECT fichier_sha256 FROM messagerie.courriels_sortants WHERE fichier_sha256 IS NOT NULL
            """))
        {
            var path = Path.Combine(folder, "fichiers", sha256[..2], sha256[2..]);
            if (!File.Exists(path))
            {
                breaches.Add($"file {sha256} is missing");
                continue;
            }

            await using var file = File.OpenRead(path);
            var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
            if (found != sha256)
            {
                breaches.Add($"file {sha256} has the content of {found}");
            }
        }

        return breaches;
    }

    private async Task<IReadOnlyList<string>> AskAsync((string Breach, string Sql)[] questions)
    {
        var breaches = new List<string>();
        foreach (var (breach, sql) in questions)
        {
            breaches.AddRange((await RowsAsync(sql)).Select(row => $"{breach}: {row}"));
        }

        return breaches;
    }

    private async Task<IReadOnlyList<string>> RowsAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
