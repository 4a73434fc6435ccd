using MailKit;
using MailKit.Search;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;

/// <summary>A mailbox of a real IMAP server that a running application collects, and what became of its messages.</summary>
internal sealed class BoiteImap(DovecotServer server, TestDatabase database, string code)
{
    public const string Password = "un mot de passe à espaces";

    public string Code => code;

    /// <summary>Opens the mailbox on the server.</summary>
    public static Task OpenAsync(DovecotServer server, string code) => server.AddMailboxAsync(code, Password);

    /// <summary>Entry <paramref name="number"/> of the configuration: over TLS, or in clear through a proxy that must understand.</summary>
    public static Dictionary<string, string?> Settings(DovecotServer server, string code, int number = 0, ImapProxy? proxy = null)
    {
        var settings = server.Settings(code, number);
        if (proxy is not null)
        {
            settings[$"Boites:{number}:Imap:Port"] = proxy.Port.ToString();
            settings[$"Boites:{number}:Imap:Securite"] = "Aucune";
        }

        return settings;
    }

    public static Dictionary<string, string?> Merge(params IReadOnlyDictionary<string, string?>[] all)
    {
        var merged = new Dictionary<string, string?>();
        foreach (var (key, value) in all.SelectMany(s => s))
        {
            merged[key] = value;
        }

        return merged;
    }

    public Task DeliverAsync(byte[] message) => server.DeliverAsync(code, message);

    public async Task<int> CountInAsync(string folder) => (await server.FoldersAsync(code)).GetValueOrDefault(folder);

    public Task MovedAsync(int traites, int anomalies = 0, TimeSpan? within = null) => EventuallyAsync(
        $"{code}: never {traites} messages in Traités, {anomalies} in Anomalies and none in INBOX",
        async () =>
        {
            var folders = await server.FoldersAsync(code);
            return folders.GetValueOrDefault("Traités") == traites && folders.GetValueOrDefault("Anomalies") == anomalies && folders["INBOX"] == 0;
        },
        within);

    /// <returns>Fates of the mailbox's messages in the order they had them.</returns>
    public Task<string?> FatesAsync() =>
        database.ScalarAsync<string>("SELECT string_agg(sort, ',' ORDER BY traite_le, id) FROM ingestion.messages_recus WHERE boite_code = $1", code);

    public Task ReceivedAsync(int messages) => EventuallyAsync(
        $"{code}: never {messages} messages with a fate",
        async () => await CountAsync("SELECT count(*) FROM ingestion.messages_recus WHERE boite_code = $1", code) >= messages);

    public Task BrokenAsync(string words) => EventuallyAsync(
        $"{code}: never said « {words} »",
        async () => (await PanneAsync())?.Contains(words, StringComparison.Ordinal) is true);

    public Task WellAsync() => EventuallyAsync(
        $"{code}: never well again",
        async () => await CountAsync(
            "SELECT count(*) FROM ingestion.boites WHERE code = $1 AND panne IS NULL AND en_panne_depuis IS NULL AND relevee_le IS NOT NULL", code) == 1);

    public Task<string?> PanneAsync() => database.ScalarAsync<string>("SELECT panne FROM ingestion.boites WHERE code = $1 AND en_panne_depuis IS NOT NULL", code);

    public Task<long> CountAsync(string sql, params object[] values) => database.ScalarAsync<long>(sql, values);

    /// <summary>Messages with this flag in any folder.</summary>
    public async Task<int> FlaggedAsync(MessageFlags flag)
    {
        using var client = await server.ConnectAsync(code);
        var flagged = 0;
        foreach (var folder in await client.GetFoldersAsync(client.PersonalNamespaces[0]))
        {
            await folder.OpenAsync(FolderAccess.ReadOnly);
            var all = await folder.SearchAsync(SearchQuery.All);
            flagged += all.Count == 0 ? 0 : (await folder.FetchAsync(all, MessageSummaryItems.Flags)).Count(m => m.Flags!.Value.HasFlag(flag));
        }

        return flagged;
    }
}
