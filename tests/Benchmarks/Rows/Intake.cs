using MailKit;
using MailKit.Search;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MimeKit;
using Npgsql;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.TestSupport.Mail;

namespace SuiviCourrier.Benchmarks.Rows;

/// <summary>
/// Ten thousand messages of 30 KB collected from a real Dovecot, a thousand at a time, beside the sum of its parts: the same messages of another mailbox
/// streamed to a file that is on the disk when it has its name, parsed, and the same rows written in one bare transaction each. Ours also keeps the text
/// and the attachment as files, and moves what it has received.
/// </summary>
internal static class Intake
{
    private const int Batch = 1_000;
    private const int Rounds = 10;
    private const string Bare = "nue";
    private static int s_number;

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var server = await DovecotServer.StartAsync();
        await server.AddMailboxAsync(Mail.Boite, Mail.Password);
        await server.AddMailboxAsync(Bare, Mail.Password);
        await using var bench = await Bench.StartAsync(Mail.WithoutCaps);
        await using var mailbox = MailboxOf(bench, server);
        await DeliverAsync(server, Mail.Boite, 1);
        await mailbox.CollectAsync(CancellationToken.None);
        var rows = await SameRows.ReadAsync(bench.Connection, (await bench.IdsAsync("SELECT id FROM ingestion.courriers")).Single(), [
            ("ingestion.correspondants", "id = (SELECT correspondant_id FROM ingestion.courriers WHERE id = $1)"),
            ("ingestion.courriers", "id = $1"),
            ("ingestion.messages_recus", "courrier_id = $1"),
            ("ingestion.pieces", "courrier_id = $1"),
            ("ingestion.accuses", "courrier_id = $1"),
            ("ingestion.journal", "courrier_id = $1"),
            ("messagerie.courriels_sortants", "courrier_id = $1"),
            ("messagerie.outbox", "payload->>'courrierId' = $1::text")]);
        await using var counter = new NpgsqlCommand(
            "UPDATE ingestion.compteurs_chrono SET dernier = dernier + 1 WHERE sens = 'Arrivee' RETURNING dernier", bench.Connection);
        await counter.PrepareAsync();
        using var client = await server.ConnectAsync(Bare);
        var folder = Directory.CreateTempSubdirectory("courrier-mesure-");
        var measures = await Duel.RunAsync(
            [
                new("intake", async () =>
                {
                    await mailbox.CollectAsync(CancellationToken.None);
                    return Batch;
                }, () => DeliverAsync(server, Mail.Boite, Batch)),
                new("streamed, parsed, fsynced, bare Npgsql", () => PartsAsync(client.Inbox!, folder.FullName, bench, counter, rows), async () =>
                {
                    await EmptyAsync(client.Inbox!);
                    await DeliverAsync(server, Bare, Batch);
                }),
            ],
            TimeSpan.Zero, Rounds);
        folder.Delete(recursive: true);
        var registered = await bench.ScalarAsync<long>("SELECT count(*) FROM ingestion.messages_recus WHERE boite_code = $1 AND sort = 'Courrier' AND message_id IS NOT NULL AND sha256_brut IN (SELECT sha256 FROM messagerie.fichiers)", Mail.Boite);
        return registered < Batch * Rounds
            ? throw new InvalidOperationException($"Only {registered} messages were registered")
            : [Row.Share($"mail intake from Dovecot, {Batch * Rounds:N0} messages of 30 KB", measures[0], measures[1], 0.4)];
    }

    private static ImapMailbox MailboxOf(Bench bench, DovecotServer server) => new(
        Mail.Boite,
        0,
        new ImapOptions { Hote = server.Host, Port = server.Port, Securite = SecuriteImap.StartTls, Utilisateur = Mail.Boite, EmpreinteCertificat = server.Empreinte },
        _ => Task.FromResult(Mail.Password),
        () => { },
        bench.Courrier.App.Services.GetRequiredService<IServiceScopeFactory>(),
        bench.Courrier.App.Services.GetRequiredService<IOptions<ReleveOptions>>(),
        NullLogger<ImapMailbox>.Instance);

    private static async Task DeliverAsync(DovecotServer server, string user, int count)
    {
        for (var message = 0; message < count; message++)
        {
            await server.DeliverAsync(user, Mail.Message(s_number++));
        }
    }

    private static async Task<int> PartsAsync(IMailFolder inbox, string folder, Bench bench, NpgsqlCommand counter, SameRows rows)
    {
        await inbox.CheckAsync();
        var all = await inbox.SearchAsync(SearchQuery.All);
        foreach (var uid in all)
        {
            var path = Path.Combine(folder, $"{Guid.NewGuid():N}");
            await using (var file = new FileStream(path + ".tmp", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
            {
                await using (var content = await inbox.GetStreamAsync(uid))
                {
                    await content.CopyToAsync(file);
                }

                file.Flush(flushToDisk: true);
                file.Position = 0;
                using var message = await MimeMessage.LoadAsync(file);
            }

            File.Move(path + ".tmp", path);
            await using var transaction = await bench.Connection.BeginTransactionAsync();
            var rang = (int)(await counter.ExecuteScalarAsync())!;
            await rows.WriteAsync(transaction, column => column switch
            {
                "rang" => rang,
                "numero_chrono" => $"ARR-NUE-{rang:D6}",
                "cle_idempotence" => $"nue:{rang}",
                "cle" => $"nue:{rang}",
                "jeton_suivi" => $"nue{rang:D23}",
                "uid" => 1_000_000L + rang,
                _ => null,
            });
            await transaction.CommitAsync();
        }

        return all.Count;
    }

    private static async Task EmptyAsync(IMailFolder inbox)
    {
        if (!inbox.IsOpen)
        {
            await inbox.OpenAsync(FolderAccess.ReadWrite);
        }

        var all = await inbox.SearchAsync(SearchQuery.All);
        if (all.Count > 0)
        {
            await inbox.AddFlagsAsync(all, MessageFlags.Deleted, silent: true);
            await inbox.ExpungeAsync();
        }
    }
}
