using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.TestSupport.Mail;

/// <summary>A real clamd on a free port of loopback. It knows one signature, of ours: the file everybody tries scanners with.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ClamdServer : IAsyncDisposable
{
    private readonly ServerFolder _folder = new("clamd");
    private ChildProcess? _process;

    private ClamdServer()
    {
    }

    /// <summary>The harmless file every scanner finds (eicar.org): in two halves, or a scanner would find it here.</summary>
    public static byte[] Eicar { get; } = Encoding.ASCII.GetBytes(@"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*");

    public static int MaxFileSize => 512 << 10;

    public int Port { get; } = FreePort.Next();

    public string Adresse => $"127.0.0.1:{Port}";

    public static async Task<ClamdServer> StartAsync()
    {
        var server = new ClamdServer();
        server._folder.Write("essai.ndb", $"Essai.Eicar:0:*:{Convert.ToHexStringLower(Eicar)}\n");
        server._folder.Write("clamd.conf", $"""
            Foreground yes
            DatabaseDirectory {server._folder.Path}
            TCPSocket {server.Port}
            TCPAddr 127.0.0.1
            {(ServerFolder.IsRoot ? "User root" : "")}
            AlertExceedsMax yes
            AlertEncrypted yes
            StreamMaxLength 1M
            MaxScanSize 1M
            MaxFileSize {MaxFileSize}

            """);
        await server.RestartAsync();
        return server;
    }

    public async Task StopAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
            _process = null;
        }
    }

    public async Task RestartAsync()
    {
        _process = ChildProcess.Start(ServerFolder.Program("COURRIER_TESTS_CLAMD", "/usr/sbin/clamd"), ["-c", Path.Combine(_folder.Path, "clamd.conf")]);
        await Eventually.EventuallyAsync("clamd never answered", async () =>
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"clamd stopped: {_process.Output}");
            }

            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", Port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }
}
