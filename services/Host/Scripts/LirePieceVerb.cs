using System.CommandLine;
using SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

namespace SuiviCourrier.Host.Scripts;

/// <summary><c>lire-piece</c>: the program starts itself to read the words of a file that may stop whoever opens it, as <see cref="LireMessageVerb"/>; nobody types it.</summary>
internal static class LirePieceVerb
{
    public static Command Create()
    {
        var type = new Argument<string>("TYPE");
        var extension = new Argument<string>("EXTENSION");
        var caracteres = new Argument<int>("CARACTERES");
        var limit = new Argument<long>("MILLISECONDES");
        var verb = new Command(TexteApart.Verbe, "Lit les mots d’un fichier donné sur l’entrée standard.") { type, extension, caracteres, limit };
        verb.Hidden = true;
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            await using var input = Console.OpenStandardInput();
            await using var output = Console.OpenStandardOutput();
            return await TexteApart.RunAsync(
                input, output, parsed.GetValue(type)!, parsed.GetValue(extension)!, parsed.GetValue(caracteres),
                TimeSpan.FromMilliseconds(parsed.GetValue(limit)), cancellationToken);
        });
        return verb;
    }
}
