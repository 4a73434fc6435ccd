using System.Globalization;
using System.Runtime.Versioning;
using System.Text.Json;
using RabbitMQ.Client;

namespace SuiviCourrier.TestSupport.Brokers;

/// <summary>One virtual host: what one installation of Courrier sees of a broker. Its policies are those of <c>deploy/rabbitmq</c>.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RabbitMqHost : IAsyncDisposable
{
    internal const string User = "courrier";
    internal const string Password = "un-mot-de-passe";
    private readonly RabbitMqServer _server;

    internal RabbitMqHost(RabbitMqServer server, string name) => (_server, Name) = (server, name);

    public string Name { get; }

    /// <summary>For the Host that is to use it.</summary>
    public Dictionary<string, string?> Settings(bool isTls = false) => new()
    {
        ["Messages:Transport"] = "rabbitmq",
        ["Messages:RabbitMq:Hote"] = "localhost",
        ["Messages:RabbitMq:Port"] = (isTls ? _server.TlsPort : _server.Port).ToString(CultureInfo.InvariantCulture),
        ["Messages:RabbitMq:HoteVirtuel"] = Name,
        ["Messages:RabbitMq:Utilisateur"] = User,
        ["Messages:RabbitMq:MotDePasse"] = Password,
        ["Messages:RabbitMq:Tls"] = isTls ? "true" : "false",
        ["Messages:RabbitMq:EmpreinteCertificat"] = isTls ? _server.Empreinte : null,
    };

    /// <summary>A connection of the administrator, to look into the queues and to put things there.</summary>
    public Task<IConnection> ConnectAsync() =>
        new ConnectionFactory { HostName = "127.0.0.1", Port = _server.Port, VirtualHost = Name, UserName = "guest", Password = "guest" }.CreateConnectionAsync();

    /// <summary>Messages waiting in each queue that has some; those a consumer is working on are not counted.</summary>
    public async Task<IReadOnlyDictionary<string, uint>> WaitingAsync()
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        var waiting = new Dictionary<string, uint>();
        foreach (var queue in await QueuesAsync())
        {
            var found = (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
            if (found > 0)
            {
                waiting[queue] = found;
            }
        }

        return waiting;
    }

    public async Task<IReadOnlyList<string>> QueuesAsync() => [.. (await DescribeAsync()).Select(q => q.GetProperty("name").GetString()!)];

    /// <summary>Name, arguments and policy of each queue, as the broker's administrator sees them.</summary>
    public async Task<IReadOnlyList<JsonElement>> DescribeAsync() => [.. (await _server.ReadAsync<JsonElement>($"/api/queues/{Name}")).EnumerateArray()];

    internal async Task CreateAsync()
    {
        using var definitions = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "rabbitmq", "definitions.json")));
        await _server.SendAsync(HttpMethod.Put, $"/api/vhosts/{Name}");
        await _server.SendAsync(HttpMethod.Put, $"/api/permissions/{Name}/{User}", new { configure = Rights, write = Rights, read = Rights });
        foreach (var policy in definitions.RootElement.GetProperty("policies").EnumerateArray())
        {
            await _server.SendAsync(HttpMethod.Put, $"/api/policies/{Name}/{policy.GetProperty("name").GetString()}", policy);
        }
    }

    /// <summary>As <c>deploy/README.md</c> gives them, and the queues of consumers that only tests have.</summary>
    private const string Rights = @"^(courrier|portail|echeances|ingestion|tests|essais)\..*$";

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _server.SendAsync(HttpMethod.Delete, $"/api/vhosts/{Name}");
        }
        catch (HttpRequestException)
        {
            // Its broker is down, and what it kept goes with it.
        }
    }
}
