using System.Diagnostics;
using Npgsql;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.Host.Serve;

/// <summary>
/// With the transport <c>interne</c>, facts go from one process to itself: one process per database, held by a lock of the session,
/// which falls with the process. Processes that share a broker share the lock, and keep an <c>interne</c> one out.
/// </summary>
internal sealed class TransportLock(string connectionString, bool isShared) : IAsyncDisposable
{
    private const long Key = 0x696E7465726E65; // "interne"
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_watch = TimeSpan.FromSeconds(10);

    private NpgsqlConnection? _connection;

    /// <summary>The server takes a moment to notice that a killed process is gone.</summary>
    public static async Task<TransportLock?> TryTakeAsync(ConnectionStrings connectionStrings, bool isShared, CancellationToken cancellationToken)
    {
        var taken = new TransportLock(
            new NpgsqlConnectionStringBuilder(connectionStrings.Courrier) { Pooling = false, ApplicationName = "courrier_transport" }.ConnectionString, isShared);
        var watch = Stopwatch.StartNew();
        while (!await taken.TakeAsync(cancellationToken))
        {
            if (watch.Elapsed > s_patience)
            {
                await taken.DisposeAsync();
                return null;
            }

            await Task.Delay(100, cancellationToken);
        }

        return taken;
    }

    /// <summary>Takes it again after a cut of the database; returns when another process has taken it meanwhile.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(s_watch, cancellationToken);
            try
            {
                await using var command = new NpgsqlCommand("SELECT 1", _connection);
                await command.ExecuteScalarAsync(cancellationToken);
            }
            catch (Exception cut) when (cut is NpgsqlException or InvalidOperationException)
            {
                try
                {
                    if (!await TakeAsync(cancellationToken))
                    {
                        return;
                    }
                }
                catch (NpgsqlException)
                {
                    // The database is still away: the next look takes it again.
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    private async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        await DisposeAsync();
        _connection = new NpgsqlConnection(connectionString);
        await _connection.OpenAsync(cancellationToken);
        var sql = isShared ? "SELECT pg_try_advisory_lock_shared($1)" : "SELECT pg_try_advisory_lock($1)";
        await using var command = new NpgsqlCommand(sql, _connection) { Parameters = { new() { Value = Key } } };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
