using System.CommandLine;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;

namespace SuiviCourrier.Host.Scripts;

/// <summary>
/// <c>lire-message</c>: the program starts itself to read a message that has stopped it before. It opens no database and reads no configuration;
/// nobody types it.
/// </summary>
internal static class LireMessageVerb
{
    public static Command Create()
    {
        var folder = new Argument<string>("DOSSIER");
        var maxBytes = new Argument<long>("OCTETS");
        var limit = new Argument<long>("MILLISECONDES");
        var verb = new Command(LecteurApart.Verbe, "Lit un message donné sur l’entrée standard.") { folder, maxBytes, limit };
        verb.Hidden = true;
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            await using var input = Console.OpenStandardInput();
            await using var output = Console.OpenStandardOutput();
            return await LecteurApart.RunAsync(
                input, output, parsed.GetValue(folder)!, parsed.GetValue(maxBytes), TimeSpan.FromMilliseconds(parsed.GetValue(limit)), cancellationToken);
        });
        return verb;
    }
}
