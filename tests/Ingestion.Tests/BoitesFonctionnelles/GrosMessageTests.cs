using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using SuiviCourrier.TestSupport.Processes;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;

/// <summary>A message of 100 MB: registered, kept whole, and never whole in memory.</summary>
[NonParallelizable]
public sealed class GrosMessageTests
{
    private const long Megabyte = 1 << 20;
    private const int Size = 100;
    private const long Allowed = 64;

    [TestCase(true, 40, TestName = "{m}(by IMAP, read by its headers)")]
    [TestCase(true, 200, TestName = "{m}(by IMAP, opened whole)")]
    [TestCase(false, 40, TestName = "{m}(by the folder, read by its headers)")]
    [TestCase(false, 200, TestName = "{m}(by the folder, opened whole)")]
    public async Task MessageOfAHundredMegabytes_IsKeptWholeAndNeverHeldInMemory(bool byImap, int openedUpTo)
    {
        await using var server = await DovecotServer.StartAsync();
        await BoiteImap.OpenAsync(server, "grosse");
        await using var installation = await Installation.CreateAsync(BoiteImap.Merge(
            BoiteDepot.Settings,
            BoiteImap.Settings(server, "grosse"),
            new Dictionary<string, string?> { ["Releve:TailleMax"] = (openedUpTo * Megabyte).ToString(CultureInfo.InvariantCulture) }));
        await installation.StartAsync();
        async Task DeliverAsync(byte[] message)
        {
            if (byImap)
            {
                await server.DeliverAsync("grosse", message);
                return;
            }

            var folder = Directory.CreateDirectory(Path.Combine(installation.Folder, "courriels-entrants", "grosse")).FullName;
            var written = Path.Combine(installation.Folder, $"{Guid.NewGuid():N}.tmp");
            await File.WriteAllBytesAsync(written, message);
            File.Move(written, Path.Combine(folder, $"{Guid.NewGuid():N}.eml"));
        }

        // A small one of the same form first: the code it needs is not what is measured.
        await DeliverAsync(Message("petit", 200_000));
        await RegisteredAsync(installation, "petit");
        await EventuallyAsync("The small one was never acknowledged", async () => await installation.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.accuses WHERE etat = 'Envoye'") == 1);
        var gros = Message("gros", Size * (int)Megabyte);
        var hash = Convert.ToHexStringLower(SHA256.HashData(gros));
        var idle = ChildProcess.MemoryOf(installation.ProcessId, "VmRSS");
        ChildProcess.ForgetPeak(installation.ProcessId);

        await DeliverAsync(gros);

        var courrierId = await RegisteredAsync(installation, "gros");
        await EventuallyAsync("The large one was never acknowledged", async () => await installation.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.accuses WHERE etat = 'Envoye'") == 2);
        var peak = ChildProcess.MemoryOf(installation.ProcessId, "VmHWM");
        await TestContext.Out.WriteLineAsync($"idle {idle} MB, peak {peak} MB");
        Assert.That(peak - idle, Is.LessThanOrEqualTo(Allowed), $"idle {idle} MB, peak {peak} MB");
        Assert.That(await installation.Database.ScalarAsync<string>("SELECT sha256 FROM ingestion.pieces WHERE courrier_id = $1 AND role = 'Brut'", courrierId), Is.EqualTo(hash));
        await using var stored = File.OpenRead(Path.Combine(installation.Folder, "fichiers", hash[..2], hash[2..]));
        Assert.That(Convert.ToHexStringLower(await SHA256.HashDataAsync(stored)), Is.EqualTo(hash));
        Assert.That(
            await installation.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.pieces WHERE courrier_id = $1 AND role = 'PieceJointe' AND taille > 50000000", courrierId),
            Is.EqualTo(openedUpTo > Size ? 1 : 0));
        Assert.That(
            await installation.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.courriers WHERE id = $1 AND objet = 'Un plan' AND remarques LIKE '%en-têtes%'", courrierId),
            Is.EqualTo(openedUpTo > Size ? 0 : 1));
    }

    private static async Task<Guid> RegisteredAsync(Installation installation, string id)
    {
        const string Of = "SELECT courrier_id FROM ingestion.messages_recus WHERE message_id = $1 AND sort = 'Courrier'";
        await EventuallyAsync(
            $"The message {id} was never registered",
            async () => await installation.Database.ScalarAsync<Guid>(Of, $"{id}@exemple.example") != Guid.Empty,
            TimeSpan.FromMinutes(2));
        return await installation.Database.ScalarAsync<Guid>(Of, $"{id}@exemple.example");
    }

    /// <summary>A text and one attachment, about so many bytes long.</summary>
    private static byte[] Message(string id, int length)
    {
        var head =
            $"""
            From: Claire Martin <claire.{id}@exemple.example>
            To: {Courriels.Boite}
            Subject: Un plan
            Message-ID: <{id}@exemple.example>
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/plain; charset=utf-8

            Voici le plan.
            --b
            Content-Type: application/pdf
            Content-Disposition: attachment; filename=plan.pdf
            Content-Transfer-Encoding: base64


            """.ReplaceLineEndings("\r\n");
        using var message = new MemoryStream(length + 4096);
        message.Write(Encoding.ASCII.GetBytes(head));
        var random = new Random(length);
        var bytes = new byte[57];
        while (message.Length < length)
        {
            random.NextBytes(bytes);
            message.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes) + "\r\n"));
        }

        message.Write("--b--\r\n"u8);
        return message.ToArray();
    }
}
