using System.Runtime.Versioning;

namespace SuiviCourrier.TestSupport.Brokers;

/// <summary>
/// Which transport the tests of this run go through: <c>COURRIER_TESTS_TRANSPORT</c>, <c>interne</c> unless it says <c>rabbitmq</c>. The
/// broker is started by the first test that needs it, and ends with the process.
/// </summary>
[UnsupportedOSPlatform("windows")]
public static class Transport
{
    private static readonly Lazy<Task<RabbitMqServer>> s_server = new(StartAsync);

    public static bool IsRabbitMq => Environment.GetEnvironmentVariable("COURRIER_TESTS_TRANSPORT") == "rabbitmq";

    /// <summary>The broker the tests of this process share, each in a virtual host of its own; not to be killed.</summary>
    public static Task<RabbitMqServer> SharedServerAsync() => s_server.Value;

    /// <param name="transport">Null: the one of this run.</param>
    /// <returns>Null when messages stay inside the process.</returns>
    internal static async Task<RabbitMqHost?> HostAsync(string? transport = null) =>
        (transport ?? (IsRabbitMq ? "rabbitmq" : "interne")) == "rabbitmq" ? await (await SharedServerAsync()).CreateHostAsync() : null;

    /// <summary>
    /// True when no delivery waits and none is being worked on, at three looks in a row: the broker does not count what a consumer has in
    /// hand, but a consumer at work is in a transaction.
    /// </summary>
    public static async Task<bool> IsIdleAsync(RabbitMqHost? broker, TestDatabase database)
    {
        for (var look = 0; broker is not null && look < 3; look++)
        {
            var atWork = await database.ScalarAsync<long>(
                """
                SELECT (SELECT count(*) FROM messagerie.outbox) + (SELECT count(*) FROM messagerie.livraisons)
                     + (SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle')
                """);
            if (atWork > 0 || (await broker.WaitingAsync()).Count > 0)
            {
                return false;
            }
        }

        return true;
    }

    private static async Task<RabbitMqServer> StartAsync()
    {
        var server = await RabbitMqServer.StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return server;
    }
}
