using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SuiviCourrier.TestSupport.Mail;

namespace SuiviCourrier.ServiceDefaults.Tests.Courriels;

/// <summary>A message as it was accepted: envelope and exact bytes.</summary>
public sealed record AcceptedMail(string From, IReadOnlyList<string> Recipients, byte[] Bytes)
{
    public string Text => Encoding.Latin1.GetString(Bytes);
}

/// <summary>
/// An SMTP server that answers, refuses or hangs up where the test says: real servers cannot be told to die between the final dot
/// and their reply.
/// </summary>
public sealed class ScriptedSmtpServer : IAsyncDisposable
{
    /// <summary>Answer that hangs up instead of answering.</summary>
    public const string HangUp = "";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private readonly ConcurrentDictionary<string, int> _seen = new();

    public ScriptedSmtpServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Given a phase (EHLO, MAIL, RCPT, DATA, BODY, DOT) and how often it has come (from 1): the answer; null for the usual one.</summary>
    public Func<string, int, Task<string?>> Answer { get; set; } = (_, _) => Task.FromResult<string?>(null);

    public ConcurrentQueue<AcceptedMail> Accepted { get; } = new();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Seen(string phase) => _seen.GetValueOrDefault(phase);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await ConverseAsync(new Lines(client.GetStream()));
            }
            catch (Exception end) when (end is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client has gone.
            }
        }
    }

    private async Task ConverseAsync(Lines lines)
    {
        var from = string.Empty;
        var recipients = new List<string>();
        await SendAsync(lines, "220 essai");
        while (await ReadLineAsync(lines) is { } line)
        {
            var verb = line.Split(' ')[0].ToUpperInvariant();
            var answer = await AnswerToAsync(verb);
            if (answer is HangUp)
            {
                return;
            }

            switch (verb)
            {
                case "EHLO":
                    await SendAsync(lines, answer ?? "250 essai");
                    break;
                case "MAIL":
                    from = line["MAIL FROM:".Length..].Trim();
                    recipients.Clear();
                    await SendAsync(lines, answer ?? "250 ok");
                    break;
                case "RCPT":
                    recipients.Add(line["RCPT TO:".Length..].Trim());
                    await SendAsync(lines, answer ?? "250 ok");
                    break;
                case "DATA":
                    await SendAsync(lines, answer ?? "354 go on");
                    if (answer is not null)
                    {
                        break;
                    }

                    if (await AnswerToAsync("BODY") is HangUp)
                    {
                        for (var read = 0; read < 1000;)
                        {
                            read += (await lines.ReadAsync(_stopping.Token))!.Length;
                        }

                        return;
                    }

                    var bytes = await ReadBodyAsync(lines);
                    var end = await AnswerToAsync("DOT");
                    if (end is null or HangUp)
                    {
                        Accepted.Enqueue(new AcceptedMail(from, [.. recipients], bytes));
                    }

                    if (end is HangUp)
                    {
                        return;
                    }

                    await SendAsync(lines, end ?? "250 2.0.0 accepted");
                    break;
                case "QUIT":
                    await SendAsync(lines, "221 bye");
                    return;
                default:
                    await SendAsync(lines, answer ?? "250 ok");
                    break;
            }
        }
    }

    private Task<string?> AnswerToAsync(string phase) => Answer(phase, _seen.AddOrUpdate(phase, 1, (_, n) => n + 1));

    private Task SendAsync(Lines lines, string line) => lines.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), _stopping.Token);

    private async Task<string?> ReadLineAsync(Lines lines) =>
        await lines.ReadAsync(_stopping.Token) is { } bytes ? Encoding.Latin1.GetString(bytes, 0, bytes.Length - 1).TrimEnd('\r') : null;

    private async Task<byte[]> ReadBodyAsync(Lines lines)
    {
        var body = new MemoryStream();
        while (await ReadLineAsync(lines) is { } line && line is not ".")
        {
            body.Write(Encoding.Latin1.GetBytes((line.StartsWith('.') ? line[1..] : line) + "\r\n"));
        }

        return body.ToArray();
    }
}
