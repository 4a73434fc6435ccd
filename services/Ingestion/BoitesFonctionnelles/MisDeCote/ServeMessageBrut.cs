using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Fichiers.Antivirus;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.MisDeCote;

/// <summary>
/// The bytes of a message set aside, exactly as collected, to save. Once registered it belongs to its courrier, and who may see that
/// courrier finds them there. The scanner looks at it first: nobody has yet, before it is registered.
/// </summary>
internal static class ServeMessageBrut
{
    public static void MapMessagesBruts(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/mis-de-cote/{id:guid}/brut", ServeAsync);

    private static async Task<IResult> ServeAsync(
        Guid id, HttpContext context, MessagesMisDeCote messages, IFileStore store, Clamd clamd, IOptions<AntivirusOptions> antivirus, CancellationToken cancellationToken)
    {
        var agent = context.User.AsAgent();
        if (!agent.May(Action.Register))
        {
            return Results.Forbid();
        }

        if (await messages.FindAsync(id, cancellationToken) is not { Sort: SortMessage.Ecarte } message)
        {
            return Results.NotFound();
        }

        if (!agent.May(Action.OpenInfected) && antivirus.Value.IsConfigured && message.Taille <= antivirus.Value.TailleMax
            && await IsInfectedAsync(message.Sha256, store, clamd, cancellationToken))
        {
            return Results.Text(
                "Ce message contient un fichier infecté : seuls les superviseurs et les administrateurs peuvent le télécharger. Vous pouvez l’enregistrer ou l’écarter sans l’ouvrir.",
                "text/plain; charset=utf-8",
                statusCode: StatusCodes.Status403Forbidden);
        }

        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(string.Create(CultureInfo.InvariantCulture, $"message-{message.RecuA:yyyyMMdd-HHmmss}.eml"));
        context.Response.Headers.ContentDisposition = disposition.ToString();
        context.Response.Headers.CacheControl = "no-store";
        return Results.Stream(store.OpenRead(message.Sha256), TypeMime.Inconnu);
    }

    /// <summary>Without a verdict it is given, as every file that nobody has scanned.</summary>
    private static async Task<bool> IsInfectedAsync(string sha256, IFileStore store, Clamd clamd, CancellationToken cancellationToken)
    {
        try
        {
            await using var content = store.OpenRead(sha256);
            return (await clamd.ScanAsync(content, cancellationToken)).Etat == AnalysePiece.Infectee;
        }
        catch (AntivirusException)
        {
            return false;
        }
    }
}
