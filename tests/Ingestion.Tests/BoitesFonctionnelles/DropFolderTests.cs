using System.Text;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;

/// <summary>In by the drop folder, out by the database and the folder of what was sent.</summary>
[Category("Messages")]
public sealed class DropFolderTests
{
    private RunningCourrier _courrier = null!;
    private BoiteDepot _boite = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync(BoiteDepot.Settings);
        _boite = new BoiteDepot(_courrier);
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [Test]
    public async Task Dropped_AMessage_IsRegisteredWithItsReceptionDateAndItsBytes()
    {
        var id = NewId();
        var bytes = Courriels.Make(
            "Received: from a by b; Fri, 20 Nov 2026 23:30:00 +0000\nReceived: from z by a; Thu, 19 Nov 2026 10:00:00 +0100", id: id, subject: "Une question");

        _boite.Drop(bytes);

        var courrierId = await _boite.CourrierOfAsync($"{id}@exemple.example");
        Assert.That(
            await _boite.CountAsync(
                "SELECT count(*) FROM ingestion.lecture_courriers WHERE courrier_id = $1 AND canal = 'Courriel' AND objet = 'Une question' AND recu_le = DATE '2026-11-21' AND expediteur_nom = 'Claire Martin' AND expediteur_categorie = 'NonPrecisee'",
                courrierId),
            Is.EqualTo(1), "the topmost Received, in the site's zone: half past midnight on the 21st");
        var sha256 = await _courrier.Database.ScalarAsync<string>("SELECT sha256 FROM ingestion.lecture_pieces WHERE courrier_id = $1 AND role = 'Brut'", courrierId);
        Assert.That(sha256, Is.EqualTo(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))));
        Assert.That(await _boite.CountAsync("SELECT count(*) FROM ingestion.lecture_pieces WHERE courrier_id = $1 AND role = 'Document' AND type_mime = 'text/plain'", courrierId), Is.EqualTo(1));
    }

    [Test]
    public async Task Dropped_TheSameMessageTwice_IsOneCourrierWithAVisibleRepeat()
    {
        var id = NewId();
        var bytes = Courriels.Make(id: id);
        await _boite.DroppedAndDoneAsync(bytes);

        await _boite.DroppedAndDoneAsync(Encoding.ASCII.GetBytes("Received: from x by y; Mon, 23 Nov 2026 11:00:00 +0100\r\n").Concat(bytes).ToArray());

        var courrierId = await _boite.CourrierOfAsync($"{id}@exemple.example");
        Assert.That(await FatesAsync(id), Is.EqualTo("Courrier,Rattache"));
        Assert.That(await _boite.CountAsync("SELECT count(*) FROM ingestion.echanges WHERE courrier_id = $1 AND kind = 'Repetition'", courrierId), Is.EqualTo(1));
        Assert.That(await _boite.CountAsync("SELECT count(*) FROM ingestion.accuses WHERE courrier_id = $1", courrierId), Is.EqualTo(1));
    }

    [Test]
    public async Task Dropped_TenTimesAtOnce_IsOneCourrier()
    {
        var id = NewId();
        var files = Enumerable.Range(0, 10).Select(_ => _boite.Drop(Courriels.Make(id: id))).ToList();

        await EventuallyAsync("Some of the files were never dealt with", () => Task.FromResult(files.All(f => _boite.IsIn("traites", f))));

        Assert.That(await _boite.CountAsync("SELECT count(*) FROM ingestion.messages_recus WHERE message_id = $1 AND sort = 'Courrier'", $"{id}@exemple.example"), Is.EqualTo(1));
    }

    [Test]
    public async Task FileLeftBehindByACrash_AfterItsCommit_IsMovedAndGetsNoSecondFate()
    {
        var id = NewId();
        var file = _boite.Drop(Courriels.Make(id: id));
        await EventuallyAsync("The file was never dealt with", () => Task.FromResult(_boite.IsIn("traites", file)));

        // As if the process had been killed between the commit and the move: same name, same date.
        File.Move(Path.Combine(_boite.Folder, "traites", file), Path.Combine(_boite.Folder, file));
        await EventuallyAsync("The file was never moved again", () => Task.FromResult(_boite.IsIn("traites", file)));

        Assert.That(await FatesAsync(id), Is.EqualTo("Courrier"));
    }

    [Test]
    public async Task Dropped_AnotherMessageUnderTheSameNameLengthAndDate_IsAnotherCourrier()
    {
        var (one, two) = (NewId(), NewId());
        var file = _boite.Drop(Courriels.Make(id: one));
        await EventuallyAsync("The first file was never dealt with", () => Task.FromResult(_boite.IsIn("traites", file)));
        var taken = Path.Combine(_boite.Folder, "traites", file);

        var second = Path.Combine(_courrier.Folder, "second.tmp");
        await File.WriteAllBytesAsync(second, Courriels.Make(id: two));
        File.SetLastWriteTimeUtc(second, File.GetLastWriteTimeUtc(taken));
        Assert.That(new FileInfo(second).Length, Is.EqualTo(new FileInfo(taken).Length));
        File.Move(second, Path.Combine(_boite.Folder, file));

        await EventuallyAsync("The second message was lost", async () => await FatesAsync(two) == "Courrier");
    }

    [Test]
    public async Task FileCopiedSlowly_IsTakenWhenComplete()
    {
        await using var slow = await RunningCourrier.StartAsync(new Dictionary<string, string?>(BoiteDepot.Settings) { ["Releve:Quietude"] = "00:00:01" });
        var boite = new BoiteDepot(slow);
        var id = NewId();
        var bytes = Courriels.Make(id: id, text: string.Join("\r\n", Enumerable.Range(0, 40).Select(n => $"Ligne {n}")));
        Directory.CreateDirectory(boite.Folder);
        await using (var file = new FileStream(Path.Combine(boite.Folder, "lent.eml"), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite))
        {
            foreach (var part in bytes.Chunk(bytes.Length / 8))
            {
                await file.WriteAsync(part);
                await file.FlushAsync();
                var written = DateTime.UtcNow;
                await EventuallyAsync("The clock stopped", () => Task.FromResult(DateTime.UtcNow - written > TimeSpan.FromMilliseconds(200)));
            }
        }

        await EventuallyAsync("The file was never taken", () => Task.FromResult(boite.IsIn("traites", "lent.eml")));
        Assert.That(
            await slow.Database.ScalarAsync<string>("SELECT sha256_brut FROM ingestion.messages_recus WHERE message_id = $1", $"{id}@exemple.example"),
            Is.EqualTo(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))));
    }

    [TestCase("pas-un-courriel-image")]
    [TestCase("pas-un-courriel-texte")]
    [TestCase("pas-un-courriel-pdf")]
    [TestCase("pas-un-courriel-vide")]
    public async Task Dropped_WhatIsNoEmail_IsSetAsideVisiblyWithItsBytes(string name)
    {
        var bytes = Courriels.Read(name);

        await _boite.DroppedAndDoneAsync(bytes, "anomalies");

        Assert.That(
            await _boite.CountAsync(
                "SELECT count(*) FROM ingestion.messages_recus WHERE sha256_brut = $1 AND sort = 'Ecarte' AND motif LIKE '%pas un courriel%'",
                Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))),
            Is.EqualTo(1));
    }

    [Test]
    public async Task Dropped_OneInFourOfTheCorpus_GivesEachMessageOneFate()
    {
        await using var alone = await RunningCourrier.StartAsync(BoiteDepot.Settings);
        var boite = new BoiteDepot(alone);
        var files = Courriels.Names.Where((_, rank) => rank % 4 == 0).Select(n => boite.Drop(Courriels.Read(n), $"{n}.eml")).ToList();

        await EventuallyAsync(
            "Some messages never left the folder",
            () => Task.FromResult(files.All(f => boite.IsIn("traites", f) || boite.IsIn("anomalies", f))),
            TimeSpan.FromMinutes(4));

        Assert.That(await boite.CountAsync("SELECT count(*) FROM ingestion.messages_recus"), Is.EqualTo(files.Count));
        Assert.That(await boite.CountAsync("SELECT max(rang)::bigint FROM ingestion.courriers"), Is.EqualTo(await boite.CountAsync("SELECT count(*) FROM ingestion.courriers")));
        Assert.That(await boite.CountAsync("SELECT count(*) FROM ingestion.courriers WHERE recu_le > CURRENT_DATE + 1 OR recu_le < DATE '2000-01-01'"), Is.Zero);
        Assert.That(
            await boite.CountAsync("SELECT count(*) FROM ingestion.courriers c WHERE NOT EXISTS (SELECT 1 FROM ingestion.accuses a WHERE a.courrier_id = c.id)"), Is.Zero);
    }

    [Test]
    public async Task Dropped_AMessageTooLarge_IsRegisteredFromItsHeadersWithItsBytes()
    {
        await using var small = await RunningCourrier.StartAsync(new Dictionary<string, string?>(BoiteDepot.Settings) { ["Releve:TailleMax"] = "100000" });
        var boite = new BoiteDepot(small);
        var id = NewId();
        var bytes = Courriels.Make(id: id, text: new string('x', 200_000), subject: "Gros envoi");

        boite.Drop(bytes);

        var courrierId = await boite.CourrierOfAsync($"{id}@exemple.example");
        Assert.That(await small.Database.ScalarAsync<string>("SELECT objet FROM ingestion.courriers WHERE id = $1", courrierId), Is.EqualTo("Gros envoi"));
        Assert.That(await small.Database.ScalarAsync<string>("SELECT remarques FROM ingestion.courriers WHERE id = $1", courrierId), Does.Contain("en-têtes"));
        Assert.That(await small.Database.ScalarAsync<long>("SELECT taille FROM ingestion.pieces WHERE courrier_id = $1 AND role = 'Brut'", courrierId), Is.EqualTo(bytes.Length));
    }

    private static string NewId() => Guid.NewGuid().ToString("N");

    private Task<string?> FatesAsync(string id) => _courrier.Database.ScalarAsync<string>(
        "SELECT string_agg(sort, ',' ORDER BY traite_le) FROM ingestion.messages_recus WHERE message_id = $1", $"{id}@exemple.example");
}
