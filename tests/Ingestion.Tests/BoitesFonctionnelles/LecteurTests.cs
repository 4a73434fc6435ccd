using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using SuiviCourrier.TestSupport.Processes;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;

/// <summary>Messages that stop a reader: they are set aside, and the next ones go on.</summary>
public sealed class LecteurTests
{
    [Test]
    public async Task Message_OnWhichTheReaderHangsOrDies_IsSetAsideAndTheNextOnesGoOn()
    {
        await using var server = await DovecotServer.StartAsync();
        await BoiteImap.OpenAsync(server, "lecteur");
        var poison = Path.Combine(
            Repository.Root, "tests", "PoisonConsumer", "bin", Repository.Configuration, new DirectoryInfo(AppContext.BaseDirectory).Name, "PoisonConsumer.dll");
        await using var installation = await Installation.CreateAsync(BoiteImap.Merge(
            BoiteDepot.Settings, BoiteImap.Settings(server, "lecteur"),
            new Dictionary<string, string?> { ["DOTNET_STARTUP_HOOKS"] = poison, ["Releve:PollImap"] = "00:00:00.500", ["Releve:DureeLecture"] = "00:00:05" }));
        var boite = new BoiteImap(server, installation.Database, "lecteur");
        await boite.DeliverAsync(Courriels.Make(id: "premier"));
        await boite.DeliverAsync(Courriels.Make("Content-Type: application/x-essai-bloque", id: "bloque"));
        await boite.DeliverAsync(Courriels.Make("Content-Type: application/x-essai-tue", id: "tue"));
        await boite.DeliverAsync(Courriels.Make(id: "dernier"));

        var deaths = 0;
        var host = installation.Launch();
        await EventuallyAsync("The mailbox was never read to its end", async () =>
        {
            if (host.HasExited)
            {
                deaths++;
                await host.DisposeAsync();
                host = installation.Launch();
            }

            return await boite.CountAsync("SELECT count(*) FROM ingestion.messages_recus") == 4;
        }, TimeSpan.FromMinutes(4)); // two starts of a Host and two readers of their own, side by side with other tests

        Assert.That(deaths, Is.EqualTo(1), "the second attempt is made by a process of its own");
        Assert.That(
            await installation.Database.RowsAsync("SELECT split_part(coalesce(message_id, motif), '@', 1) || ' ' || sort FROM ingestion.messages_recus ORDER BY 1"),
            Is.EqualTo(new[] { $"{Classification.Bloquant} Ecarte", $"{Classification.Bloquant} Ecarte", "dernier Courrier", "premier Courrier" }));
        await boite.MovedAsync(traites: 2, anomalies: 2);
        Assert.That(await boite.CountAsync("SELECT count(*) FROM ingestion.lectures_en_cours"), Is.Zero);
        Assert.That(await installation.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.fichiers f JOIN ingestion.messages_recus m ON m.sha256_brut = f.sha256"), Is.EqualTo(4), "the bytes of each are kept");
    }

    /// <summary>A machine switched off twice in a row is not the fault of the message it was reading.</summary>
    [Test]
    public async Task Message_WhoseCollectorDiedWhileItWasRead_IsReadApart_AndAfterFiveDeathsNoMore()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        int[] deaths = [1, 2, 3, 4, 5];
        var outcomes = new List<ReceiveMessage.Outcome>();
        foreach (var count in deaths)
        {
            var cle = $"{count}.eml";
            await courrier.Database.ScalarAsync<int>(
                "INSERT INTO ingestion.lectures_en_cours (boite_code, cle, tentatives, commencee_le) VALUES ('contact', $1, $2, now()) RETURNING tentatives", cle, count);
            outcomes.Add(await ReceiveAsync(courrier, cle, $"mort{count}"));
        }

        Assert.That(outcomes, Is.EqualTo((ReceiveMessage.Outcome[])
            [.. deaths.SkipLast(1).Select(_ => ReceiveMessage.Outcome.Registered), ReceiveMessage.Outcome.SetAsideUnreadable]));
        Assert.That(await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.lectures_en_cours"), Is.Zero);
    }

    /// <summary>The process may be killed by the next message between one commit and another: there is one only.</summary>
    [Test]
    public async Task Message_ThatNeverOpened_GetsItsFateAndLosesItsAttemptsTogether()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        await courrier.Database.ScalarAsync<int>(
            """
            INSERT INTO ingestion.lectures_en_cours (boite_code, cle, tentatives, commencee_le) VALUES ('contact', 'tue.eml', 5, now());
            CREATE FUNCTION ingestion.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused by the test'; END $$;
            CREATE TRIGGER refuse BEFORE DELETE ON ingestion.lectures_en_cours FOR EACH ROW EXECUTE FUNCTION ingestion.refuse();
            """);

        Assert.That(() => ReceiveAsync(courrier, "tue.eml", "tue"), Throws.InstanceOf<PostgresException>());
        Assert.That(await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.messages_recus"), Is.Zero, "no fate without the end of its attempts");

        await courrier.Database.ScalarAsync<int>("DROP TRIGGER refuse ON ingestion.lectures_en_cours");
        Assert.That(await ReceiveAsync(courrier, "tue.eml", "tue"), Is.EqualTo(ReceiveMessage.Outcome.SetAsideUnreadable));
        Assert.That(await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.lectures_en_cours"), Is.Zero);
    }

    [TestCase("pieces-noms")]
    [TestCase("injection-html")]
    [TestCase("image-cid")]
    [TestCase("rebond-dsn-echec")]
    [TestCase("invitation-alternative")]
    [TestCase("signe-smime-opaque")]
    [TestCase("pas-un-courriel-vide")]
    public async Task Message_ReadByAProcessOfItsOwn_IsWhatItIsHere(string name)
    {
        var folder = Directory.CreateTempSubdirectory("courrier-test-").FullName;
        try
        {
            await using var message = File.OpenRead(Path.Combine(Courriels.Folder, $"{name}.eml"));

            var apart = await LecteurApart.ReadAsync(message, folder, 40L << 20, TimeSpan.FromMinutes(1), 256L << 20, CancellationToken.None);

            var here = Courriels.Parse(Courriels.Read(name));
            Assert.That(apart, Is.Not.Null);
            Assert.That(Told(apart!), Is.EqualTo(Told(here)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task Message_ThatNeedsMoreTimeOrMemoryThanAllowed_IsNotRead()
    {
        var folder = Directory.CreateTempSubdirectory("courrier-test-").FullName;
        try
        {
            await using var message = File.OpenRead(Path.Combine(Courriels.Folder, "utf8-8bit.eml"));

            Assert.That(await LecteurApart.ReadAsync(message, folder, 40L << 20, TimeSpan.FromMilliseconds(1), 256L << 20, CancellationToken.None), Is.Null);
            Assert.That(await LecteurApart.ReadAsync(message, folder, 40L << 20, TimeSpan.FromMinutes(1), 1L << 20, CancellationToken.None), Is.Null);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A tree of tens of thousands of elements inside one another ends the process of whoever walks through it.</summary>
    [TestCase("<div>")]
    [TestCase("<b><i>")]
    [TestCase("<table><tr><td>")]
    public void Html_OfElementsInsideOneAnother_IsReadAsItsWords(string tags)
    {
        var html = string.Concat(Enumerable.Repeat(tags, 50_000)) + "Bonjour &eacute;t&eacute;";

        var lu = Courriels.Parse(Courriels.Make("Content-Type: text/html; charset=utf-8", text: html));

        Assert.That(WebUtility.HtmlDecode(lu.Contenu.HtmlSur), Does.Contain("Bonjour été").And.Not.Contain(tags));
        Assert.That(HtmlRecu.TextOf(lu.Contenu.Html!), Is.EqualTo("Bonjour été"));
        Assert.That(WebUtility.HtmlDecode(HtmlRecu.PageOf(html)), Does.Contain("Bonjour été"));
    }

    private static async Task<ReceiveMessage.Outcome> ReceiveAsync(RunningCourrier courrier, string cle, string id)
    {
        await using var message = Spool.NewFile(Path.GetTempPath());
        await message.WriteAsync(Courriels.Make(id: id));
        await using var scope = courrier.Scope();
        return await scope.ServiceProvider.GetRequiredService<ReceiveMessage>().ExecuteAsync(
            new ReceiveMessage.Arrivee("contact", message, message.Length, RecuA: null, CleFichier: cle), CancellationToken.None);
    }

    private static string Told(MessageLu lu)
    {
        var told = new StringBuilder();
        var faits = lu.Faits;
        told.AppendLine(faits is null
            ? "-"
            : $"{faits with { A = new HashSet<string>(), Cc = new HashSet<string>(), References = [], Destinations = [], Rapport = null }}|{string.Join(',', faits.A)}|{string.Join(',', faits.Cc)}|{string.Join(',', faits.References)}|{string.Join(',', faits.Destinations)}");
        told.AppendLine($"{faits?.Rapport?.Action} {faits?.Rapport?.Statut} {string.Join(',', faits?.Rapport?.MessageIds ?? [])}");
        told.AppendLine($"{lu.IsEntier} {lu.Contenu.Texte}|{lu.Contenu.Html}|{lu.Contenu.HtmlSur}|{lu.Contenu.Indices}");
        foreach (var piece in lu.Contenu.Pieces)
        {
            using var content = piece.Open();
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            told.AppendLine($"{piece.Nom}|{piece.Instead}|{piece.ContentId}|{Convert.ToHexString(bytes.ToArray())}");
        }

        // A set prints its type, and one reader's is another's.
        return told.ToString().Replace("System.Collections.Generic.HashSet`1[System.String]", "", StringComparison.Ordinal);
    }
}
