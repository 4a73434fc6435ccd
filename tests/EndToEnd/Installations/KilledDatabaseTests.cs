using System.Globalization;
using System.Text;
using Npgsql;
using SuiviCourrier.Host.Embedded;
using SuiviCourrier.TestSupport.Mail;
using SuiviCourrier.TestSupport.Processes;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.EndToEnd.Installations;

/// <summary>PostgreSQL is killed again and again under a Host that goes on collecting: no fault of any message.</summary>
public sealed class KilledDatabaseTests
{
    private const string Boite = "contact";
    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("COURRIER_LONG_TESTS") == "1";
    private readonly int _seed = Random.Shared.Next();

    [Test]
    public async Task Collect_WhileTheDatabaseIsKilled_SetsNoMessageAside()
    {
        var kills = s_isLong ? 40 : 4;
        var messages = kills * 60;
        var random = new Random(_seed);
        await using var folder = new EmbeddedFolder();
        await using var postgres = await EmbeddedPostgres.StartAsync(folder.Folder, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var watching = postgres.WatchAsync(stop.Token);
        await using var sink = SmtpSink.Start();
        await using var dovecot = await DovecotServer.StartAsync();
        await dovecot.AddMailboxAsync(Boite, "secret");
        await using var installation = await Installation.CreateAsync(postgres, new Dictionary<string, string?>([.. sink.Settings(), .. dovecot.Settings(Boite)])
        {
            ["Releve:Quietude"] = "00:00:00.100",
            ["Releve:AccusesParHeureParDomaine"] = "0",
            ["Releve:AccusesParHeureEnTout"] = "0",
        });
        await DeliverAsync(installation, dovecot, messages);
        await installation.StartAsync();
        for (var kill = 1; kill <= kills; kill++)
        {
            var enough = (long)messages * kill / (kills + 1);
            await EventuallyAsync(
                $"never {enough} messages with a fate", async () => await CountAsync(installation, "true") >= enough, TimeSpan.FromMinutes(3), () => $"{kill} kills\n{installation.Output}");
            await Task.Delay(random.Next(0, 300)); // the moment of the fault is what is random here
            folder.KillPostmaster();
        }

        await EventuallyAsync(
            "the mailbox was never emptied",
            async () => await CountAsync(installation, "true") >= messages && (await dovecot.FoldersAsync(Boite))["INBOX"] == 0,
            TimeSpan.FromMinutes(5),
            () => installation.Output);

        Assert.That(installation.Output, Does.Not.Contain("could not be received"), $"seed {_seed}: an outage was counted as a fault of a message");
        Assert.That(
            await installation.Database.RowsAsync("SELECT concat(message_id, cle_fichier, ': ', motif) FROM ingestion.messages_recus WHERE sort <> 'Courrier'"),
            Is.Empty, () => $"seed {_seed}\n{installation.Output}");
        Assert.That(await CountAsync(installation, "true"), Is.EqualTo(messages));
        await installation.StopAsync();
        await stop.CancelAsync();
        Assert.That(() => watching, Throws.InstanceOf<OperationCanceledException>());
    }

    /// <returns>Zero as long as the server is away.</returns>
    private static async Task<long> CountAsync(Installation installation, string where)
    {
        try
        {
            return await installation.Database.ScalarAsync<long>($"SELECT count(*) FROM ingestion.messages_recus WHERE {where}");
        }
        catch (NpgsqlException)
        {
            NpgsqlConnection.ClearAllPools();
            return 0;
        }
    }

    /// <summary>By turns into the mailbox and into the drop folder.</summary>
    private static async Task DeliverAsync(Installation installation, DovecotServer dovecot, int messages)
    {
        var drop = Directory.CreateDirectory(Path.Combine(installation.Folder, "courriels-entrants", Boite)).FullName;
        foreach (var n in Enumerable.Range(0, messages))
        {
            var message = Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"From: Usager {n} <usager{n}@exemple.example>\r\nTo: contact@indre-et-loire.invalid\r\nSubject: Question {n}\r\nMessage-ID: <base{n}@exemple.example>\r\n\r\nBonjour, question {n}.\r\n"));
            if (n % 2 == 0)
            {
                await dovecot.DeliverAsync(Boite, message);
            }
            else
            {
                await File.WriteAllBytesAsync(Path.Combine(drop, $"{n}.eml"), message);
            }
        }
    }
}
