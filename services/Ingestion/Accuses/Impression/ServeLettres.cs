using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SuiviCourrier.Ingestion.Accuses.ATraiter;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Accuses.Impression;

/// <summary>Letters to print, shown as files are: one alone as it would be printed now, or a whole lot.</summary>
internal static class ServeLettres
{
    public static void MapLettres(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/fichiers/accuses/{accuseId:guid}", ServeLettreAsync);
        endpoints.MapGet("/fichiers/lots/{lotId:guid}", ServeLotAsync);
    }

    private static async Task<IResult> ServeLettreAsync(
        Guid accuseId, HttpContext context, AccusesATraiter accuses, PrepareLot prepareLot, CancellationToken cancellationToken)
    {
        var agent = context.User.AsAgent();
        if (!agent.May(Action.Register))
        {
            return Results.Forbid();
        }

        return await accuses.FindAsync(agent, accuseId, cancellationToken) is not null && await prepareLot.LookAsync(accuseId, cancellationToken) is { } pdf
            ? Pdf(context, pdf)
            : Results.NotFound();
    }

    /// <param name="rectoVerso">Each letter starts on a new sheet when both sides are printed.</param>
    private static async Task<IResult> ServeLotAsync(
        Guid lotId, HttpContext context, LotsImpression lots, CancellationToken cancellationToken, bool rectoVerso = false)
    {
        var agent = context.User.AsAgent();
        if (!agent.May(Action.Register))
        {
            return Results.Forbid();
        }

        return await lots.FindAsync(agent, lotId, cancellationToken) is { Lettres.Count: > 0 } lot
            ? Pdf(context, await lots.WriteAsync(lot, rectoVerso, cancellationToken))
            : Results.NotFound();
    }

    private static IResult Pdf(HttpContext context, Stream pdf)
    {
        context.Response.Headers.ContentDisposition = "inline; filename=\"accuses.pdf\"";
        context.Response.Headers.CacheControl = "no-store";
        return Results.Stream(pdf, TypeMime.Pdf);
    }
}
