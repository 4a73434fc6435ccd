using Microsoft.AspNetCore.Builder;
using Npgsql;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Benchmarks;

/// <summary>
/// The application in this process without its workers, and a bare connection to the same database. Its PostgreSQL is started for the run
/// on a port and folder of its own, flushes to the disk at every commit, and stops with the program.
/// </summary>
internal sealed class Bench : IAsyncDisposable
{
    private Bench(RunningCourrier courrier, NpgsqlConnection connection)
    {
        Courrier = courrier;
        Connection = connection;
    }

    public RunningCourrier Courrier { get; }

    /// <summary>As the owner of the database: no role, no pool.</summary>
    public NpgsqlConnection Connection { get; }

    public static async Task<Bench> StartAsync(
        IReadOnlyDictionary<string, string?>? settings = null, ServiceRoles roles = ServiceRoles.None, string transport = "interne", Action<WebApplicationBuilder>? configure = null)
    {
        var quiet = new Dictionary<string, string?>(settings ?? new Dictionary<string, string?>()) { ["Logging:LogLevel:Default"] = "Error" };
        var courrier = await RunningCourrier.StartAsync(quiet, configure, roles, transport);
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(courrier.Database.ConnectionStrings.Migration) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        var bench = new Bench(courrier, connection);
        if (await bench.ScalarAsync<string>("SELECT concat_ws(' ', current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes'))") != "on on on")
        {
            throw new InvalidOperationException("This PostgreSQL does not flush what it commits: its figures would mean nothing");
        }

        return bench;
    }

    public async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task<int> ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync();
    }

    public async Task<List<Guid>> IdsAsync(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<Guid>();
        while (await reader.ReadAsync())
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await Courrier.DisposeAsync();
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, Connection) { CommandTimeout = 120 };
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
