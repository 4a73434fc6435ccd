using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using SuiviCourrier.Host.Embedded;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using SuiviCourrier.TestSupport.Processes;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.EndToEnd.Installations;

/// <summary>
/// Letters are posted and mails collected while the Host and its PostgreSQL are killed at random moments, the start of the Host included. What
/// must hold afterwards is asked of the tables, the files, the mailbox and the mail server.
/// </summary>
public sealed class KilledUnderLoadTests
{
    private enum Victim
    {
        Host,

        /// <summary>The Host again, before it is ready.</summary>
        HostStarting,
        Postgres,
    }

    private const int Clients = 4;
    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("COURRIER_LONG_TESTS") == "1";
    private readonly int _seed = Random.Shared.Next();
    private readonly List<string> _faults = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly ConcurrentDictionary<int, Guid> _answered = new();
    private int _cutsInData;

    [Test]
    public async Task Register_WhileHostAndPostgresAreKilled_LosesAndDoublesNothing()
    {
        var (letters, mails) = s_isLong ? (500, 500) : (60, 60);
        Victim[] victims = s_isLong
            ? [.. Enumerable.Repeat(Victim.Host, 38), .. Enumerable.Repeat(Victim.HostStarting, 12), Victim.Postgres, Victim.Postgres]
            : [Victim.Host, Victim.HostStarting, Victim.Postgres];
        var random = new Random(_seed);
        random.Shuffle(victims);

        await using var folder = new EmbeddedFolder();
        await using var postgres = await EmbeddedPostgres.StartAsync(folder.Folder, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var watching = postgres.WatchAsync(stop.Token);
        await using var sink = SmtpSink.Start();
        var dice = new Random(random.Next());
        sink.Slowness = TimeSpan.FromMilliseconds(150);
        sink.Usually = () =>
        {
            lock (dice)
            {
                return dice.Next(4) == 0 ? SmtpFault.SlowReply : SmtpFault.None;
            }
        };
        await using var dovecot = await DovecotServer.StartAsync();
        await dovecot.AddMailboxAsync("contact", "secret");
        await using var installation = await Installation.CreateAsync(postgres, Settings(sink, dovecot));
        using var account = await SignedInClient.CreateAsync(installation, RoleAgent.BureauOrdre, "SGCD", "Lucie Garnier");
        var scans = Enumerable.Range(0, letters).Select(n => LetterForm.Scan(n, random, 200_000)).ToList();

        await installation.StartAsync();
        var waves = victims.Length + 1;
        var sending = new List<Task>();
        for (var wave = 0; wave < waves; wave++)
        {
            var mine = Slice(letters, wave, waves).ToList();
            sending.AddRange(mine.Chunk((mine.Count + Clients - 1) / Clients).Select(some => PostAsync(installation, account, some, scans)));
            await DeliverAsync(installation, dovecot, Slice(mails, wave, waves));
            if (wave == victims.Length)
            {
                break;
            }

            var enough = _answered.Count + random.Next(1, mine.Count);
            await EventuallyAsync("no letter was answered any more", () => Task.FromResult(_answered.Count >= enough || sending.TrueForAll(s => s.IsCompleted)), TimeSpan.FromMinutes(2));
            await Task.Delay(random.Next(0, 300)); // the moment of the fault is what is random here
            await KillAsync(victims[wave], installation, folder, random);
        }

        await Task.WhenAll(sending);
        var lastFault = Stopwatch.StartNew();
        await EventuallyAsync("the queues never drained", () => IsAtRestAsync(installation, dovecot), TimeSpan.FromMinutes(2));
        var drained = lastFault.Elapsed;
        await AssertAsync(installation, sink, dovecot, letters, mails, scans, drained);

        await installation.StopAsync();
        await stop.CancelAsync();
        Assert.That(() => watching, Throws.InstanceOf<OperationCanceledException>());
    }

    private static Dictionary<string, string?> Settings(SmtpSink sink, DovecotServer dovecot) => new([.. sink.Settings(), .. dovecot.Settings("contact")])
    {
        ["Courriel:Bail"] = "00:00:05",
        ["Releve:Quietude"] = "00:00:00.100",

        // All come from one domain, as no hour of a préfecture does.
        ["Releve:AccusesParHeureParDomaine"] = "0",
        ["Releve:AccusesParHeureEnTout"] = "0",
    };

    private static IEnumerable<int> Slice(int count, int wave, int waves) => Enumerable.Range(0, count).Where(n => n * waves / count == wave);

    private static async Task DeliverAsync(Installation installation, DovecotServer dovecot, IEnumerable<int> mails)
    {
        var folder = Path.Combine(installation.Folder, "courriels-entrants", "contact");
        Directory.CreateDirectory(folder);
        foreach (var mail in mails)
        {
            var message = System.Text.Encoding.UTF8.GetBytes(
                $"""
                From: Usager {mail} <courriel{mail}@exemple.example>
                To: contact@indre-et-loire.invalid
                Subject: Question {mail}
                Date: Mon, 23 Nov 2026 10:00:00 +0100
                Message-ID: <courriel{mail}@exemple.example>
                MIME-Version: 1.0
                Content-Type: text/plain; charset=utf-8

                Bonjour, voici ma question numéro {mail}.

                """.ReplaceLineEndings("\r\n"));
            if (mail % 2 == 0)
            {
                await dovecot.DeliverAsync("contact", message);
            }
            else
            {
                var aside = Path.Combine(installation.Folder, $"{mail}.tmp");
                await File.WriteAllBytesAsync(aside, message);
                File.Move(aside, Path.Combine(folder, $"{mail}.eml"));
            }
        }
    }

    private async Task PostAsync(Installation installation, SignedInClient account, IEnumerable<int> letters, List<byte[]> scans)
    {
        using var form = new LetterForm(() => installation.BaseAddress, account);
        foreach (var letter in letters)
        {
            _answered[letter] = await form.PostAsync(letter, scans[letter]);
        }
    }

    private async Task KillAsync(Victim victim, Installation installation, EmbeddedFolder folder, Random random)
    {
        _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{_watch.Elapsed.TotalSeconds:0.0} s {victim}"));
        if (victim == Victim.Postgres)
        {
            folder.KillPostmaster();
            NpgsqlConnection.ClearAllPools();
            await EventuallyAsync("PostgreSQL never came back", async () =>
            {
                try
                {
                    return await installation.Database.ScalarAsync<int>("SELECT 1") == 1;
                }
                catch (NpgsqlException)
                {
                    return false;
                }
            });
            return;
        }

        await installation.KillAsync();
        _cutsInData += await installation.CutsInDataAsync();
        if (victim == Victim.HostStarting)
        {
            installation.Launch();
            await Task.Delay(random.Next(500, 4000));
            await installation.KillAsync();
            _cutsInData += await installation.CutsInDataAsync();
        }

        await installation.StartAsync();
    }

    private static async Task<bool> IsAtRestAsync(Installation installation, DovecotServer dovecot) =>
        !Directory.EnumerateFiles(Path.Combine(installation.Folder, "courriels-entrants", "contact"), "*.eml").Any()
        && (await dovecot.FoldersAsync("contact"))["INBOX"] == 0
        && await installation.IsAtRestAsync();

    private async Task AssertAsync(
        Installation installation, SmtpSink sink, DovecotServer dovecot, int letters, int mails, List<byte[]> scans, TimeSpan drained)
    {
        var database = installation.Database;
        var auditor = new Auditor(database, installation.Folder);
        var registered = (await database.RowsAsync("SELECT cle_idempotence || ' ' || id FROM ingestion.courriers WHERE cle_idempotence LIKE 'saisie:%'"))
            .ToLookup(r => r.Split(' ')[0], r => Guid.Parse(r.Split(' ')[1]));
        var collected = (await database.RowsAsync("SELECT coalesce(message_id, 'unread') || ' ' || sort FROM ingestion.messages_recus")).ToLookup(r => r.Split(' ')[0], r => r.Split(' ')[1]);
        var letterKeys = Enumerable.Range(0, letters).ToDictionary(n => n, n => $"saisie:{LetterForm.KeyOf(n)}");
        var mailIds = Enumerable.Range(0, mails).Select(n => $"courriel{n}@exemple.example").ToList();
        var lost = letterKeys.Values.Count(k => !registered.Contains(k)) + mailIds.Count(id => !collected.Contains(id));
        var doubled = letterKeys.Values.Count(k => registered[k].Count() > 1) + mailIds.Count(id => collected[id].Count() > 1);
        var unexpected = await database.ScalarAsync<long>("SELECT count(*) FROM ingestion.courriers") - letters - mails;
        var addresses = sink.Received.SelectMany(m => m.Recipients).CountBy(r => r).ToDictionary();
        var uncertain = (await database.RowsAsync("SELECT destinataire FROM ingestion.accuses WHERE etat = 'Incertain'")).ToHashSet();
        await TestContext.Out.WriteLineAsync(
            $"""
            seed {_seed}; faults: {string.Join(", ", _faults)}
            attempted {letters + mails}, answered {_answered.Count} letters, lost {lost}, doubled {doubled}, unexpected {unexpected}
            acknowledgements accepted {addresses.Values.Sum()}, uncertain {uncertain.Count} for {_cutsInData} cuts in DATA
            at rest {drained.TotalSeconds:0.0} s after the last letter, {_watch.Elapsed.TotalSeconds:0} s in all
            """);

        Assert.Multiple(async () =>
        {
            Assert.That(await database.RowsAsync("SELECT concat(cle_fichier, uid, ': ', motif) FROM ingestion.messages_recus WHERE sort = 'Ecarte'"), Is.Empty, installation.Output);
            Assert.That((lost, doubled, unexpected), Is.EqualTo((0, 0, 0)));
            Assert.That(_answered.Select(a => registered[letterKeys[a.Key]].Single()), Is.EqualTo(_answered.Select(a => a.Value)), "an answer named another courrier");
            Assert.That(mailIds.Select(id => collected[id].Single()), Is.All.EqualTo("Courrier"));
            Assert.That((await dovecot.FoldersAsync("contact"))["Traités"], Is.EqualTo((mails + 1) / 2));
            Assert.That(Directory.EnumerateFiles(Path.Combine(installation.Folder, "courriels-entrants", "contact", "traites")).Count(), Is.EqualTo(mails / 2));

            Assert.That(await database.ScalarAsync<long>("SELECT max(rang)::bigint FROM ingestion.courriers"), Is.EqualTo(letters + mails), "1 to n without a gap");
            Assert.That(await auditor.BreachesAtRestAsync(), Is.Empty);
            Assert.That(await auditor.BreachesOfSendingAsync(sink.Received, _cutsInData), Is.Empty);
            var owed = Enumerable.Range(0, letters).Select(LetterForm.AddressOf).OfType<string>().Concat(Enumerable.Range(0, mails).Select(n => $"courriel{n}@exemple.example"));
            Assert.That(owed.Where(a => addresses.GetValueOrDefault(a) != 1 && !uncertain.Contains(a)), Is.Empty, "an acknowledgement is missing or doubled, without a reason");
            Assert.That(addresses.Where(a => a.Value > 1), Is.Empty);
            Assert.That(
                await database.ScalarAsync<long>("SELECT count(*) FROM ingestion.accuses WHERE etat NOT IN ('Envoye', 'Incertain', 'AImprimer')"), Is.Zero);

            var kept = (await database.RowsAsync("SELECT sha256 FROM ingestion.pieces WHERE role = 'Document'")).ToHashSet();
            Assert.That(scans.Select(s => Convert.ToHexStringLower(SHA256.HashData(s))).Where(s => !kept.Contains(s)), Is.Empty, "a scan is not the one that was sent");
        });
    }
}
