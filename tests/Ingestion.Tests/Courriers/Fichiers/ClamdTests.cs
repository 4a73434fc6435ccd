using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Fichiers.Antivirus;
using SuiviCourrier.TestSupport.Mail;

namespace SuiviCourrier.Ingestion.Tests.Courriers.Fichiers;

/// <summary>The client of the scanner: against a real one, and against one that says what it is told to.</summary>
public sealed class ClamdTests
{
    [Test]
    public async Task RealScanner_SaysWhatItFinds_AndNeverThatItHasLookedWhenItHasNot()
    {
        await using var server = await ClamdServer.StartAsync();
        var clamd = ClientOf(server.Adresse);
        byte[] hidden = Bureautique.Zip(("note.txt", Encoding.ASCII.GetString(ClamdServer.Eicar)));

        Assert.That(await ScanAsync(clamd, "Une lettre"u8.ToArray()), Is.EqualTo(new Verdict(AnalysePiece.Saine)));
        Assert.That(await ScanAsync(clamd, []), Is.EqualTo(new Verdict(AnalysePiece.Saine)));
        Assert.That(await ScanAsync(clamd, ClamdServer.Eicar), Is.EqualTo(new Verdict(AnalysePiece.Infectee, "Essai.Eicar.UNOFFICIAL")));
        Assert.That((await ScanAsync(clamd, hidden)).Etat, Is.EqualTo(AnalysePiece.Infectee));
        Assert.That(await ScanAsync(clamd, new byte[ClamdServer.MaxFileSize + 1000]), Is.EqualTo(new Verdict(AnalysePiece.NonAnalysable)), "more than it scans");
        Assert.That(await ScanAsync(clamd, new byte[5 << 20]), Is.EqualTo(new Verdict(AnalysePiece.NonAnalysable)), "more than it listens to");
        await clamd.PingAsync(CancellationToken.None);

        await server.StopAsync();

        Assert.That(() => ScanAsync(clamd, ClamdServer.Eicar), Throws.InstanceOf<AntivirusException>());
    }

    [TestCase("stream: OK\0", AnalysePiece.Saine, null)]
    [TestCase("stream: Win.Test FOUND\0", AnalysePiece.Infectee, "Win.Test")]
    [TestCase("stream: Heuristics.Encrypted.Zip FOUND\0", AnalysePiece.NonAnalysable, null)]
    [TestCase("stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND\0", AnalysePiece.NonAnalysable, null)]
    [TestCase("INSTREAM size limit exceeded. ERROR\0", AnalysePiece.NonAnalysable, null)]
    public async Task Answer_OfTheScanner_IsTakenForWhatItIs(string answer, AnalysePiece etat, string? signature)
    {
        using var server = new Scripted(answer);

        Assert.That(await ScanAsync(ClientOf(server.Adresse), new byte[200_000]), Is.EqualTo(new Verdict(etat, signature)));
        Assert.That(server.Heard, Is.EqualTo(200_000));
    }

    [TestCase("stream: Can't allocate memory ERROR\0")]
    [TestCase("UNKNOWN COMMAND\0")]
    [TestCase("stream: OK")]
    [TestCase("stream: OK but\0")]
    [TestCase("OK\0")]
    [TestCase("stream:  FOUND\0")]
    [TestCase("\0")]
    [TestCase("")]
    public void Answer_ThatIsNoVerdict_IsNeverClean(string answer)
    {
        using var server = new Scripted(answer);

        Assert.That(() => ScanAsync(ClientOf(server.Adresse), new byte[1000]), Throws.InstanceOf<AntivirusException>());
    }

    [Test]
    public void Scanner_ThatSaysNothing_IsNotWaitedForForEver()
    {
        using var server = new Scripted(null);

        Assert.That(() => ScanAsync(ClientOf(server.Adresse, TimeSpan.FromMilliseconds(300)), new byte[1000]), Throws.InstanceOf<AntivirusException>());
    }

    [TestCase("nimporte")]
    [TestCase("hote:0")]
    [TestCase("/aucune/socket")]
    public void Address_ThatLeadsNowhere_GivesNoVerdict(string adresse) =>
        Assert.That(() => ScanAsync(ClientOf(adresse), [1]), Throws.InstanceOf<AntivirusException>());

    private static Clamd ClientOf(string adresse, TimeSpan? duree = null) =>
        new(Options.Create(new AntivirusOptions { Adresse = adresse, Duree = duree ?? TimeSpan.FromSeconds(20) }));

    private static Task<Verdict> ScanAsync(Clamd clamd, byte[] content) => clamd.ScanAsync(new MemoryStream(content), CancellationToken.None);

    /// <summary>Listens to the whole content, then says one thing and hangs up; null: says nothing and stays.</summary>
    private sealed class Scripted : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Scripted(string? answer)
        {
            _listener.Start();
            _ = ServeAsync(answer);
        }

        public string Adresse => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

        /// <summary>Bytes of content.</summary>
        public long Heard { get; private set; }

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync(string? answer)
        {
            using var client = await _listener.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            await stream.ReadExactlyAsync(new byte["zINSTREAM\0".Length]);
            var size = new byte[sizeof(int)];
            while (true)
            {
                await stream.ReadExactlyAsync(size);
                var length = BinaryPrimitives.ReadInt32BigEndian(size);
                if (length == 0)
                {
                    break;
                }

                await stream.ReadExactlyAsync(new byte[length]);
                Heard += length;
            }

            if (answer is null)
            {
                await Task.Delay(TimeSpan.FromSeconds(30));
            }

            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer ?? ""));
        }
    }
}
