using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using MimeKit;

namespace SuiviCourrier.TestSupport.Mail;

/// <summary>What the sink does to one message instead of accepting it.</summary>
public enum SmtpFault
{
    None,

    /// <summary>451 to the sender: try again later.</summary>
    TemporaryRefusal,

    /// <summary>550 to the recipient: never.</summary>
    PermanentRefusal,

    /// <summary>554 after the final dot: never.</summary>
    ContentRefusal,

    /// <summary>452 after the final dot: try again later.</summary>
    ContentDeferral,

    /// <summary>The connection dies in the middle of the content: the message cannot have been accepted.</summary>
    CutBeforeDot,

    /// <summary>The message is kept, as if accepted, and the connection dies before the reply.</summary>
    CutAfterDotKept,

    /// <summary>The message is not kept, and the connection dies before the reply.</summary>
    CutAfterDotLost,

    /// <summary>The message is kept, the reply comes after <see cref="SmtpSink.Slowness"/>.</summary>
    SlowReply,
}

/// <summary>A message the sink has kept.</summary>
/// <param name="Sender">Envelope sender; empty for the null return path.</param>
public sealed record SmtpReceived(string Sender, IReadOnlyList<string> Recipients, byte[] Content)
{
    public MimeMessage Message
    {
        get
        {
            using var content = new MemoryStream(Content);
            return MimeMessage.Load(content);
        }
    }
}

