using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Idempotence;

/// <summary>Keeps the answers of requests in the caller's transaction, with their effect.</summary>
public sealed class ClesIdempotence(ServiceDbContext db)
{
    /// <summary>Longest key, in characters.</summary>
    public const int MaxLength = 200;

    /// <summary>
    /// Until the current transaction ends, this request is alone under its key: a twin sent meanwhile waits, and then sees what came of this
    /// one. One round trip: the second statement sees what was committed while the first waited.
    /// </summary>
    /// <returns>What the key has got before; null when it is new.</returns>
    /// <exception cref="InvalidOperationException">There is no transaction.</exception>
    public async Task<CleIdempotence?> TakeAsync(string appelant, string cle, CancellationToken cancellationToken)
    {
        var transaction = db.Database.CurrentTransaction?.GetDbTransaction() as NpgsqlTransaction
            ?? throw new InvalidOperationException("A key is taken inside the transaction of the effect");
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
                {
                    Parameters = { new() { Value = $"idempotence:{appelant}:{cle}" } },
                },
                new NpgsqlBatchCommand("SELECT empreinte, statut, adresse, corps, created_at FROM messagerie.cles_idempotence WHERE appelant = $1 AND cle = $2")
                {
                    Parameters = { new() { Value = appelant }, new() { Value = cle } },
                },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return !await reader.ReadAsync(cancellationToken) ? null : new CleIdempotence
        {
            Appelant = appelant,
            Cle = cle,
            Empreinte = reader.GetFieldValue<byte[]>(0),
            Statut = reader.GetInt32(1),
            Adresse = await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetString(2),
            Corps = reader.GetFieldValue<byte[]>(3),
            CreatedAt = reader.GetFieldValue<DateTimeOffset>(4),
        };
    }

    /// <summary>Adds the answer to what the caller is about to save.</summary>
    public void Keep(CleIdempotence answered) => db.Set<CleIdempotence>().Add(answered);
}
