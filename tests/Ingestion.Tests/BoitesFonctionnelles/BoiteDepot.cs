using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;

/// <summary>The drop folder of the mailbox <c>contact</c> of a running application, and what became of what was dropped.</summary>
internal sealed class BoiteDepot(RunningCourrier courrier)
{
    public static readonly Dictionary<string, string?> Settings = new()
    {
        ["Releve:Quietude"] = "00:00:00.050",
        ["Releve:PollDossier"] = "00:00:00.050",
        ["Courriel:Poll"] = "00:00:00.100",
        ["Courriel:Expediteur"] = "courrier@indre-et-loire.invalid",
    };

    public string Folder => Path.Combine(courrier.Folder, "courriels-entrants", "contact");

    public string SentFolder => Path.Combine(courrier.Folder, "courriels-sortants");

    /// <summary>Written aside, then renamed into the folder.</summary>
    public string Drop(byte[] message, string? name = null)
    {
        Directory.CreateDirectory(Folder);
        var temporary = Path.Combine(courrier.Folder, $"{Guid.NewGuid():N}.tmp");
        File.WriteAllBytes(temporary, message);
        var file = name ?? $"{Guid.NewGuid():N}.eml";
        File.Move(temporary, Path.Combine(Folder, file));
        return file;
    }

    public bool IsIn(string subfolder, string file) => File.Exists(Path.Combine(Folder, subfolder, file));

    public async Task DroppedAndDoneAsync(byte[] message, string subfolder = "traites")
    {
        var file = Drop(message);
        await EventuallyAsync($"The dropped file never came to {subfolder}", () => Task.FromResult(IsIn(subfolder, file)));
    }

    public async Task<Guid> CourrierOfAsync(string messageId)
    {
        await EventuallyAsync($"The message {messageId} was never registered", async () => await CourrierIdAsync(messageId) != Guid.Empty);
        return await CourrierIdAsync(messageId);
    }

    /// <summary>The acknowledgement of a courrier as it left, once its state is told.</summary>
    public async Task<MimeKit.MimeMessage> AccuseOfAsync(Guid courrierId)
    {
        await EventuallyAsync(
            "The acknowledgement never left",
            async () => await courrier.Database.ScalarAsync<string>("SELECT etat FROM ingestion.accuses WHERE courrier_id = $1", courrierId) == "Envoye");
        var messageId = await courrier.Database.ScalarAsync<string>("SELECT message_id FROM messagerie.courriels_sortants WHERE courrier_id = $1", courrierId);
        return await MimeKit.MimeMessage.LoadAsync(Path.Combine(SentFolder, $"{messageId}.eml"));
    }

    public Task<long> CountAsync(string sql, params object[] values) => courrier.Database.ScalarAsync<long>(sql, values);

    private Task<Guid> CourrierIdAsync(string messageId) =>
        courrier.Database.ScalarAsync<Guid>("SELECT courrier_id FROM ingestion.messages_recus WHERE message_id = $1 AND sort = 'Courrier'", messageId);
}
