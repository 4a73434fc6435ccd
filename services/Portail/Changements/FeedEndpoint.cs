using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Api;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Changements;

public sealed record PageChangements(
    [property: Required] IReadOnlyList<Changement> Changements,
    [property: Required, Description("À donner dans « curseur » la fois suivante, tout de suite s’il y a une suite, plus tard sinon.")] string Curseur,
    [property: Required, Description("D’autres changements attendent déjà.")] bool Suite);

/// <summary>A courrier that has changed, in its newest state. Nothing about persons.</summary>
public sealed record Changement(
    [property: Required] Guid Id,
    [property: Required] int Version,
    [property: Required] string NumeroChrono,
    [property: Required] EtatCourrier Etat,
    string? Service,
    [property: Required] DateOnly RecuLe,
    DateOnly? Echeance,
    DateOnly? ReponduLe,
    DateOnly? ClosLe);

/// <summary>
/// What has changed since a cursor. Rows are told in the order of the transactions that wrote them, and only once every older transaction is
/// finished: whatever commits late is still ahead of every cursor given.
/// </summary>
internal static class FeedEndpoint
{
    private const int Taille = 100;
    private const int TailleMax = 1000;

    public static readonly DescriptionOperation Description = new(
        OperationApi.SuivreChangements, "Suit les changements",
        "Chaque courrier qui a changé depuis le curseur, dans son dernier état : un courrier changé deux fois n’est donné qu’une fois. Sans curseur, depuis le "
        + "début. Aucun changement n’est sauté ; un même état peut revenir. Un courrier qui quitte les services de la clé n’est plus donné.")
    {
        Parametres =
        [
            new("curseur", typeof(string), "Valeur « curseur » de la réponse précédente."),
            new("taille", typeof(int), $"Changements par réponse, de 1 à {TailleMax} ; {Taille} par défaut."),
        ],
        Reponse = new ReponseApi(
            200, "Des changements, ou aucun.", typeof(PageChangements),
            new PageChangements(
                [
                    new Changement(
                        Guid.Parse("0197a3c2-5b1e-7c40-9d52-3f6a8e1b2c4d"), 4, "ARR-2026-01931", EtatCourrier.Repondu, "DCL-ETR", new DateOnly(2026, 5, 6),
                        new DateOnly(2026, 5, 22), new DateOnly(2026, 5, 20), new DateOnly(2026, 5, 20)),
                ],
                "q83vEjRWeJCrze8SNFZ4kA", false)),
        Problemes = [Probleme.DemandeMalFormee, Probleme.CurseurIllisible, Probleme.CurseurPerime],
    };

    public static void MapFeed(this IEndpointRouteBuilder endpoints) => endpoints.MapOperation("GET", "/api/v1/changements", HandleAsync, Description);

    private static async Task<IResult> HandleAsync(HttpContext context, PortailDbContext db, CancellationToken cancellationToken)
    {
        var lus = new ParametresLus(context, Description.Parametres);
        var (taille, curseur) = (lus.Number("taille", 1, TailleMax) ?? Taille, lus.Text("curseur"));
        lus.Check();
        var origine = await BaseAsync(db, cancellationToken);
        var liste = $"{Description.Operation.Nom} {origine.Identite}";
        var (transaction, id) = curseur is null ? (0UL, Guid.Empty) : PositionOf(CurseurApi.Read(curseur, liste, Probleme.CurseurPerime));
        if (transaction > ulong.Parse(origine.Prochaine, CultureInfo.InvariantCulture))
        {
            // The files of the database were put back as they were before the cursor was given.
            throw new DemandeRefuseeException(Probleme.CurseurPerime, "Redemandez les changements sans curseur.");
        }

        var after = transaction.ToString(CultureInfo.InvariantCulture);
        var found = await db.Dossiers
            .FromSql(
                $"""
                SELECT d.*, d.xmin FROM portail.dossiers d
                WHERE d.transaction_id < pg_snapshot_xmin(pg_current_snapshot()) AND (d.transaction_id, d.courrier_id) > ({after}::xid8, {id})
                """)
            .AsNoTracking().Visible(context.User.AsAgent())
            .OrderBy(d => d.TransactionId).ThenBy(d => d.CourrierId)
            .Take(taille + 1)
            .Select(d => new
            {
                d.TransactionId,
                Changement = new Changement(
                    d.CourrierId, d.StreamVersion, d.NumeroChrono, d.Etat, d.ServiceInstructeurCode, d.RecuLe, d.DueOn, d.ReponduLe, d.ClosLe),
            })
            .ToListAsync(cancellationToken);
        var page = found.Take(taille).ToList();
        var position = page.Count > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{page[^1].TransactionId}_{page[^1].Changement.Id}")
            : string.Create(CultureInfo.InvariantCulture, $"{transaction}_{id}");
        return Results.Json(
            new PageChangements([.. page.Select(p => p.Changement)], CurseurApi.Write(liste, position), found.Count > taille), JsonApi.Options);
    }

    private static (ulong Transaction, Guid Id) PositionOf(string position) =>
        position.Split('_') is [var transaction, var id]
            ? (ulong.Parse(transaction, CultureInfo.InvariantCulture), Guid.Parse(id))
            : throw new DemandeRefuseeException(Probleme.CurseurIllisible);

    /// <summary>
    /// Which database this is: its cluster, its history (a recovery to a point in time begins another) and its own identifier. A restored one is
    /// another, whose transactions have nothing to do with the cursors given before.
    /// </summary>
    private static async Task<Base> BaseAsync(PortailDbContext db, CancellationToken cancellationToken) =>
        await db.Database.SqlQuery<Base>(
            $"""
            SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || (SELECT timeline_id FROM pg_control_checkpoint()) || '/'
                || (SELECT oid FROM pg_database WHERE datname = current_database()) AS identite,
                pg_snapshot_xmax(pg_current_snapshot())::text AS prochaine
            """).SingleAsync(cancellationToken);

    /// <param name="Prochaine">The next transaction to begin.</param>
    private sealed record Base(string Identite, string Prochaine);
}
