using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using SuiviCourrier.Contracts.Echeances;
using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Clocks;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.ServiceDefaults.Jobs;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Echeances.Relances;

/// <summary>
/// The sweep: fires the steps that are due, says which due dates have passed, and queues the messages. Any number may run side by side;
/// each batch is one transaction that locks what it fires, so that a killed run leaves nothing half done and nothing fires twice.
/// </summary>
public sealed partial class RelancesJob(
    IServiceScopeFactory scopes, SiteCourant sites, TimeProvider clock, ClockGuard guard, ILogger<RelancesJob> logger) : IRecurringJob
{
    public const int BatchSize = 500;
    private const string Acteur = "echeances.relances";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        AnnuaireRelances annuaire;
        await using (var scope = scopes.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
            await guard.EnsureAsync(db, cancellationToken);
            annuaire = await AnnuaireRelances.ReadAsync(db, cancellationToken);
        }

        var today = await sites.TodayAsync(cancellationToken);
        while (await FireBatchAsync(annuaire, today, cancellationToken) > 0)
        {
            continue;
        }

        while (await MissBatchAsync(today, cancellationToken) > 0)
        {
            continue;
        }

        await using var last = scopes.CreateAsyncScope();
        await last.ServiceProvider.GetRequiredService<QueueRelances>().ExecuteAsync(cancellationToken);
    }

    /// <summary>Fires up to <see cref="BatchSize"/> steps: their state, their lines and their audit commit together.</summary>
    /// <returns>How many fired.</returns>
    public async Task<int> FireBatchAsync(AnnuaireRelances annuaire, DateOnly today, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var dbTransaction = (NpgsqlTransaction)transaction.GetDbTransaction();
        var claimed = await ClaimAsync(connection, dbTransaction, today, cancellationToken);
        if (claimed.Count == 0)
        {
            return 0;
        }

        await WriteAsync(connection, dbTransaction, claimed, annuaire, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        LogFired(claimed.Count);
        return claimed.Count;
    }

    /// <summary>
    /// Locks clocks, then reads their due steps: whoever changes a step holds its clock's row, closing included, so that none fires after its
    /// closing is applied. Locking steps and clocks in one statement would leave half-locked pairs, and sweeps that skip one another's.
    /// </summary>
    private static async Task<List<EtapeDue>> ClaimAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, DateOnly today, CancellationToken cancellationToken)
    {
        await using var locking = new NpgsqlCommand(
            """
            SELECT h.id FROM echeances.horloges h
            WHERE h.closed_on IS NULL
                AND h.id IN (SELECT e.horloge_id FROM echeances.etapes e WHERE e.etat = 'Prevue' AND e.prevue_le <= $1)
            LIMIT $2
            FOR UPDATE OF h SKIP LOCKED
            """,
            connection,
            transaction)
        {
            Parameters = { new() { Value = today }, new() { Value = BatchSize } },
        };
        var horloges = new List<Guid>();
        await using (var locked = await locking.ExecuteReaderAsync(cancellationToken))
        {
            while (await locked.ReadAsync(cancellationToken))
            {
                horloges.Add(locked.GetGuid(0));
            }
        }

        await using var command = new NpgsqlCommand(
            """
            SELECT e.id, e.horloge_id, e.courrier_id, e.code, e.due_on, e.destinataire, s.agent_id, s.service_instructeur_code
            FROM echeances.etapes e
            JOIN echeances.suivis s ON s.courrier_id = e.courrier_id
            WHERE e.horloge_id = ANY($3) AND e.etat = 'Prevue' AND e.prevue_le <= $1
            ORDER BY e.prevue_le, e.id
            LIMIT $2
            """,
            connection,
            transaction);
        command.Parameters.Add(new NpgsqlParameter { Value = today });
        command.Parameters.Add(new NpgsqlParameter { Value = BatchSize });
        command.Parameters.Add(new NpgsqlParameter { Value = horloges });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var claimed = new List<EtapeDue>();
        while (await reader.ReadAsync(cancellationToken))
        {
            claimed.Add(new EtapeDue(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetString(3), reader.GetFieldValue<DateOnly>(4),
                Enum.Parse<DestinataireEtape>(reader.GetString(5)),
                await reader.IsDBNullAsync(6, cancellationToken) ? null : reader.GetGuid(6),
                await reader.IsDBNullAsync(7, cancellationToken) ? null : reader.GetString(7)));
        }

        return claimed;
    }

    private async Task WriteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, List<EtapeDue> claimed, AnnuaireRelances annuaire, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var lines = new List<(Guid EtapeId, Guid CourrierId, string Destinataire)>();
        var told = new List<string>();
        foreach (var etape in claimed)
        {
            var recipients = annuaire.Resolve(etape.Destinataire, etape.AgentId, etape.ServiceCode);
            if (recipients.Count == 0)
            {
                LogNobodyToTell(etape.CourrierId, etape.Code);
            }

            told.Add(recipients.Count == 0 ? "personne à prévenir" : string.Join(", ", recipients));
            lines.AddRange(recipients.Select(r => (etape.Id, etape.CourrierId, r)));
        }

        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("UPDATE echeances.etapes SET etat = 'Declenchee', fired_at = $2 WHERE id = ANY($1)")
                {
                    Parameters = { new() { Value = claimed.ConvertAll(e => e.Id) }, new() { Value = now } },
                },
                new NpgsqlBatchCommand(
                    """
                    INSERT INTO echeances.lignes_relance (id, etape_id, courrier_id, destinataire, created_at)
                    SELECT id, etape_id, courrier_id, destinataire, $5 FROM unnest($1, $2, $3, $4) AS l(id, etape_id, courrier_id, destinataire)
                    ON CONFLICT (etape_id, destinataire) DO NOTHING
                    """)
                {
                    Parameters =
                    {
                        new() { Value = lines.ConvertAll(_ => Guid.CreateVersion7()) },
                        new() { Value = lines.ConvertAll(l => l.EtapeId) },
                        new() { Value = lines.ConvertAll(l => l.CourrierId) },
                        new() { Value = lines.ConvertAll(l => l.Destinataire), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                        new() { Value = now },
                    },
                },
                new NpgsqlBatchCommand(
                    """
                    INSERT INTO echeances.journal (occurred_at, acteur, action, courrier_id, objet, apres)
                    SELECT $4, $5, 'RelanceDeclenchee', courrier_id, objet, apres FROM unnest($1, $2, $3) AS j(courrier_id, objet, apres)
                    """)
                {
                    Parameters =
                    {
                        new() { Value = claimed.ConvertAll(e => e.CourrierId) },
                        new() { Value = claimed.ConvertAll(e => $"horloge:{e.HorlogeId}:{e.Code}:{e.DueOn:yyyy-MM-dd}") },
                        new() { Value = told },
                        new() { Value = now },
                        new() { Value = Acteur },
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Tells the other services, once per due date, that it has passed without an answer: up to <see cref="BatchSize"/> clocks.</summary>
    /// <returns>How many.</returns>
    public async Task<int> MissBatchAsync(DateOnly today, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
        var flux = scope.ServiceProvider.GetRequiredService<FluxEcheances>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var horloges = await db.Horloges
            .FromSql(
                $"""
                SELECT * FROM echeances.horloges
                WHERE kind = 'Reponse' AND closed_on IS NULL AND missed_at IS NULL AND due_on < {today}
                ORDER BY due_on LIMIT {BatchSize} FOR UPDATE SKIP LOCKED
                """)
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        if (horloges.Count == 0)
        {
            return 0;
        }

        var now = clock.GetUtcNow();
        await using var batch = new NpgsqlBatch((NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction)transaction.GetDbTransaction())
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("UPDATE echeances.horloges SET missed_at = $2 WHERE id = ANY($1)")
                {
                    Parameters = { new() { Value = horloges.ConvertAll(h => h.Id) }, new() { Value = now } },
                },
                new NpgsqlBatchCommand(
                    """
                    INSERT INTO echeances.journal (occurred_at, acteur, action, courrier_id, objet, apres)
                    SELECT $4, $5, $6, courrier_id, objet, apres FROM unnest($1, $2, $3) AS j(courrier_id, objet, apres)
                    """)
                {
                    Parameters =
                    {
                        new() { Value = horloges.ConvertAll(h => h.CourrierId) },
                        new() { Value = horloges.ConvertAll(h => $"horloge:{h.Id}") },
                        new() { Value = horloges.ConvertAll(h => h.Calcul) },
                        new() { Value = now },
                        new() { Value = Acteur },
                        new() { Value = nameof(EcheanceMissed) },
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        var courriers = horloges.ConvertAll(h => h.CourrierId);
        var silences = (await db.Horloges.AsNoTracking().Where(h => courriers.Contains(h.CourrierId) && h.Kind == KindEcheance.Silence).ToListAsync(cancellationToken))
            .ToLookup(h => h.CourrierId);
        var versions = await flux.NextVersionsAsync(courriers, cancellationToken);
        await db.Outbox.PublishAllAsync(
            horloges.ConvertAll(horloge => new EcheanceMissed
            {
                Source = FluxEcheances.Source,
                CourrierId = horloge.CourrierId,
                Version = versions[horloge.CourrierId],
                Etat = RecomputeHorloge.Published([horloge, .. silences[horloge.CourrierId]]),
            }),
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return horloges.Count;
    }

    private sealed record EtapeDue(
        Guid Id, Guid HorlogeId, Guid CourrierId, string Code, DateOnly DueOn, DestinataireEtape Destinataire, Guid? AgentId, string? ServiceCode);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} steps fired")]
    private partial void LogFired(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Courrier {CourrierId}: step {Code} fired with nobody to tell: create a supervisor's account")]
    private partial void LogNobodyToTell(Guid courrierId, string code);
}
