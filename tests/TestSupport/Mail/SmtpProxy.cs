using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace SuiviCourrier.TestSupport.Mail;

/// <summary>Where a conversation with an SMTP server stands when something happens to it.</summary>
public enum SmtpPhase
{
    /// <summary>Connected, the greeting of the server on its way.</summary>
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,

    /// <summary>A part of the content has gone through, the rest never will.</summary>
    MidText,

    /// <summary>The whole content has gone through, its final dot never will.</summary>
    BeforeDot,

    /// <summary>The server has the final dot; its reply never comes back.</summary>
    AfterDot,

    /// <summary>The reply to the final dot has gone through.</summary>
    AfterReply,
    Quit,
}

/// <summary>What the proxy does to a conversation at a phase.</summary>
public enum ProxyFault
{
    None,

    /// <summary>Both connections are reset.</summary>
    Cut,

    /// <summary>What comes next is late by <see cref="SmtpProxy.Slowness"/>.</summary>
    Slow,

    /// <summary>Nothing goes through any more, and nobody hangs up: a cable pulled out, a firewall that has forgotten.</summary>
    HalfOpen,
}

/// <summary>
/// Stands between the application and an SMTP server, follows the conversation, and breaks it at a chosen phase. It ends the encryption itself, so
/// that it sees all phases: the server behind it is reached without.
/// </summary>
public sealed class SmtpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TestCertificate _certificate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, bool> _conversations = new();
    private readonly ConcurrentQueue<(SmtpPhase Phase, ProxyFault Fault)> _met = new();
    private readonly int _serverPort;
    private readonly Task _accepting;

    private SmtpProxy(int serverPort)
    {
        _serverPort = serverPort;

        // A client that has written more than a few kilobytes beyond the cut waits: it cannot believe that all has gone through.
        _listener.Server.ReceiveBufferSize = 4096;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Asked once for each phase a conversation reaches.</summary>
    public Func<SmtpPhase, ProxyFault> Decide { get; set; } = _ => ProxyFault.None;

    public TimeSpan Slowness { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Refuses every connection while true, as a server that is down.</summary>
    public bool IsDown { get; set; }

    /// <summary>The faults that have happened.</summary>
    public IReadOnlyList<(SmtpPhase Phase, ProxyFault Fault)> Met => [.. _met];

    /// <param name="server">Without TLS.</param>
    public static SmtpProxy Start(SmtpSink server) => new(server.Port);

    /// <summary>Configuration of the application that sends through here.</summary>
    public Dictionary<string, string?> Settings() => new()
    {
        ["Courriel:Smtp:Hote"] = "127.0.0.1",
        ["Courriel:Smtp:Port"] = Port.ToString(),
        ["Courriel:Smtp:Securite"] = "StartTls",
        ["Courriel:Smtp:EmpreinteCertificat"] = _certificate.Empreinte,
    };

    public string Empreinte => _certificate.Empreinte;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_conversations.Keys);
        _stopping.Dispose();
        _certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                if (IsDown)
                {
                    Reset(client);
                    continue;
                }

                var conversation = ConverseAsync(client);
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
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stopping.Token);
                await new Conversation(this, client, server).RunAsync(_stopping.Token);
            }
            catch (CutException)
            {
                Reset(client);
                Reset(server);
            }
            catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One of the two is gone.
            }
        }
    }

    private static void Reset(TcpClient client)
    {
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Close();
    }

    private async Task MeetAsync(SmtpPhase phase, CancellationToken cancellationToken)
    {
        var fault = Decide(phase);
        if (fault == ProxyFault.None)
        {
            return;
        }

        _met.Enqueue((phase, fault));
        switch (fault)
        {
            case ProxyFault.Cut:
                throw new CutException();
            case ProxyFault.Slow:
                await Task.Delay(Slowness, cancellationToken);
                return;
            case ProxyFault.HalfOpen:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return;
        }
    }

    private sealed class CutException : Exception;

    /// <summary>One command, one reply, as SMTP goes without pipelining: the server behind does not offer it.</summary>
    private sealed class Conversation(SmtpProxy proxy, TcpClient client, TcpClient server)
    {
        private Lines _client = new(client.GetStream());
        private readonly Lines _server = new(server.GetStream());
        private bool _isEncrypted;

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            await proxy.MeetAsync(SmtpPhase.Greeting, cancellationToken);
            await ReplyAsync(cancellationToken);
            while (await _client.ReadAsync(cancellationToken) is { } line)
            {
                var verb = Encoding.ASCII.GetString(line).Split(' ', ':', '\r')[0].ToUpperInvariant();
                if (PhaseOf(verb) is { } phase)
                {
                    await proxy.MeetAsync(phase, cancellationToken);
                }

                if (verb == "STARTTLS" && !_isEncrypted)
                {
                    await EncryptAsync(cancellationToken);
                    continue;
                }

                await _server.WriteAsync(line, cancellationToken);
                var code = await ReplyAsync(cancellationToken, offersTls: verb == "EHLO" && !_isEncrypted);
                if (verb == "DATA" && code == '3')
                {
                    await ContentAsync(cancellationToken);
                }
                else if (verb == "QUIT")
                {
                    return;
                }
            }
        }

        private static SmtpPhase? PhaseOf(string verb) => verb switch
        {
            "EHLO" or "HELO" => SmtpPhase.Ehlo,
            "STARTTLS" => SmtpPhase.StartTls,
            "AUTH" => SmtpPhase.Auth,
            "MAIL" => SmtpPhase.Mail,
            "RCPT" => SmtpPhase.Rcpt,
            "DATA" => SmtpPhase.Data,
            "QUIT" => SmtpPhase.Quit,
            _ => null,
        };

        private async Task ContentAsync(CancellationToken cancellationToken)
        {
            var lines = 0;
            while (await _client.ReadAsync(cancellationToken) is { } line)
            {
                if (++lines == 5)
                {
                    await proxy.MeetAsync(SmtpPhase.MidText, cancellationToken);
                }

                if (!line.AsSpan().SequenceEqual(".\r\n"u8))
                {
                    await _server.WriteAsync(line, cancellationToken);
                    continue;
                }

                await proxy.MeetAsync(SmtpPhase.BeforeDot, cancellationToken);
                await _server.WriteAsync(line, cancellationToken);

                // The server has answered, so it has decided; the answer may stay here.
                var reply = await _server.ReadAsync(cancellationToken) ?? throw new CutException();
                await proxy.MeetAsync(SmtpPhase.AfterDot, cancellationToken);
                await _client.WriteAsync(reply, cancellationToken);

                // A reset may overtake what was written before it: the reply is given the time to be read.
                await Task.Delay(20, cancellationToken);
                await proxy.MeetAsync(SmtpPhase.AfterReply, cancellationToken);
                return;
            }
        }

        private async Task EncryptAsync(CancellationToken cancellationToken)
        {
            await _client.WriteAsync("220 go ahead\r\n"u8.ToArray(), cancellationToken);
            var encrypted = new SslStream(_client.Stream);
            await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = proxy._certificate.Certificate }, cancellationToken);
            (_client, _isEncrypted) = (new Lines(encrypted), true);
        }

        /// <summary>Brings one reply of the server, of one line or several.</summary>
        /// <returns>The first figure of its code.</returns>
        private async Task<char> ReplyAsync(CancellationToken cancellationToken, bool offersTls = false)
        {
            while (true)
            {
                var line = await _server.ReadAsync(cancellationToken) ?? throw new CutException();
                var isLast = line.Length < 4 || line[3] != '-';
                if (isLast && offersTls)
                {
                    await _client.WriteAsync("250-STARTTLS\r\n"u8.ToArray(), cancellationToken);
                }

                await _client.WriteAsync(line, cancellationToken);
                if (isLast)
                {
                    return (char)line[0];
                }
            }
        }
    }
}
