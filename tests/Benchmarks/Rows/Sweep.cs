using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SuiviCourrier.Contracts.Echeances;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.Echeances.Relances;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Benchmarks.Rows;

/// <summary>
/// The sweep, in its batches of 500, beside the same writes in raw SQL with everything known beforehand: steps that fire, then due dates that
/// have passed.
/// </summary>
internal static class Sweep
{
    private const int Rounds = 15;

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var bench = await Bench.StartAsync();
        await bench.ExecuteAsync(
            """
            INSERT INTO portail.comptes
                (id, nom, email, role, service_code, is_actif, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count, is_demonstration)
            VALUES (uuidv7(), 'Camille Essai', 'agent@essais.invalid', 'Agent', 'DCL-ETR', true, true, false, false, true, 0, false)
            """);
        Progress.Say($"  {2 * (Rounds + 1)} batches of clocks");
        await AddClocksAsync(bench, 2 * (Rounds + 1) * RelancesJob.BatchSize);
        var firing = await FireAsync(bench);
        await bench.ExecuteAsync("UPDATE echeances.horloges SET due_on = current_date - 1");
        await bench.ExecuteAsync("VACUUM ANALYZE echeances.horloges, echeances.suivis, echeances.etapes");
        return [firing, await MissAsync(bench)];
    }

    private static async Task<Row> FireAsync(Bench bench)
    {
        await using var scope = bench.Courrier.Scope();
        var job = scope.ServiceProvider.GetRequiredService<RelancesJob>();
        var annuaire = await AnnuaireRelances.ReadAsync(scope.ServiceProvider.GetRequiredService<EcheancesDbContext>(), CancellationToken.None);
        var destinataire = await bench.ScalarAsync<string>("SELECT 'compte:' || id FROM portail.comptes");
        var today = await bench.ScalarAsync<DateOnly>("SELECT current_date");
        await using var writes = new NpgsqlBatch(bench.Connection);
        writes.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE echeances.etapes SET etat = 'Declenchee', fired_at = now() WHERE id = ANY($1)") { Parameters = { new() } });
        writes.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            INSERT INTO echeances.lignes_relance (id, etape_id, courrier_id, destinataire, created_at)
            SELECT id, etape_id, courrier_id, destinataire, now() FROM unnest($1, $2, $3, $4) AS l(id, etape_id, courrier_id, destinataire)
            """)
        { Parameters = { new(), new(), new(), new() } });
        writes.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            INSERT INTO echeances.journal (occurred_at, acteur, action, courrier_id, objet, apres)
            SELECT now(), 'echeances.relances', 'RelanceDeclenchee', courrier_id, objet, apres FROM unnest($1, $2, $3) AS j(courrier_id, objet, apres)
            """)
        { Parameters = { new(), new(), new() } });

        var measures = await Duel.RunAsync(
            [
                new("sweep", () => job.FireBatchAsync(annuaire, today, CancellationToken.None)),
                new("raw SQL", () => WriteAsync(bench, writes), async () =>
                {
                    var steps = await bench.IdsAsync("SELECT id FROM echeances.etapes WHERE etat = 'Prevue' AND prevue_le <= $1 ORDER BY id LIMIT $2", today, RelancesJob.BatchSize);
                    var letters = await bench.IdsAsync("SELECT courrier_id FROM echeances.etapes WHERE id = ANY($1) ORDER BY id", steps);
                    Set(writes, 0, steps.ToArray());
                    Set(writes, 1, NewIds(steps.Count), steps.ToArray(), letters.ToArray(), steps.Select(_ => destinataire).ToArray());
                    Set(writes, 2, letters.ToArray(), steps.Select(id => $"horloge:{id}:rappel:{today:yyyy-MM-dd}").ToArray(), steps.Select(_ => destinataire).ToArray());
                }),
            ],
            TimeSpan.Zero,
            Rounds);
        return Row.Share("sweep: steps fired, batches of 500", measures[0], measures[1], 0.4);
    }

    private static async Task<Row> MissAsync(Bench bench)
    {
        await using var scope = bench.Courrier.Scope();
        var job = scope.ServiceProvider.GetRequiredService<RelancesJob>();
        var today = await bench.ScalarAsync<DateOnly>("SELECT current_date");
        var type = FactJson.NameOf(typeof(EcheanceMissed));
        await using var writes = new NpgsqlBatch(bench.Connection);
        writes.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE echeances.horloges SET missed_at = now() WHERE courrier_id = ANY($1)") { Parameters = { new() } });
        writes.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE echeances.suivis SET version_publiee = version_publiee + 1 WHERE courrier_id = ANY($1)") { Parameters = { new() } });
        writes.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            INSERT INTO echeances.journal (occurred_at, acteur, action, courrier_id, objet, apres)
            SELECT now(), 'echeances.relances', 'EcheanceMissed', courrier_id, objet, apres FROM unnest($1, $2, $3) AS j(courrier_id, objet, apres)
            """)
        { Parameters = { new(), new(), new() } });
        writes.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            INSERT INTO messagerie.outbox (message_id, type, payload) SELECT id, $2, payload::jsonb FROM unnest($1, $3) AS o(id, payload)
            """)
        { Parameters = { new(), new(), new() } });

        var measures = await Duel.RunAsync(
            [
                new("sweep", () => job.MissBatchAsync(today, CancellationToken.None)),
                new("raw SQL", () => WriteAsync(bench, writes), async () =>
                {
                    var letters = await bench.IdsAsync("SELECT courrier_id FROM echeances.horloges WHERE missed_at IS NULL ORDER BY due_on, id LIMIT $1", RelancesJob.BatchSize);
                    var fact = new EcheanceMissed
                    {
                        Source = "echeances",
                        CourrierId = letters[0],
                        Version = 2,
                        Etat = new EtatEcheances { Echeances = [new EtatEcheance { Kind = KindEcheance.Reponse, RegimeCode = "provisoire-courrier", DueOn = today }] },
                    };
                    Set(writes, 0, letters.ToArray());
                    Set(writes, 1, letters.ToArray());
                    Set(writes, 2, letters.ToArray(), letters.Select(id => $"horloge:{id}").ToArray(), letters.Select(_ => "reçu le mercredi 6 mai 2026, 10 jours ouvrés : vendredi 22 mai 2026").ToArray());
                    Set(writes, 3, NewIds(letters.Count), type, letters.Select(id => FactJson.Write(fact with { CourrierId = id })).ToArray());
                }),
            ],
            TimeSpan.Zero,
            Rounds);
        return Row.Share("sweep: due dates passed, batches of 500", measures[0], measures[1], 0.4);
    }

    /// <returns>How many steps or clocks the batch concerns.</returns>
    private static async Task<int> WriteAsync(Bench bench, NpgsqlBatch writes)
    {
        await using var transaction = await bench.Connection.BeginTransactionAsync();
        writes.Transaction = transaction;
        await writes.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        return ((Guid[])writes.BatchCommands[0].Parameters[0].Value!).Length;
    }

    private static Guid[] NewIds(int count) => [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7())];

    private static void Set(NpgsqlBatch writes, int command, params object[] values)
    {
        for (var at = 0; at < values.Length; at++)
        {
            writes.BatchCommands[command].Parameters[at].Value = values[at];
        }
    }

    /// <summary>One answer clock made by the consumer, copied without those of the acknowledgements: its first step is due today, the others are to come.</summary>
    private static async Task AddClocksAsync(Bench bench, int count)
    {
        await Consumption.DeliverOneAsync(bench);
        await bench.ExecuteAsync(
            """
            CREATE TEMP TABLE nouveaux AS SELECT uuidv7() AS courrier_id, uuidv7() AS horloge_id FROM generate_series(1, $1)
            """, count);
        await bench.ExecuteAsync(
            """
            INSERT INTO echeances.suivis
            SELECT (jsonb_populate_record(s, jsonb_build_object('courrier_id', n.courrier_id))).* FROM echeances.suivis s, nouveaux n
            """);
        await bench.ExecuteAsync(
            """
            INSERT INTO echeances.horloges
            SELECT (jsonb_populate_record(h, jsonb_build_object('id', n.horloge_id, 'courrier_id', n.courrier_id))).*
            FROM echeances.horloges h, nouveaux n WHERE h.kind = 'Reponse'
            """);
        await bench.ExecuteAsync(
            """
            INSERT INTO echeances.etapes
            SELECT (jsonb_populate_record(e, jsonb_build_object('id', uuidv7(), 'horloge_id', n.horloge_id, 'courrier_id', n.courrier_id,
                'prevue_le', CASE WHEN e.rang = 1 THEN current_date ELSE e.prevue_le END))).*
            FROM echeances.etapes e JOIN echeances.horloges h ON h.id = e.horloge_id AND h.kind = 'Reponse', nouveaux n
            """);
        await bench.ExecuteAsync("ANALYZE echeances.suivis, echeances.horloges, echeances.etapes");
    }
}
