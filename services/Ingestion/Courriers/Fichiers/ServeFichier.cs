using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Api;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers;

/// <summary>
/// Gives the content of a file of a courrier to who may see the courrier. Only what no browser runs is shown; everything else, messages
/// and pages first, is saved as bytes (OWASP ASVS 5.0, 3.2.1 and 5.4). The Host adds nosniff and a policy under which nothing runs.
/// </summary>
internal static class ServeFichier
{
    /// <summary>Characters of HTML worth cleaning; a longer message is read in its original.</summary>
    private const long MaxPage = 4L << 20;

    public static readonly DescriptionOperation Description = new(
        OperationApi.LirePiece, "Lit le contenu d’un fichier", "Le fichier tel qu’il est arrivé, vérifié à mesure qu’il est lu ; son nom et son type sont dans la fiche du courrier.")
    {
        Reponse = new ReponseApi(200, "Le contenu, octet pour octet.", null),
        Problemes = [Probleme.PieceInfectee, Probleme.PieceIntrouvable],
    };

    public static void MapFichiers(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/fichiers/{pieceId:guid}", ServeAsync);
        endpoints.MapGet("/fichiers/{pieceId:guid}/page", ServePageAsync);
        endpoints.MapOperation("GET", "/api/v1/courriers/{id:guid}/pieces/{piece_id:guid}", ServeToProgramAsync, Description);
    }

    /// <summary>
    /// What a message says in HTML, for a sandboxed frame: cleaned again as it leaves, whatever was stored, its links shown as text.
    /// The Host adds a policy under which it fetches nothing.
    /// </summary>
    private static async Task<IResult> ServePageAsync(
        Guid pieceId, HttpContext context, IngestionDbContext db, ICourrierAccess access, IFileStore store, CancellationToken cancellationToken)
    {
        var piece = await db.Pieces.AsNoTracking().SingleOrDefaultAsync(
            p => p.Id == pieceId && p.Role == RolePiece.Document && p.TypeMime == TypeMime.Html && p.Taille <= MaxPage, cancellationToken);
        if (piece is null || !await access.MaySeeAsync(context.User.AsAgent(), piece.CourrierId, cancellationToken))
        {
            return Results.NotFound();
        }

        if (piece.EtatAnalyse == AnalysePiece.Infectee)
        {
            return Infected();
        }

        await using var content = store.OpenRead(piece.Sha256);
        using var reader = new StreamReader(content);
        context.Response.Headers.CacheControl = "no-store";
        var html = await reader.ReadToEndAsync(cancellationToken);
        var images = HtmlRecu.HasInlineImages(html) ? await InlineImagesAsync(piece, db, store, cancellationToken) : null;
        return Results.Content(HtmlRecu.PageOf(html, images), "text/html; charset=utf-8");
    }

    /// <summary>
    /// Written into the page: its frame is nobody, and would be given no file. Only images whose bytes are an image, and no more than a page holds.
    /// </summary>
    private static async Task<Dictionary<string, string>> InlineImagesAsync(Piece message, IngestionDbContext db, IFileStore store, CancellationToken cancellationToken)
    {
        var pieces = await db.Pieces.AsNoTracking()
            .Where(p => p.CourrierId == message.CourrierId && p.EchangeId == message.EchangeId && p.ContentId != null
                && (p.TypeMime == TypeMime.Png || p.TypeMime == TypeMime.Jpeg) && p.EtatAnalyse != AnalysePiece.Infectee)
            .OrderBy(p => p.Ordre)
            .ToListAsync(cancellationToken);
        var images = new Dictionary<string, string>(StringComparer.Ordinal);
        var left = MaxPage;
        foreach (var piece in pieces.Where(p => p.Taille <= MaxPage))
        {
            left -= piece.Taille;
            if (left < 0)
            {
                break;
            }

            await using var content = store.OpenRead(piece.Sha256);
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes, cancellationToken);
            images.TryAdd(piece.ContentId!, $"data:{piece.TypeMime};base64,{Convert.ToBase64String(bytes.GetBuffer(), 0, (int)bytes.Length)}");
        }

        return images;
    }

    /// <summary>Itself, or, for a message byte for byte, something that came in it.</summary>
    private static async Task<bool> IsInfectedAsync(Piece piece, IngestionDbContext db, CancellationToken cancellationToken) =>
        piece.EtatAnalyse == AnalysePiece.Infectee
        || (piece.Role == RolePiece.Brut && await db.Pieces.AnyAsync(
            p => p.CourrierId == piece.CourrierId && p.EchangeId == piece.EchangeId && p.EtatAnalyse == AnalysePiece.Infectee, cancellationToken));

    private static IResult Infected() =>
        Results.Text("Ce fichier est infecté : il n’est donné à personne. Le courrier, lui, est enregistré ; demandez à l’expéditeur un autre envoi.", "text/plain; charset=utf-8", statusCode: StatusCodes.Status403Forbidden);

    private static async Task<IResult> ServeToProgramAsync(
        Guid id, [FromRoute(Name = "piece_id")] Guid pieceId, HttpContext context, IngestionDbContext db, ICourrierAccess access, IFileStore store,
        CancellationToken cancellationToken)
    {
        var piece = await db.Pieces.AsNoTracking().SingleOrDefaultAsync(p => p.Id == pieceId && p.CourrierId == id, cancellationToken);
        if (piece is null || !await access.MaySeeAsync(context.User.AsAgent(), id, cancellationToken))
        {
            return Probleme.PieceIntrouvable.ToResult();
        }

        if (await IsInfectedAsync(piece, db, cancellationToken))
        {
            return Probleme.PieceInfectee.ToResult();
        }

        context.Response.ContentLength = piece.Taille;
        return Results.Stream(store.OpenRead(piece.Sha256), TypeMime.Inconnu);
    }

    private static async Task<IResult> ServeAsync(
        Guid pieceId, HttpContext context, IngestionDbContext db, ICourrierAccess access, IFileStore store, CancellationToken cancellationToken)
    {
        var piece = await db.Pieces.AsNoTracking().SingleOrDefaultAsync(p => p.Id == pieceId, cancellationToken);
        if (piece is null || !await access.MaySeeAsync(context.User.AsAgent(), piece.CourrierId, cancellationToken))
        {
            return Results.NotFound();
        }

        if (await IsInfectedAsync(piece, db, cancellationToken) && !(piece.Role == RolePiece.Brut && context.User.AsAgent().May(Action.OpenInfected)))
        {
            return Infected();
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
