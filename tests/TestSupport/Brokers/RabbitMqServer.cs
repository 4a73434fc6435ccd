using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Text;
using NUnit.Framework;
using SuiviCourrier.TestSupport.Mail;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.TestSupport.Brokers;

/// <summary>A real RabbitMQ on free ports of loopback, with and without TLS, its data in a folder of its own; it may be killed and started again.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RabbitMqServer : IAsyncDisposable
{
    private readonly ServerFolder _folder = new("rabbitmq");
    private readonly TestCertificate _certificate = new();
    private readonly int _distributionPort = FreePort.Next();
    private readonly int _epmdPort = FreePort.Next();
    private readonly HttpClient _management;
    private ChildProcess? _process;

    private RabbitMqServer()
    {
        _management = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{ManagementPort}"), Timeout = TimeSpan.FromSeconds(10) };
        _management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("guest:guest"u8));
    }

    public int Port { get; } = FreePort.Next();

    public int TlsPort { get; } = FreePort.Next();

    /// <summary>SHA-256 of its certificate, in hexadecimal.</summary>
    public string Empreinte => _certificate.Empreinte;

    private int ManagementPort { get; } = FreePort.Next();

    public static async Task<RabbitMqServer> StartAsync()
    {
        var server = new RabbitMqServer();
        server._folder.Write("plugins", "[rabbitmq_management].\n");
        server._folder.Write("certificate.pem", server._certificate.CertificatePem);
        server._folder.Write("key.pem", server._certificate.KeyPem);
        server._folder.Write(
            "rabbitmq.conf",
            string.Create(CultureInfo.InvariantCulture, $"""
            listeners.ssl.1 = 127.0.0.1:{server.TlsPort}
            ssl_options.certfile = {server._folder.Path}/certificate.pem
            ssl_options.keyfile = {server._folder.Path}/key.pem
            management.tcp.ip = 127.0.0.1
            management.tcp.port = {server.ManagementPort}
            disk_free_limit.absolute = 50MB

            """));
        await server.RestartAsync();
        await server.SendAsync(HttpMethod.Put, $"/api/users/{RabbitMqHost.User}", new { password = RabbitMqHost.Password, tags = "" });
        return server;
    }

    /// <summary>Starts it again with what it has kept, after <see cref="StopAsync"/> or <see cref="KillAsync"/>.</summary>
    public async Task RestartAsync()
    {
        _process = ChildProcess.Start(ServerFolder.Program("COURRIER_TESTS_RABBITMQ", "/usr/lib/rabbitmq/bin/rabbitmq-server"), [], new Dictionary<string, string?>
        {
            ["HOME"] = _folder.Path,
            ["RABBITMQ_NODENAME"] = string.Create(CultureInfo.InvariantCulture, $"courrier{Port}@localhost"),
            ["RABBITMQ_NODE_PORT"] = Port.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_DIST_PORT"] = _distributionPort.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder.Path, "data"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder.Path, "log"),
            ["RABBITMQ_PID_FILE"] = PidFile,
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder.Path, "plugins"),
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder.Path, "rabbitmq"),
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["ERL_EPMD_PORT"] = _epmdPort.ToString(CultureInfo.InvariantCulture),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
        });
        await _process.UntilAnswersAsync(_management, "/api/health/checks/virtual-hosts");
    }

    /// <summary>A virtual host of its own, with the account and the policies of a real installation.</summary>
    public async Task<RabbitMqHost> CreateHostAsync()
    {
        var host = new RabbitMqHost(this, $"courrier-{Guid.NewGuid():N}");
        await host.CreateAsync();
        return host;
    }

    /// <summary>SIGKILL, in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        if (_process is null)
        {
            return;
        }

        if (File.Exists(PidFile) && int.TryParse(await File.ReadAllTextAsync(PidFile), out var pid))
        {
            await Kill("KILL", pid);
        }

        await _process.KillAsync();
        await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>SIGTERM: it closes its connections and puts everything away.</summary>
    public async Task StopAsync()
    {
        if (_process is not null)
        {
            await Kill("TERM", int.Parse(await File.ReadAllTextAsync(PidFile), CultureInfo.InvariantCulture));
            await _process.ExitAsync(TimeSpan.FromSeconds(60));
            await _process.DisposeAsync();
            _process = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await KillPortMapperAsync();
        _management.Dispose();
        _certificate.Dispose();
        _folder.Dispose();
    }

    /// <summary>The end of what it has written down.</summary>
    public async Task<string> LogAsync()
    {
        var lines = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder.Path, "log"), "*.log"))
        {
            lines.AddRange((await File.ReadAllLinesAsync(file)).TakeLast(300));
        }

        return string.Join('\n', lines);
    }

    internal async Task SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await _management.SendAsync(request);
        Assert.That(answer.IsSuccessStatusCode, Is.True, $"{method} {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    internal async Task<T> ReadAsync<T>(string path) => (await _management.GetFromJsonAsync<T>(path))!;

    private string PidFile => Path.Combine(_folder.Path, "pid");

    private static async Task Kill(string signal, int pid)
    {
        using var kill = System.Diagnostics.Process.Start("kill", [$"-{signal}", pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Erlang's port mapper goes into the background and outlives its node: it is known by the port we gave it.</summary>
    private async Task KillPortMapperAsync()
    {
        var mark = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"ERL_EPMD_PORT={_epmdPort}\0"));
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => int.TryParse(Path.GetFileName(f), out _)))
        {
            try
            {
                if ((await File.ReadAllTextAsync(Path.Combine(folder, "comm"))).Trim() == "epmd"
                    && (await File.ReadAllBytesAsync(Path.Combine(folder, "environ"))).AsSpan().IndexOf(mark) >= 0)
                {
                    await Kill("KILL", int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));
                }
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or is somebody else's.
            }
        }
    }
}
