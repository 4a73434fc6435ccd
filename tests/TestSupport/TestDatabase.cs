using Npgsql;
using SuiviCourrier.Host.Embedded;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.TestSupport;

/// <summary>
/// A database of its own for a fixture, copied from a template migrated once per run, on the server named by
/// <c>COURRIER_TESTS_POSTGRES</c> (a superuser's connection string), or on a throw-away server of this run.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly SemaphoreSlim s_templating = new(1, 1);
    private static readonly Lazy<string> s_throwAway = new(StartThrowAwayServer);
    private static string? s_template;

    private readonly bool _goesWithItsServer;

    private TestDatabase(ConnectionStrings connectionStrings, bool goesWithItsServer)
    {
        ConnectionStrings = connectionStrings;
        _goesWithItsServer = goesWithItsServer;
    }

    public string Name => new NpgsqlConnectionStringBuilder(ConnectionStrings.Migration).Database!;

    public ConnectionStrings ConnectionStrings { get; }

    /// <param name="migrateAsync">Brings an empty database to the current version; run once per process.</param>
    public static async Task<TestDatabase> CreateAsync(Func<ConnectionStrings, Task> migrateAsync)
    {
        await s_templating.WaitAsync();
        try
        {
            if (s_template is null)
            {
                var template = $"courrier_modele_{Guid.NewGuid():N}";
                await ExecuteAsync($"CREATE DATABASE {template}");
                await migrateAsync(For(template));
                NpgsqlConnection.ClearAllPools();
                s_template = template;
                if (!s_throwAway.IsValueCreated)
                {
                    AppDomain.CurrentDomain.ProcessExit += (_, _) => ExecuteAsync($"DROP DATABASE IF EXISTS {template} WITH (FORCE)").GetAwaiter().GetResult();
                }
            }

            var name = $"courrier_test_{Guid.NewGuid():N}";
            await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {s_template}");
            return new TestDatabase(For(name), goesWithItsServer: false);
        }
        finally
        {
            s_templating.Release();
        }
    }

    /// <summary>The database of a server of the test's own, which may be killed; it goes with its server.</summary>
    public static async Task<TestDatabase> OnAsync(EmbeddedPostgres server, Func<ConnectionStrings, Task> migrateAsync)
    {
        await migrateAsync(server.ConnectionStrings);
        return new TestDatabase(server.ConnectionStrings, goesWithItsServer: true);
    }

    /// <summary>One value, read as the owner of the database: the tests look at what is stored, not at what the application says.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(ConnectionStrings.Migration);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return await command.ExecuteScalarAsync() is T found ? found : default;
    }

    /// <summary>The first column of each row, as text.</summary>
    public async Task<IReadOnlyList<string>> RowsAsync(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(ConnectionStrings.Migration);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (!_goesWithItsServer)
        {
            await ExecuteAsync($"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
        }
    }

    private static string Server => Environment.GetEnvironmentVariable("COURRIER_TESTS_POSTGRES") ?? s_throwAway.Value;

    private static string StartThrowAwayServer()
    {
        var installation = new EmbeddedFolder();
        var server = EmbeddedPostgres.StartAsync(installation.Folder, CancellationToken.None).GetAwaiter().GetResult();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
            installation.DisposeAsync().AsTask().GetAwaiter().GetResult();
        };
        return server.ConnectionStrings.Migration;
    }

    private static ConnectionStrings For(string database) =>
        new(new NpgsqlConnectionStringBuilder(Server) { Database = database, MaxPoolSize = 20 }.ConnectionString);

    private static async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
