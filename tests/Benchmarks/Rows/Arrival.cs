using System.Diagnostics;
using System.Globalization;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.Benchmarks.Rows;

/// <summary>
/// The whole way with all roles in a process of its own: a message arrives in a mailbox of Dovecot, its acknowledgement is accepted by an SMTP server;
/// then the memory that a message of 100 MB takes.
/// </summary>
internal static class Arrival
{
    private const int Messages = 100;
    private const int LargeMegabytes = 100;

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var sink = SmtpSink.Start();
        await using var server = await DovecotServer.StartAsync();
        await server.AddMailboxAsync(Mail.Boite, Mail.Password);
        var settings = new Dictionary<string, string?>([.. Mail.WithoutCaps, .. server.Settings(Mail.Boite), .. sink.Settings()])
        {
            ["Releve:TailleMax"] = (2L * LargeMegabytes << 20).ToString(CultureInfo.InvariantCulture),
        };
        await using var installation = await Installation.CreateAsync(settings);
        await installation.StartAsync();
        var measure = new Measure("arrival");
        for (var message = 0; message < Messages + 10; message++)
        {
            var bytes = Mail.Message(message);
            var started = Stopwatch.GetTimestamp();
            await AcknowledgedAsync(server, sink, bytes);
            if (message >= 10)
            {
                measure.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        var arrival = new Row
        {
            What = $"e-mail arrives → acknowledgement accepted, {Messages} one after the other",
            Measured = Row.Times(measure),
            Limit = "none",
            Ratio = "",
            Bar = "p95 ≤ 2 s",
            IsMet = measure.P(95) <= 2000,
        };
        await installation.StopAsync();
        await installation.StartAsync();
        var large = await LargeAsync(installation, server, sink);
        await installation.StopAsync();
        return [arrival, large];
    }

    /// <summary>
    /// Opened whole: its attachment is decoded and stored. In a process that has read one message: what many leave in the heap would hide what this one
    /// takes, and the code it needs is not what is measured.
    /// </summary>
    private static async Task<Row> LargeAsync(Installation installation, DovecotServer server, SmtpSink sink)
    {
        await AcknowledgedAsync(server, sink, Mail.Message(Messages + 10, 200_000));
        var bytes = Mail.Message(Messages + 11, LargeMegabytes << 20);
        var idle = ChildProcess.MemoryOf(installation.ProcessId, "VmRSS");
        ChildProcess.ForgetPeak(installation.ProcessId);
        await AcknowledgedAsync(server, sink, bytes);
        var peak = ChildProcess.MemoryOf(installation.ProcessId, "VmHWM");
        return new Row
        {
            What = $"an e-mail of {LargeMegabytes} MB, memory of the Host",
            Measured = $"peak {peak} MB",
            Limit = $"before it came: {idle} MB",
            Ratio = Row.Text($"+{peak - idle} MB"),
            Bar = "≤ idle + 64 MB",
            IsMet = peak - idle <= 64,
        };
    }

    private static async Task AcknowledgedAsync(DovecotServer server, SmtpSink sink, byte[] message)
    {
        var before = sink.Received.Count;
        await server.DeliverAsync(Mail.Boite, message);
        await Eventually.EventuallyAsync("the acknowledgement was never accepted", () => Task.FromResult(sink.Received.Count > before), TimeSpan.FromMinutes(5));
    }
}
