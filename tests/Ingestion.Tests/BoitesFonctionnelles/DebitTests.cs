using System.Diagnostics;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;

/// <summary>
/// How fast mail comes in and acknowledgements go out. The figures are printed; the bounds asserted only say that nothing is stuck, because
/// the machine may be doing other things.
/// </summary>
[NonParallelizable]
public sealed class DebitTests
{
    private const int Messages = 200;
    private const int OneByOne = 30;

    [Test]
    public async Task Mailbox_Of200MessagesOf30Kilobytes_IsCollectedAndAcknowledged()
    {
        await using var server = await DovecotServer.StartAsync();
        await using var sink = SmtpSink.Start(withTls: true);
        await BoiteImap.OpenAsync(server, "pleine");
        for (var n = 0; n < Messages; n++)
        {
            await server.DeliverAsync("pleine", Message($"lot{n}"));
        }

        var watch = Stopwatch.StartNew();
        await using var courrier = await RunningCourrier.StartAsync(BoiteImap.Merge(
            BoiteImap.Settings(server, "pleine"), sink.Settings(), new Dictionary<string, string?> { ["Courriel:EnParallele"] = "4" }));
        var boite = new BoiteImap(server, courrier.Database, "pleine");
        await EventuallyAsync("The first message never came", async () => await boite.CountAsync("SELECT count(*) FROM ingestion.messages_recus") > 0);
        var first = watch.Elapsed;
        await EventuallyAsync("Some messages never came", async () => await boite.CountAsync("SELECT count(*) FROM ingestion.messages_recus") == Messages, TimeSpan.FromMinutes(3));
        var collected = watch.Elapsed - first;
        await EventuallyAsync("Some acknowledgements never left", () => Task.FromResult(sink.Received.Count == Messages), TimeSpan.FromMinutes(3));
        var acknowledged = watch.Elapsed - first;

        // Then one by one, into an idle mailbox: what a citizen waits for.
        await boite.MovedAsync(Messages);
        await boite.WellAsync();
        var collecting = new List<double>();
        var waits = new List<double>();
        for (var n = 0; n < OneByOne; n++)
        {
            var arrived = Stopwatch.GetTimestamp();
            await server.DeliverAsync("pleine", Message($"seul{n}"));
            await EventuallyAsync("A message never came", async () => await boite.CountAsync("SELECT count(*) FROM ingestion.messages_recus") == Messages + n + 1);
            collecting.Add(Stopwatch.GetElapsedTime(arrived).TotalSeconds);
            await EventuallyAsync("An acknowledgement never left", () => Task.FromResult(sink.Received.Count == Messages + n + 1));
            waits.Add(Stopwatch.GetElapsedTime(arrived).TotalSeconds);
        }

        waits.Sort();
        collecting.Sort();
        var p95 = waits[(int)Math.Ceiling(0.95 * OneByOne) - 1];
        await TestContext.Out.WriteLineAsync(
            $"{Messages} messages of 30 KB: collected at {Messages / collected.TotalSeconds:0} a second, acknowledged at {Messages / acknowledged.TotalSeconds:0} a second; "
            + $"one by one, arrival to acknowledgement: median {waits[OneByOne / 2]:0.00} s, p95 {p95:0.00} s (to registration: median {collecting[OneByOne / 2]:0.00} s)");
        Assert.That(sink.Received.Select(r => r.Recipients.Single()), Is.Unique);
        Assert.That(collected, Is.LessThan(TimeSpan.FromMinutes(1)));
        Assert.That(p95, Is.LessThan(10), "seconds");
    }

    private static byte[] Message(string id) => Courriels.Make($"From: {id}@exemple.example", text: string.Concat(Enumerable.Repeat($"Une ligne du message {id}, ni longue ni courte.\r\n", 600)));
}
