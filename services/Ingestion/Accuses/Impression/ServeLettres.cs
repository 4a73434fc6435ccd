using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses.ATraiter;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Accuses.Impression;

/// <summary>Letters to print, shown as files are: one alone as it would be printed now, or a whole lot; each also as a page.</summary>
internal static class ServeLettres
{
    public static void MapLettres(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/fichiers/accuses/{accuseId:guid}", (
            Guid accuseId, HttpContext context, AccusesATraiter accuses, PrepareLot prepareLot, CancellationToken cancellationToken) =>
            ServeLettreAsync(accuseId, asPage: false, context, accuses, prepareLot, cancellationToken));
        endpoints.MapGet("/fichiers/accuses/{accuseId:guid}/lecture", (
            Guid accuseId, HttpContext context, AccusesATraiter accuses, PrepareLot prepareLot, CancellationToken cancellationToken) =>
            ServeLettreAsync(accuseId, asPage: true, context, accuses, prepareLot, cancellationToken));
        endpoints.MapGet("/fichiers/recepisses/{courrierId:guid}/lecture", ServeRecepisseAsync);
        endpoints.MapGet("/fichiers/lots/{lotId:guid}", ServeLotAsync);
        endpoints.MapGet("/fichiers/lots/{lotId:guid}/liste", ServeListeAsync);
        endpoints.MapGet("/fichiers/lots/{lotId:guid}/{accuseId:guid}/lecture", ServeLettreDuLotAsync);
    }

    private static async Task<IResult> ServeLettreAsync(
        Guid accuseId, bool asPage, HttpContext context, AccusesATraiter accuses, PrepareLot prepareLot, CancellationToken cancellationToken)
    {
        var agent = context.User.AsAgent();
        if (!agent.May(Action.Register))
        {
            return Results.Forbid();
        }

        return await accuses.FindAsync(agent, accuseId, cancellationToken) is not null && await prepareLot.LookAsync(accuseId, asPage, cancellationToken) is { } letter
            ? asPage ? Page(context, letter) : Pdf(context, letter, "accuse.pdf")
            : Results.NotFound();
    }

    /// <summary>
    /// The letters nobody has said to be printed, so that what jammed is printed without the rest. Once all are, a reprint is asked for,
    /// with its reason.
    /// </summary>
    /// <param name="rectoVerso">Each letter starts on a new sheet when both sides are printed.</param>
    private static async Task<IResult> ServeLotAsync(
        Guid lotId, HttpContext context, LotsImpression lots, CancellationToken cancellationToken, bool rectoVerso = false)
    {
        var agent = context.User.AsAgent();
        if (!agent.May(Action.Register))
        {
            return Results.Forbid();
        }

        if (await lots.FindAsync(agent, lotId, cancellationToken) is not { Lettres.Count: > 0 } lot)
        {
            return Results.NotFound();
        }

        var lettres = lot.In(EtatLettre.AImprimer).ToArray();
        if (lettres.Length == 0)
        {
            return Results.Redirect($"/accuses/lots/{lotId}");
        }

        var pdf = await lots.WriteAsync(lettres, rectoVerso, cancellationToken);
        await lots.OpenedAsync(agent, lotId, cancellationToken);
        return Pdf(context, pdf, "accuses.pdf");
    }

    /// <summary>The receipt of a deposit as it would be given now, as a page.</summary>
    private static async Task<IResult> ServeRecepisseAsync(
        Guid courrierId, HttpContext context, CourriersEnregistres courriers, TexteAccuse texte, CancellationToken cancellationToken)
    {
        var agent = context.User.AsAgent();
        if (!agent.May(Action.Register))
        {
            return Results.Forbid();
        }

        return await courriers.FindAsync(agent, courrierId, cancellationToken) is { Canal: Canal.Depot } courrier
            ? Page(context, new MemoryStream(Encoding.UTF8.GetBytes((await texte.RecepisseAsync(courrier, cancellationToken)).Html)))
            : Results.NotFound();
    }

    private static async Task<IResult> ServeListeAsync(
        Guid lotId, HttpContext context, LotsImpression lots, ListeACocher liste, CancellationToken cancellationToken)
    {
        var agent = context.User.AsAgent();
        if (!agent.May(Action.Register))
        {
            return Results.Forbid();
        }

        return await lots.FindAsync(agent, lotId, cancellationToken) is { Lettres.Count: > 0 } lot
            ? Pdf(context, new MemoryStream(await liste.RenderAsync(lot, cancellationToken)), "liste-a-cocher.pdf")
            : Results.NotFound();
    }

    private static async Task<IResult> ServeLettreDuLotAsync(
        Guid lotId, Guid accuseId, HttpContext context, LotsImpression lots, IFileStore store, CancellationToken cancellationToken)
    {
        var agent = context.User.AsAgent();
        if (!agent.May(Action.Register))
        {
            return Results.Forbid();
        }

        var lot = await lots.FindAsync(agent, lotId, cancellationToken);
        return lot?.Lettres.SingleOrDefault(l => l.AccuseId == accuseId) is { } lettre
            ? Page(context, store.OpenRead(lettre.HtmlSha256))
            : Results.NotFound();
    }

    private static IResult Pdf(HttpContext context, Stream pdf, string name)
    {
        context.Response.Headers.ContentDisposition = $"inline; filename=\"{name}\"";
        context.Response.Headers.CacheControl = "no-store";
        return Results.Stream(pdf, TypeMime.Pdf);
    }

    private static IResult Page(HttpContext context, Stream html)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Stream(html, "text/html; charset=utf-8");
    }
}