/// <summary>
/// Our own SMTP server for what no real server does on demand: cuts at a chosen phase, refusals, slowness. What it accepts is on disk
/// before it says 250, so that "accepted" means something while processes are being killed.
/// </summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly TestCertificate? _certificate;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<SmtpFault> _next = new();
    private readonly ConcurrentQueue<SmtpReceived> _received = new();
    private readonly ConcurrentDictionary<Task, bool> _conversations = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("courrier-smtp-");
    private readonly Task _accepting;
    private readonly ConcurrentDictionary<string, long> _firstNamed = new();
    private int _connections;
    private int _contentsStarted;
    private int _number;

    private SmtpSink(bool withTls)
    {
        _certificate = withTls ? new TestCertificate() : null;
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public string Host => "127.0.0.1";

    public int Port { get; }

    /// <summary>SHA-256 of its certificate, in hexadecimal; null without TLS.</summary>
    public string? Empreinte => _certificate?.Empreinte;

    /// <summary>Chooses what happens to a message when none was announced with <see cref="FailNext"/>; may be random.</summary>
    public Func<SmtpFault> Usually { get; set; } = () => SmtpFault.None;

    public TimeSpan Slowness { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Refuses each recipient for this long after it was first named, as servers do against spam; null: no.</summary>
    public TimeSpan? Greylisting { get; set; }

    /// <summary>Answers STARTTLS with a refusal, as a server without a usable certificate does.</summary>
    public bool RefusesTls { get; set; }

    /// <summary>User and password it demands; null: nobody signs in.</summary>
    public (string User, string Password)? Account { get; set; }

    public IReadOnlyList<SmtpReceived> Received => [.. _received];

    /// <summary>Connections opened since the start.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>DATA commands answered with 354 since the start.</summary>
    public int ContentsStarted => Volatile.Read(ref _contentsStarted);

    /// <param name="withTls">Offers STARTTLS and refuses mail without it.</param>
    public static SmtpSink Start(bool withTls = false) => new(withTls);

    /// <summary>Configuration of the application that sends here.</summary>
    public Dictionary<string, string?> Settings() => new()
    {
        ["Courriel:Smtp:Hote"] = Host,
        ["Courriel:Smtp:Port"] = Port.ToString(),
        ["Courriel:Smtp:Securite"] = _certificate is null ? "Aucune" : "StartTls",
        ["Courriel:Smtp:EmpreinteCertificat"] = Empreinte,
    };

    /// <summary>The next messages meet these faults, one each, in this order.</summary>
    public void FailNext(params SmtpFault[] faults)
    {
        foreach (var fault in faults)
        {
            _next.Enqueue(fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_conversations.Keys);
        _stopping.Dispose();
        _certificate?.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                Interlocked.Increment(ref _connections);
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
        using (client)
        {
            try
            {
                await new Conversation(this, client.GetStream()).RunAsync(_stopping.Token);
            }
            catch (Exception failure) when (failure is IOException or OperationCanceledException or SocketException)
            {
                // The client is gone, killed in the middle of a word perhaps: that is what this server is for.
            }
        }
    }

    private SmtpFault NextFault() => _next.TryDequeue(out var fault) ? fault : Usually();

    private void Keep(SmtpReceived message)
    {
        var path = Path.Combine(_folder.FullName, $"{Interlocked.Increment(ref _number):000000}.eml");
        using (var file = File.Create(path))
        {
            file.Write(message.Content);
            file.Flush(flushToDisk: true);
        }

        _received.Enqueue(message);
    }

    private sealed class Conversation(SmtpSink sink, Stream stream)
    {
        private readonly List<string> _recipients = [];
        private Lines _lines = new(stream);
        private string? _sender;
        private SmtpFault _fault;
        private bool _isEncrypted;
        private bool _isSignedIn;

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            await ReplyAsync("220 localhost ESMTP", cancellationToken);
            while (await _lines.ReadAsync(cancellationToken) is { } bytes)
            {
                var line = Encoding.UTF8.GetString(bytes).TrimEnd('\r', '\n');
                if (!await HandleAsync(line, cancellationToken))
                {
                    return;
                }
            }
        }

        /// <returns>False when the connection ends here.</returns>
        private async Task<bool> HandleAsync(string line, CancellationToken cancellationToken)
        {
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO" or "HELO":
                    Reset();
                    await ReplyAsync(Greeting(), cancellationToken);
                    return true;
                case "STARTTLS" when sink.RefusesTls:
                    await ReplyAsync("454 4.7.0 TLS not available", cancellationToken);
                    return true;
                case "STARTTLS" when sink._certificate is not null && !_isEncrypted:
                    await ReplyAsync("220 go ahead", cancellationToken);
                    var encrypted = new SslStream(_lines.Stream);
                    await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = sink._certificate.Certificate }, cancellationToken);
                    (_lines, _isEncrypted) = (new Lines(encrypted), true);
                    return true;
                case "AUTH":
                    await SignInAsync(line, cancellationToken);
                    return true;
                case "MAIL" when sink._certificate is not null && !_isEncrypted:
                    await ReplyAsync("530 5.7.0 must issue a STARTTLS command first", cancellationToken);
                    return true;
                case "MAIL" when sink.Account is not null && !_isSignedIn:
                    await ReplyAsync("530 5.7.0 authentication required", cancellationToken);
                    return true;
                case "MAIL":
                    Reset();
                    _fault = sink.NextFault();
                    _sender = Address(line);
                    await ReplyAsync(_fault is SmtpFault.TemporaryRefusal ? "451 4.3.0 try again later" : "250 2.1.0 ok", cancellationToken);
                    return true;
                case "RCPT" when _sender is not null:
                    if (_fault is SmtpFault.PermanentRefusal)
                    {
                        await ReplyAsync("550 5.1.1 nobody of this name here", cancellationToken);
                        return true;
                    }

                    if (sink.Greylisting is { } wait
                        && Stopwatch.GetElapsedTime(sink._firstNamed.GetOrAdd(Address(line), _ => Stopwatch.GetTimestamp())) < wait)
                    {
                        await ReplyAsync("451 4.7.1 greylisted, come back later", cancellationToken);
                        return true;
                    }

                    _recipients.Add(Address(line));
                    await ReplyAsync("250 2.1.5 ok", cancellationToken);
                    return true;
                case "DATA" when _recipients.Count > 0:
                    return await ReceiveAsync(cancellationToken);
                case "RSET":
                    Reset();
                    await ReplyAsync("250 2.0.0 ok", cancellationToken);
                    return true;
                case "NOOP":
                    await ReplyAsync("250 2.0.0 ok", cancellationToken);
                    return true;
                case "QUIT":
                    await ReplyAsync("221 2.0.0 bye", cancellationToken);
                    return false;
                case "RCPT" or "DATA":
                    await ReplyAsync("503 5.5.1 bad sequence of commands", cancellationToken);
                    return true;
                default:
                    await ReplyAsync("502 5.5.2 command not implemented", cancellationToken);
                    return true;
            }
        }

        private async Task<bool> ReceiveAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref sink._contentsStarted);
            await ReplyAsync("354 end with <CRLF>.<CRLF>", cancellationToken);
            if (_fault is SmtpFault.CutBeforeDot)
            {
                await _lines.ReadAsync(cancellationToken);
                return false;
            }

            using var content = new MemoryStream();
            while (true)
            {
                if (await _lines.ReadAsync(cancellationToken) is not { } line)
                {
                    return false;
                }

                if (line.AsSpan().SequenceEqual(".\r\n"u8))
                {
                    break;
                }

                content.Write(line[0] == '.' ? line.AsSpan(1) : line);
            }

            var isKept = _fault is SmtpFault.None or SmtpFault.CutAfterDotKept or SmtpFault.SlowReply;
            if (isKept)
            {
                sink.Keep(new SmtpReceived(_sender!, [.. _recipients], content.ToArray()));
            }

            if (_fault is SmtpFault.CutAfterDotKept or SmtpFault.CutAfterDotLost)
            {
                return false;
            }

            if (_fault is SmtpFault.SlowReply)
            {
                await Task.Delay(sink.Slowness, cancellationToken);
            }

            await ReplyAsync(
                _fault switch
                {
                    SmtpFault.ContentRefusal => "554 5.6.0 content refused",
                    SmtpFault.ContentDeferral => "452 4.3.1 try again later",
                    _ => $"250 2.0.0 kept as {sink._number}",
                },
                cancellationToken);
            Reset();
            return true;
        }

        private async Task SignInAsync(string line, CancellationToken cancellationToken)
        {
            var parts = line.Split(' ');
            string given;
            if (parts is [_, "PLAIN", var initial])
            {
                given = Decode(initial);
            }
            else if (parts is [_, "PLAIN"])
            {
                given = Decode(await AskAsync("334 ", cancellationToken));
            }
            else
            {
                given = $"\0{Decode(await AskAsync("334 VXNlcm5hbWU6", cancellationToken))}\0{Decode(await AskAsync("334 UGFzc3dvcmQ6", cancellationToken))}";
            }

            _isSignedIn = sink.Account is { } account && given.EndsWith($"\0{account.User}\0{account.Password}", StringComparison.Ordinal);
            await ReplyAsync(_isSignedIn ? "235 2.7.0 welcome" : "535 5.7.8 wrong user or password", cancellationToken);
        }

        private async Task<string> AskAsync(string question, CancellationToken cancellationToken)
        {
            await ReplyAsync(question, cancellationToken);
            return Encoding.UTF8.GetString(await _lines.ReadAsync(cancellationToken) ?? throw new IOException("the client hung up")).TrimEnd('\r', '\n');
        }

        private string Greeting()
        {
            var lines = new List<string> { "localhost", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "SIZE 209715200" };
            if (sink._certificate is not null && !_isEncrypted)
            {
                lines.Add("STARTTLS");
            }

            if (sink.Account is not null)
            {
                lines.Add("AUTH PLAIN LOGIN");
            }

            return string.Join("\r\n", lines.Select((l, i) => (i == lines.Count - 1 ? "250 " : "250-") + l));
        }

        private void Reset()
        {
            _sender = null;
            _fault = SmtpFault.None;
            _recipients.Clear();
        }

        private Task ReplyAsync(string reply, CancellationToken cancellationToken) =>
            _lines.WriteAsync(Encoding.UTF8.GetBytes(reply + "\r\n"), cancellationToken);

        private static string Address(string line)
        {
            var from = line.IndexOf('<', StringComparison.Ordinal);
            var to = line.IndexOf('>', StringComparison.Ordinal);
            return from >= 0 && to > from ? line[(from + 1)..to] : string.Empty;
        }

        private static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
    }
}
