using System.Diagnostics;
using System.Globalization;
using System.Text;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using SuiviCourrier.TestSupport.Processes;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.EndToEnd.Installations;

/// <summary>A full mailbox is collected while the Host is killed again and again, in the middle of its work and of its start.</summary>
public sealed class KilledImportTests
{
    private const string Boite = "contact";
    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("COURRIER_LONG_TESTS") == "1";
    private readonly int _seed = Random.Shared.Next();
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    [Test]
    public async Task Import_WhileTheHostIsKilled_GivesEachMessageItsFateOnceAndOneAcknowledgement()
    {
        var (messages, kills) = s_isLong ? (2_000, 50) : (120, 3);
        var random = new Random(_seed);
        await using var sink = SmtpSink.Start();
        sink.Slowness = TimeSpan.FromMilliseconds(150);
        var sent = 0;
        sink.Usually = () => Interlocked.Increment(ref sent) % 4 == 0 ? SmtpFault.SlowReply : SmtpFault.None;
        await using var dovecot = await DovecotServer.StartAsync();
        await dovecot.AddMailboxAsync(Boite, "secret");
        foreach (var n in Enumerable.Range(0, messages))
        {
            await dovecot.DeliverAsync(Boite, MessageOf(n));
        }

        await using var installation = await Installation.CreateAsync(Settings(sink, dovecot));
        var cutsInData = await KillAsync(installation, random, messages, kills);
        await installation.StartAsync();
        await EventuallyAsync(
            "the mailbox was never emptied, or the queues never drained",
            async () => (await dovecot.FoldersAsync(Boite))["INBOX"] == 0 && await installation.IsAtRestAsync(),
            TimeSpan.FromMinutes(s_isLong ? 20 : 5));

        await AssertAsync(installation, sink, dovecot, messages, cutsInData);
        await installation.StopAsync();
    }

    /// <summary>One kill in three comes before the Host is ready; the others while it collects: each must find something left to do.</summary>
    /// <returns>Conversations with the mail server that the kills have cut after DATA.</returns>
    private static async Task<int> KillAsync(Installation installation, Random random, int messages, int kills)
    {
        var cutsInData = 0;
        for (var kill = 1; kill <= kills; kill++)
        {
            var enough = (long)messages * kill / (kills + 1);
            if (kill % 3 == 0)
            {
                installation.Launch();
                await Task.Delay(random.Next(500, 4_000)); // the moment of the fault is what is random here
            }
            else
            {
                await installation.StartAsync();
                await EventuallyAsync(
                    $"never {enough} messages with a fate", async () => await CountAsync(installation, "SELECT count(*) FROM ingestion.messages_recus") >= enough, TimeSpan.FromMinutes(3));
                await Task.Delay(random.Next(0, 200));
            }

            await installation.KillAsync();
            cutsInData += await installation.CutsInDataAsync();
        }

        Assert.That(await CountAsync(installation, "SELECT count(*) FROM ingestion.messages_recus"), Is.LessThan(messages), "the kills came in the middle");
        return cutsInData;
    }

    private async Task AssertAsync(Installation installation, SmtpSink sink, DovecotServer dovecot, int messages, int cutsInData)
    {
        var auditor = new Auditor(installation.Database, installation.Folder);
        var fates = (await installation.Database.RowsAsync("SELECT sort || ' ' || coalesce(objet, '') FROM ingestion.messages_recus")).Order().ToList();
        var expected = Enumerable.Range(0, messages).Select(n => $"{(IsRepeat(n) ? "Rattache" : "Courrier")} {SubjectOf(n)}").Order().ToList();
        var copies = sink.Received.SelectMany(m => m.Recipients).CountBy(r => r).ToDictionary();
        var uncertain = (await installation.Database.RowsAsync("SELECT destinataire FROM ingestion.accuses WHERE etat = 'Incertain'")).ToHashSet();
        var owed = Enumerable.Range(0, messages).Where(n => !IsRepeat(n) && !IsRobot(n)).Select(AddressOf).ToHashSet();
        await TestContext.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {_seed}: {messages} messages, {fates.Count} fates, {copies.Values.Sum()} acknowledgements accepted of {owed.Count} owed, {uncertain.Count} uncertain for {cutsInData} cuts in DATA, {_watch.Elapsed.TotalSeconds:0} s"));

        Assert.Multiple(async () =>
        {
            Assert.That(fates, Is.EqualTo(expected), "lost, doubled or another fate");
            Assert.That(await CountAsync(installation, "SELECT max(rang)::bigint FROM ingestion.courriers"), Is.EqualTo(expected.Count(f => f.StartsWith("Courrier", StringComparison.Ordinal))), "1 to n without a gap");
            Assert.That((await dovecot.FoldersAsync(Boite))["Traités"], Is.EqualTo(messages));
            Assert.That(owed.Where(a => copies.GetValueOrDefault(a) != 1 && !uncertain.Contains(a)), Is.Empty, "an acknowledgement is missing or doubled, without a reason");
            Assert.That(copies.Where(c => c.Value > 1 || !owed.Contains(c.Key)), Is.Empty, "a second acknowledgement, or one to a robot");
            Assert.That(await auditor.BreachesAtRestAsync(), Is.Empty);
            Assert.That(await auditor.BreachesOfSendingAsync(sink.Received, cutsInData), Is.Empty);
        });
    }

    private static Task<long> CountAsync(Installation installation, string sql) => installation.Database.ScalarAsync<long>(sql);

    /// <summary>The bytes of the message before, once more.</summary>
    private static bool IsRepeat(int n) => n % 40 == 39;

    private static bool IsRobot(int n) => n % 20 == 7;

    private static string SubjectOf(int n) => $"Question {(IsRepeat(n) ? n - 1 : n)}";

    private static string AddressOf(int n) => $"usager{n}@exemple{n % 7}.example";

    /// <summary>Two in fifty bear the Message-ID of another; one in four carries a file.</summary>
    private static byte[] MessageOf(int n)
    {
        n = IsRepeat(n) ? n - 1 : n;
        var file = n % 4 == 0 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Repeat($"Ligne du document {n}", 1_000))), Base64FormattingOptions.InsertLineBreaks) : null;
        var text = $"Content-Type: text/plain; charset=utf-8\n\nBonjour, voici ma question numéro {n}.\n";
        return Encoding.UTF8.GetBytes(
            $"""
            From: Usager {n} <{AddressOf(n)}>
            To: contact@indre-et-loire.invalid
            Subject: {SubjectOf(n)}
            Date: Mon, 23 Nov 2026 10:00:00 +0100
            Message-ID: <courriel{(n % 50 == 11 ? n - 1 : n)}@exemple.example>{(IsRobot(n) ? "\nX-Auto-Response-Suppress: All" : "")}
            MIME-Version: 1.0
            {(file is null ? text : $"Content-Type: multipart/mixed; boundary=limite\n\n--limite\n{text}\n--limite\nContent-Type: text/csv; name=donnees.csv\nContent-Transfer-Encoding: base64\n\n{file}\n--limite--\n")}
            """.ReplaceLineEndings("\r\n"));
    }

    private static Dictionary<string, string?> Settings(SmtpSink sink, DovecotServer dovecot) => new([.. sink.Settings(), .. dovecot.Settings(Boite)])
    {
        ["Courriel:Bail"] = "00:00:05",

        // As many in an hour as no préfecture gets.
        ["Releve:AccusesParHeureParDomaine"] = "0",
        ["Releve:AccusesParJourParDomaine"] = "0",
        ["Releve:AccusesParHeureEnTout"] = "0",
        ["Releve:AccusesParJourEnTout"] = "0",
    };
}
