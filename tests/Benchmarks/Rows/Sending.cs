using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;

namespace SuiviCourrier.Benchmarks.Rows;

/// <summary>
/// Queued messages claimed, composed, kept as evidence, sent and confirmed in the database, beside the same messages given to the same SMTP server by
/// MailKit in a loop, on as many connections.
/// </summary>
internal static class Sending
{
    private const int Batch = 500;
    private const int Connections = 2;
    private static int s_number;

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var sink = SmtpSink.Start();
        var settings = new Dictionary<string, string?>(sink.Settings())
        {
            ["Courriel:EnParallele"] = $"{Connections}",
            ["Courriel:Poll"] = "00:00:00.050",
        };
        await using var bench = await Bench.StartAsync(
            settings, ServiceRoles.Ingestion, configure: builder => builder.Services.AddScoped<ICourrielComposer, Composer>());
        var measures = await Duel.RunAsync(
            [
                new("sending", () => SendAsync(bench)),
                new($"MailKit, {Connections} connections", () => LoopAsync(sink)),
            ],
            TimeSpan.Zero);
        return [Row.Share($"sending, {Connections} connections, batches of {Batch}", measures[0], measures[1], 0.5)];
    }

    private static async Task<int> SendAsync(Bench bench)
    {
        await bench.ExecuteAsync(
            """
            INSERT INTO messagerie.courriels_sortants (id, cle, kind, reference, etat, attempts, not_before, created_at, data_started)
            SELECT uuidv7(), 'mesure:' || uuidv7(), 'mesure', n::text, 'AEnvoyer', 0, now(), now(), false FROM generate_series($1, $2) n
            """,
            s_number, s_number + Batch - 1);
        s_number += Batch;
        await Eventually.EventuallyAsync(
            "the messages never all left", async () => await bench.ScalarAsync<long>("SELECT count(*) FROM messagerie.courriels_sortants WHERE etat <> 'Accepte'") == 0);
        return Batch;
    }

    private static async Task<int> LoopAsync(SmtpSink sink)
    {
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            using var client = new SmtpClient();
            await client.ConnectAsync(sink.Host, sink.Port, SecureSocketOptions.None);
            for (var message = 0; message < Batch / Connections; message++)
            {
                await client.SendAsync(CourrielCompose.Format, MessageTo(Interlocked.Increment(ref s_number)));
            }

            await client.DisconnectAsync(quit: true);
        }));
        return Batch;
    }

    /// <summary>As long as an acknowledgement: a text and its HTML, 4 KB together.</summary>
    private static MimeMessage MessageTo(int number)
    {
        var text = string.Join("\n", Enumerable.Range(1, 25).Select(line => $"Ligne {line} : nous avons bien reçu votre courrier {number}, et vous répondrons."));
        var message = new MimeMessage { Subject = $"Accusé d’enregistrement {number}" };
        message.From.Add(new MailboxAddress("Préfecture", "courrier@indre-et-loire.invalid"));
        message.To.Add(new MailboxAddress(string.Empty, $"usager{number}@exemple.example"));
        message.Body = new MultipartAlternative { new TextPart("plain") { Text = text }, new TextPart("html") { Text = $"<p>{text}</p>" } };
        return message;
    }

    private sealed class Composer : ICourrielComposer
    {
        public string Kind => "mesure";

        public Task<CourrielCompose?> ComposeAsync(CourrielSortant courriel, CancellationToken cancellationToken) =>
            Task.FromResult<CourrielCompose?>(new CourrielCompose(MessageTo(int.Parse(courriel.Reference, System.Globalization.CultureInfo.InvariantCulture)), EnveloppeVide: true));

        public Task SettledAsync(CourrielSortant courriel, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
