using System.Net;
using System.Security.Cryptography;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using SuiviCourrier.TestSupport.Processes;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;

/// <summary>The disk of the files fills up, for longer than any message is patiently tried, then has room again: a real one, of one megabyte.</summary>
public sealed class DisquePleinTests
{
    private const int Messages = 5;
    private DovecotServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Assume.That(Environment.UserName, Is.EqualTo("root"), "only root mounts a disk");
        _server = await DovecotServer.StartAsync();
        await BoiteImap.OpenAsync(_server, "imap");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Test]
    public async Task DiskOfTheFiles_Full_KeepsWhatArrivesWhereItIs_SaysSo_AndTakesItOnceThereIsRoom()
    {
        await using var courrier = await RunningCourrier.StartAsync(BoiteImap.Merge(
            BoiteDepot.Settings, BoiteImap.Settings(_server, "imap"), new Dictionary<string, string?> { ["Releve:PollImap"] = "00:00:00.500" }));
        var (boite, depot) = (new BoiteImap(_server, courrier.Database, "imap"), new BoiteDepot(courrier));
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD", "Lucie Garnier");
        await using var disk = await SmallDisk.MountAsync(Path.Combine(courrier.Folder, "fichiers"));
        for (var n = 0; n < Messages; n++)
        {
            await boite.DeliverAsync(Large($"par la boîte {n}"));
            depot.Drop(Large($"par le dossier {n}"));
        }

        const string Full = "SELECT count(*) FROM ingestion.boites WHERE code = $1 AND panne LIKE 'Le disque est plein%'";
        foreach (var code in (string[])["imap", "contact"])
        {
            await EventuallyAsync($"{code} never said that the disk is full", async () => await boite.CountAsync(Full, code) == 1);
        }

        using var form = await agent.UploadAsync("/enregistrer", Letter(), "Scans", "lettre.pdf", [.. "%PDF-1.4\n"u8, .. RandomNumberGenerator.GetBytes(1 << 20)]);
        Assert.That((form.StatusCode, WebUtility.HtmlDecode(await form.Content.ReadAsStringAsync()).Contains("rien n’a été enregistré", StringComparison.Ordinal)), Is.EqualTo((HttpStatusCode.InsufficientStorage, true)));

        await Task.Delay(TimeSpan.FromSeconds(5)); // several times what makes a message give up: it must not
        const string Fates = "SELECT count(*) FROM ingestion.messages_recus";
        Assert.That(await boite.CountAsync(Fates), Is.LessThan(2 * Messages), "the disk was full");
        Assert.That(await boite.CountAsync($"{Fates} WHERE sort = 'Ecarte'"), Is.Zero, "the disk is no fault of a message");
        await disk.GrowAsync();

        await EventuallyAsync("they never all had their fate", async () => await boite.CountAsync(Fates) == 2 * Messages, TimeSpan.FromMinutes(2));
        await boite.MovedAsync(Messages);
        await courrier.UntilAppliedAsync();
        Assert.That(await boite.CountAsync("SELECT count(DISTINCT objet) FROM ingestion.courriers WHERE canal = 'Courriel'"), Is.EqualTo(2 * Messages));
        Assert.That(await boite.CountAsync("SELECT count(*) FROM ingestion.courriers"), Is.EqualTo(2 * Messages), "nothing was registered of what was answered with an error");
        Assert.That(await boite.CountAsync("SELECT count(*) FROM ingestion.lectures_en_cours"), Is.Zero);
        Assert.That(await new Auditor(courrier.Database, courrier.Folder).BreachesAsync(), Is.Empty);
        await boite.WellAsync();
    }

    [Test]
    public async Task DiskOfAReaderApart_Full_IsNoFaultOfTheMessage()
    {
        var folder = Directory.CreateTempSubdirectory("courrier-test-").FullName;
        await using (await SmallDisk.MountAsync(folder))
        {
            await using var message = Spool.NewFile(Path.GetTempPath());
            await message.WriteAsync(Courriels.Make(text: Convert.ToBase64String(RandomNumberGenerator.GetBytes(2_000_000), Base64FormattingOptions.InsertLineBreaks)));

            Assert.That(
                async () => await LecteurApart.ReadAsync(message, folder, 40L << 20, TimeSpan.FromMinutes(1), 256L << 20, CancellationToken.None),
                Throws.InstanceOf<IOException>().With.Matches<IOException>(DisquePlein.IsCauseOf));
        }

        Directory.Delete(folder);
    }

    private static byte[] Large(string subject) =>
        Courriels.Make($"From: {Guid.NewGuid():N}@exemple.example", subject: subject, text: Convert.ToBase64String(RandomNumberGenerator.GetBytes(300_000), Base64FormattingOptions.InsertLineBreaks));

    private static Dictionary<string, string?> Letter() => new()
    {
        ["Canal"] = "Lettre",
        ["Objet"] = "Une lettre que le disque refuse",
        ["Categorie"] = "Particulier",
        ["Nom"] = "Claire Petit",
    };

    /// <summary>A disk of one megabyte in the memory of the machine.</summary>
    private sealed class SmallDisk : IAsyncDisposable
    {
        private readonly string _folder;

        private SmallDisk(string folder) => _folder = folder;

        public static async Task<SmallDisk> MountAsync(string folder)
        {
            Directory.CreateDirectory(folder);
            await ChildProcess.RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder);
            return new SmallDisk(folder);
        }

        public async Task GrowAsync() => await ChildProcess.RunAsync("mount", "-o", "remount,size=64m", _folder);

        public async ValueTask DisposeAsync() => await ChildProcess.RunAsync("umount", "--lazy", _folder);
    }
}
