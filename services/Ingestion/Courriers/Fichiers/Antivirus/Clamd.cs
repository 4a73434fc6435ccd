using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Antivirus;

/// <summary>What a scanner says of a content.</summary>
/// <param name="Signature">Its name for what it found, when it found something.</param>
public sealed record Verdict(AnalysePiece Etat, string? Signature = null);

/// <summary>No verdict: the scanner is away, slow, or says something else. Never means that a content is clean.</summary>
public sealed class AntivirusException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// A client of clamd (command INSTREAM, zero-terminated: clamd(8)). A content is clean on exactly <c>stream: OK</c>; every other answer is an infection, a content that
/// cannot be scanned, or no answer at all.
/// </summary>
public sealed class Clamd(IOptions<AntivirusOptions> options)
{
    private const int Chunk = 64 << 10;
    private const int MaxAnswer = 4 << 10;

    /// <exception cref="AntivirusException">No verdict.</exception>
    public async Task<Verdict> ScanAsync(Stream content, CancellationToken cancellationToken) =>
        VerdictOf(await AskAsync("zINSTREAM\0", content, cancellationToken));

    /// <exception cref="AntivirusException">It does not answer.</exception>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync("zPING\0", null, cancellationToken) != "PONG")
        {
            throw new AntivirusException("Ce qui répond n’est pas clamd");
        }
    }

    private async Task<string> AskAsync(string command, Stream? content, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Value.Duree);
        try
        {
            var endPoint = options.Value.ToEndPoint();
            using var socket = endPoint is UnixDomainSocketEndPoint ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endPoint, deadline.Token);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(command), deadline.Token);
            try
            {
                await GiveAsync(content, stream, deadline.Token);
            }
            catch (IOException)
            {
                // It has heard enough, too much for it: what it says about that is still to be read.
            }

            return await AnswerAsync(stream, deadline.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AntivirusException("L’antivirus n’a pas répondu à temps", late);
        }
        catch (Exception failure) when (failure is SocketException or IOException or FormatException)
        {
            throw new AntivirusException(failure is FormatException ? failure.Message : "L’antivirus est injoignable ou a coupé la connexion", failure);
        }
    }

    private static async Task GiveAsync(Stream? content, NetworkStream stream, CancellationToken cancellationToken)
    {
        if (content is null)
        {
            return;
        }

        var buffer = new byte[sizeof(int) + Chunk];
        int read;
        do
        {
            read = await content.ReadAsync(buffer.AsMemory(sizeof(int)), cancellationToken);
            BinaryPrimitives.WriteInt32BigEndian(buffer, read); // zero ends it
            await stream.WriteAsync(buffer.AsMemory(0, sizeof(int) + read), cancellationToken);
        }
        while (read > 0);
    }

    private static async Task<string> AnswerAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var answer = new byte[MaxAnswer];
        var length = 0;
        int read;
        while (length < answer.Length && (read = await stream.ReadAsync(answer.AsMemory(length), cancellationToken)) > 0)
        {
            length += read;
            if (answer.AsSpan(0, length).IndexOf((byte)0) is >= 0 and var end)
            {
                return Encoding.UTF8.GetString(answer, 0, end).Trim();
            }
        }

        throw new AntivirusException("L’antivirus a coupé sa réponse");
    }

    private static Verdict VerdictOf(string answer)
    {
        const string Prefix = "stream: ";
        const string Found = " FOUND";
        if (answer == "stream: OK")
        {
            return new Verdict(AnalysePiece.Saine);
        }

        if (answer.StartsWith(Prefix, StringComparison.Ordinal) && answer.EndsWith(Found, StringComparison.Ordinal) && answer.Length > Prefix.Length + Found.Length)
        {
            var signature = answer[Prefix.Length..^Found.Length];

            // With AlertExceedsMax and AlertEncrypted it says so by these names: it has looked at a part, or at nothing.
            return signature.StartsWith("Heuristics.Limits.Exceeded", StringComparison.Ordinal) || signature.StartsWith("Heuristics.Encrypted", StringComparison.Ordinal)
                ? new Verdict(AnalysePiece.NonAnalysable)
                : new Verdict(AnalysePiece.Infectee, signature.Length > 200 ? signature[..200] : signature);
        }

        return answer.Contains("size limit exceeded", StringComparison.Ordinal)
            ? new Verdict(AnalysePiece.NonAnalysable)
            : throw new AntivirusException("L’antivirus a répondu par une erreur");
    }
}
