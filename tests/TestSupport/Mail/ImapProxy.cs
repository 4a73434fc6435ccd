using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SuiviCourrier.TestSupport.Mail;

/// <summary>What the proxy does with one command of the client.</summary>
public enum ImapFault
{
    None,

    /// <summary>The connection dies before the server has heard the command.</summary>
    CutBefore,

    /// <summary>The server obeys, the connection dies before its answer.</summary>
    CutAfter,

    /// <summary>Neither forwarded nor answered: whoever waits for it can be killed.</summary>
    Hold,

    /// <summary>Answered NO; the server never hears it.</summary>
    Refuse,
}

/// <summary>
/// Stands between the application and a real IMAP server, without TLS: cuts, holds or refuses chosen commands, and hides capabilities.
/// </summary>
public sealed class ImapProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, bool> _conversations = new();
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly int _serverPort;
    private readonly Task _accepting;

    private ImapProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Chooses by the command as the client wrote it, without its tag: <c>UID MOVE 3:5 "Trait&amp;AOk-s"</c>.</summary>
    public Func<string, ImapFault> Decide { get; set; } = _ => ImapFault.None;

    /// <summary>Bytes of the server's answers let through at a time, a tenth of a second apart; null for all at once.</summary>
    public int? Drip { get; init; }

    /// <summary>Capabilities the client never hears of.</summary>
    public IReadOnlyList<string> Hidden { get; init; } = [];

    /// <summary>Every command heard, without its tag.</summary>
    public IReadOnlyList<string> Commands => [.. _commands];

    public static ImapProxy Start(DovecotServer server, params string[] hidden) => new(server.Port) { Hidden = hidden };

    public static ImapProxy StartSlow(DovecotServer server, int drip) => new(server.Port) { Drip = drip };

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_conversations.Keys);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var conversation = ConverseAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
                _conversations[conversation] = true;
                _ = conversation.ContinueWith(done => _conversations.TryRemove(done, out _), TaskScheduler.Default);
            }
            catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ConverseAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _serverPort, end.Token);
                var silenced = new Silence();
                var forth = ForwardCommandsAsync(client.GetStream(), server.GetStream(), silenced, end.Token);
                var back = ForwardAnswersAsync(server.GetStream(), client.GetStream(), silenced, end.Token);
                await Task.WhenAny(forth, back);
                await end.CancelAsync();
                client.Close();
                server.Close();
                await Task.WhenAll(forth, back);
            }
            catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One of the two is gone.
            }
        }
    }

    private async Task ForwardCommandsAsync(NetworkStream client, NetworkStream server, Silence silenced, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(client, Encoding.Latin1, leaveOpen: true);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var tag = line.Split(' ')[0];
            var command = line.Length > tag.Length ? line[(tag.Length + 1)..] : line;
            _commands.Enqueue(command);
            var bytes = Encoding.Latin1.GetBytes(line + "\r\n");
            switch (Decide(command))
            {
                case ImapFault.None:
                    await server.WriteAsync(bytes, cancellationToken);
                    break;
                case ImapFault.CutBefore:
                    return;
                case ImapFault.CutAfter:
                    silenced.Tag = tag;
                    await server.WriteAsync(bytes, cancellationToken);
                    break;
                case ImapFault.Hold:
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                    return;
                case ImapFault.Refuse:
                    await client.WriteAsync(Encoding.Latin1.GetBytes($"{tag} NO [OVERQUOTA] refused\r\n"), cancellationToken);
                    break;
            }
        }
    }

    private async Task ForwardAnswersAsync(NetworkStream server, NetworkStream client, Silence silenced, CancellationToken cancellationToken)
    {
        var buffer = new byte[Drip ?? (64 << 10)];
        int read;
        while ((read = await server.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (silenced.Tag is not null)
            {
                return; // the server has obeyed: its answer ends here
            }

            foreach (var capability in Hidden)
            {
                var word = Encoding.ASCII.GetBytes(" " + capability);
                for (var at = buffer.AsSpan(0, read).IndexOf(word); at >= 0; at = buffer.AsSpan(0, read).IndexOf(word))
                {
                    buffer.AsSpan(at + 1, capability.Length).Fill((byte)'X');
                }
            }

            await client.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            if (Drip is not null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }
        }
    }

    private sealed class Silence
    {
        public volatile string? Tag;
    }
}
