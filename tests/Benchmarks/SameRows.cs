using Npgsql;

namespace SuiviCourrier.Benchmarks;

/// <summary>
/// The rows one of our operations has written, to be written again by bare prepared statements: the same tables, columns and values,
/// with other identifiers. That is what the operation cannot be faster than.
/// </summary>
internal sealed class SameRows
{
    private readonly NpgsqlBatch _batch;
    private readonly List<(NpgsqlParameter Parameter, string Column, object Original)> _values;

    private SameRows(NpgsqlBatch batch, List<(NpgsqlParameter, string, object)> values)
    {
        _batch = batch;
        _values = values;
    }

    /// <param name="connection">Open, of the benchmark alone.</param>
    /// <param name="before">Statements of the same round trip, without parameters.</param>
    /// <param name="rows">Tables in the order of their foreign keys, each with the condition that finds what the operation wrote.</param>
    public static async Task<SameRows> ReadAsync(
        NpgsqlConnection connection, Guid courrierId, IReadOnlyList<(string Table, string Condition)> rows, params string[] before)
    {
        var batch = new NpgsqlBatch(connection);
        foreach (var statement in before)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        }

        var values = new List<(NpgsqlParameter, string, object)>();
        foreach (var (table, condition) in rows)
        {
            var columns = await ColumnsAsync(connection, table);
            await using var select = new NpgsqlCommand($"SELECT {string.Join(", ", columns)} FROM {table} WHERE {condition}", connection)
            {
                Parameters = { new() { Value = courrierId } },
            };
            await using var reader = await select.ExecuteReaderAsync();
            var found = 0;
            for (; await reader.ReadAsync(); found++)
            {
                var insert = new NpgsqlBatchCommand(
                    $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select((_, at) => $"${at + 1}"))})");
                for (var at = 0; at < columns.Count; at++)
                {
                    var parameter = new NpgsqlParameter { DataTypeName = reader.GetDataTypeName(at), Value = reader.GetValue(at) };
                    insert.Parameters.Add(parameter);
                    values.Add((parameter, columns[at], parameter.Value!));
                }

                batch.BatchCommands.Add(insert);
            }

            if (found == 0)
            {
                throw new InvalidOperationException($"The operation wrote nothing into {table}");
            }
        }

        await batch.PrepareAsync();
        return new SameRows(batch, values);
    }

    /// <summary>Writes them once more, inside the caller's transaction.</summary>
    /// <param name="change">What else than identifiers must be new: given a column, its new value, or null to keep the old one.</param>
    public async Task WriteAsync(NpgsqlTransaction transaction, Func<string, object?>? change = null)
    {
        var renewed = new Dictionary<Guid, Guid>();
        foreach (var (parameter, column, original) in _values)
        {
            parameter.Value = change?.Invoke(column) ?? (original is Guid id
                ? renewed.TryGetValue(id, out var known) ? known : renewed[id] = Guid.CreateVersion7()
                : original);
        }

        _batch.Transaction = transaction;
        await _batch.ExecuteNonQueryAsync();
    }

    private static async Task<List<string>> ColumnsAsync(NpgsqlConnection connection, string table)
    {
        await using var command = new NpgsqlCommand(
            "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = '' ORDER BY attnum",
            connection)
        {
            Parameters = { new() { Value = table } },
        };
        await using var reader = await command.ExecuteReaderAsync();
        var columns = new List<string>();
        while (await reader.ReadAsync())
        {
            columns.Add(reader.GetString(0));
        }

        return columns;
    }
}
