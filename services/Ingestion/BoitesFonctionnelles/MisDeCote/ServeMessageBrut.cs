using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.MisDeCote;

/// <summary>
/// The bytes of a message set aside, exactly as collected, to save. Once registered it belongs to its courrier, and who may see that
/// courrier finds them there.
/// </summary>
internal static class ServeMessageBrut
{
    public static void MapMessagesBruts(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/mis-de-cote/{id:guid}/brut", ServeAsync);

    private static async Task<IResult> ServeAsync(
        Guid id, HttpContext context, MessagesMisDeCote messages, IFileStore store, CancellationToken cancellationToken)
    {
        if (!context.User.AsAgent().May(Action.Register))
        {
            return Results.Forbid();
        }

        if (await messages.FindAsync(id, cancellationToken) is not { Sort: SortMessage.Ecarte } message)
        {
            return Results.NotFound();
        }

        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(string.Create(CultureInfo.InvariantCulture, $"message-{message.RecuA:yyyyMMdd-HHmmss}.eml"));
        context.Response.Headers.ContentDisposition = disposition.ToString();
        context.Response.Headers.CacheControl = "no-store";
        return Results.Stream(store.OpenRead(message.Sha256), TypeMime.Inconnu);
    }
}
