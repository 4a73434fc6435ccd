using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace SuiviCourrier.ServiceDefaults.Data;

/// <summary>
/// Several statements sent together and answered together: what has more than one thing to ask before it decides waits once. They run in the order
/// in which they were added, inside the transaction of the context when it has one; each sees what was committed while the one before it waited.
/// </summary>
public sealed class RoundTrip
{
    private static readonly object[] s_numbers = [.. Enumerable.Range(1, 32).Select(n => string.Create(CultureInfo.InvariantCulture, $"${n}"))];

    private readonly List<NpgsqlBatchCommand> _statements = [];
    private readonly List<Action<NpgsqlDataReader>> _readers = [];

    /// <summary>A statement that returns nothing.</summary>
    /// <param name="sql">Its holes become parameters, none of them null.</param>
    public void Do(FormattableString sql)
    {
        var statement = new NpgsqlBatchCommand(string.Format(CultureInfo.InvariantCulture, sql.Format, s_numbers.AsSpan(0, sql.ArgumentCount)));
        foreach (var value in sql.GetArguments())
        {
            statement.Parameters.Add(new NpgsqlParameter { Value = value ?? throw new ArgumentException("PostgreSQL cannot tell the type of a null", nameof(sql)) });
        }

        _statements.Add(statement);
    }

    /// <summary>A statement that returns rows.</summary>
    /// <param name="sql">Its holes become parameters, none of them null.</param>
    /// <param name="read">Called for each row, when the answer has come.</param>
    public void Ask(FormattableString sql, Action<NpgsqlDataReader> read)
    {
        Do(sql);
        _readers.Add(read);
    }

    /// <summary>Sends them all, once; nothing is sent when there is nothing to ask.</summary>
    public async Task ExecuteAsync(DbContext db, CancellationToken cancellationToken)
    {
        if (_statements.Count == 0)
        {
            return;
        }

        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var batch = new NpgsqlBatch(
                (NpgsqlConnection)db.Database.GetDbConnection(), db.Database.CurrentTransaction?.GetDbTransaction() as NpgsqlTransaction);
            _statements.ForEach(batch.BatchCommands.Add);
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            foreach (var read in _readers)
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    read(reader);
                }

                // Goes to the next statement that returns rows; beyond the last one, says what the others were refused for.
                await reader.NextResultAsync(cancellationToken);
            }
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }
}
