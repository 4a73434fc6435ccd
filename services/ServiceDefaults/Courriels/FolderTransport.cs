using System.Text;

namespace SuiviCourrier.ServiceDefaults.Courriels;

/// <summary>
/// Writes each message as a file named by its Message-ID, whole or not at all. Writing it twice gives one file, so that a crash leaves no doubt.
/// </summary>
public sealed class FolderTransport(string folder) : ICourrielTransport
{
    public async Task<Envoi> SendAsync(CourrielPret courriel, Func<bool> beforeData, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var name = NameOf(courriel.MessageId);
        var temporary = Path.Combine(folder, $".{name}.{Guid.NewGuid():N}.tmp");
        await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            // The trace header a receiving server adds: it shows the envelope, which the message itself does not tell.
            await file.WriteAsync(Encoding.UTF8.GetBytes($"Return-Path: <{courriel.Expediteur?.Address}>\r\n"), cancellationToken);
            await courriel.Message.WriteToAsync(CourrielCompose.Format, file, cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, Path.Combine(folder, name), overwrite: true);
        return new Envoi(ResultatEnvoi.Accepte, $"Écrit dans {name}");
    }

    public Task<string?> ReachAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string NameOf(string messageId) =>
        string.Concat(messageId.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '@' ? c : '_')) + ".eml";
}
