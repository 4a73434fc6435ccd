using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers;

/// <summary>
/// Gives the content of a file of a courrier to who may see the courrier. Only what no browser runs is shown; everything else, messages
/// and pages first, is saved as bytes (OWASP ASVS 5.0, 3.2.1 and 5.4). The Host adds nosniff and a policy under which nothing runs.
/// </summary>
internal static class ServeFichier
{
    public static void MapFichiers(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/fichiers/{pieceId:guid}", ServeAsync);

    private static async Task<IResult> ServeAsync(
        Guid pieceId, HttpContext context, IngestionDbContext db, ICourrierAccess access, IFileStore store, CancellationToken cancellationToken)
    {
        var piece = await db.Pieces.AsNoTracking().SingleOrDefaultAsync(p => p.Id == pieceId, cancellationToken);
        if (piece is null || !await access.MaySeeAsync(context.User.AsAgent(), piece.CourrierId, cancellationToken))
        {
            return Results.NotFound();
        }

        var content = store.OpenRead(piece.Sha256);
        var isShown = TypeMime.IsShownInline(piece.TypeMime);
        var disposition = new ContentDispositionHeaderValue(isShown ? "inline" : "attachment");
        disposition.SetHttpFileName(piece.Nom);
        context.Response.Headers.ContentDisposition = disposition.ToString();
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = piece.Taille;
        return Results.Stream(content, isShown ? piece.TypeMime : TypeMime.Inconnu);
    }
}
