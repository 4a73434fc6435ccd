using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Dossiers;
using SuiviCourrier.Presentation.Api;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Listes;

public sealed record PageCourriers(
    [property: Required] IReadOnlyList<CourrierListe> Courriers,
    [property: Description("À donner dans « curseur », avec les mêmes filtres, pour la page suivante ; null sur la dernière.")] string? Suivant);

public sealed record CourrierListe(
    [property: Required] Guid Id,
    [property: Required] string NumeroChrono,
    [property: Required] string Objet,
    [property: Required] string ExpediteurNom,
    [property: Required] CategorieExpediteur ExpediteurCategorie,
    [property: Required] Canal Canal,
    NatureCourrier? Nature,
    string? Service,
    [property: Required] DateOnly RecuLe,
    [property: Required] DateTimeOffset EnregistreLe,
    [property: Required] EtatCourrier Etat,
    [property: Description("Dernier jour pour répondre sur le fond.")] DateOnly? Echeance,
    [property: Required, Description("Ouvert, sans réponse sur le fond, échéance passée.")] bool EnRetard,
    DateOnly? ReponduLe,
    [property: Description("État de l’accusé d’enregistrement.")] EtatAccuse? Accuse,
    [property: Required] bool PourInformation,
    [property: Required] bool Restreint);

/// <summary>The courriers a program may see, narrowed and in pages: the lists of the pages, from the same query.</summary>
internal static class ListEndpoint
{
    private const int Taille = 50;
    private const int TailleMax = 200;

    public static readonly DescriptionOperation Description = new(
        OperationApi.ListerCourriers, "Liste les courriers",
        "Du plus urgent au moins urgent : par échéance, puis ceux qui n’en ont pas. Un courrier enregistré à l’instant y entre en une seconde environ.")
    {
        Parametres =
        [
            new("service", typeof(string), "Code d’un service ; ceux qui en dépendent sont compris.", "DCL"),
            new("etat", typeof(EtatCourrier), "État du courrier."),
            new("ouverts", typeof(bool), "true : ceux qui attendent encore quelque chose ; false : les autres."),
            new("en_retard", typeof(bool), "true : ouverts, sans réponse sur le fond, échéance passée ; false : les autres.", true),
            new("echeance_avant", typeof(DateOnly), "À répondre avant ce jour, ce jour exclu.", "2026-06-01"),
            new("canal", typeof(Canal), "Voie d’arrivée."),
            new("categorie", typeof(CategorieExpediteur), "Catégorie de l’expéditeur."),
            new("nature", typeof(NatureCourrier), "Nature du courrier."),
            new("taille", typeof(int), $"Courriers par page, de 1 à {TailleMax} ; {Taille} par défaut."),
            new("curseur", typeof(string), "Valeur « suivant » de la page précédente."),
        ],
        Reponse = new ReponseApi(
            200, "Une page de la liste.", typeof(PageCourriers),
            new PageCourriers(
                [
                    new CourrierListe(
                        Guid.Parse("0197a3c2-5b1e-7c40-9d52-3f6a8e1b2c4d"), "ARR-2026-01931", "Demande de rendez-vous pour un titre de séjour", "Claire Exemple",
                        CategorieExpediteur.Particulier, Canal.Lettre, NatureCourrier.Demande, "DCL-ETR", new DateOnly(2026, 5, 6),
                        new DateTimeOffset(2026, 5, 6, 9, 12, 0, TimeSpan.Zero), EtatCourrier.Affecte, new DateOnly(2026, 5, 22), true, null, EtatAccuse.Envoye, false, false),
                ],
                null)),
        Problemes = [Probleme.DemandeMalFormee, Probleme.CurseurIllisible, Probleme.CurseurDUneAutreDemande],
    };

    public static void MapList(this IEndpointRouteBuilder endpoints) => endpoints.MapOperation("GET", "/api/v1/courriers", HandleAsync, Description);

    private static async Task<IResult> HandleAsync(
        HttpContext context, PortailDbContext db, ServicesPrefecture services, SiteCourant site, CalendrierDuSite calendriers, TimeProvider clock, CancellationToken cancellationToken)
    {
        var agent = context.User.AsAgent();
        var lus = new ParametresLus(context, Description.Parametres);
        var enRetard = lus.Boolean("en_retard");
        var filtre = new FiltreCourriers
        {
            Service = lus.Text("service"),
            Canal = lus.Code<Canal>("canal"),
            Categorie = lus.Code<CategorieExpediteur>("categorie"),
            Nature = lus.Code<NatureCourrier>("nature"),
            Quand = enRetard is true ? QuandCourrier.EnRetard : null,
        };
        var (etat, ouverts, avant) = (lus.Code<EtatCourrier>("etat"), lus.Boolean("ouverts"), lus.Date("echeance_avant"));
        var (taille, curseur) = (lus.Number("taille", 1, TailleMax) ?? Taille, lus.Text("curseur"));
        if (filtre.Service is { } code && !await services.ExistsAsync(code, cancellationToken))
        {
            lus.Refuse("service", "le code d’un service, par exemple DCL-ETR");
        }

        lus.Check();
        var liste = $"{Description.Operation.Nom} {filtre.Url("", null)} {enRetard} {etat} {ouverts} {avant?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";
        filtre.Apres = curseur is null ? null : CurseurApi.Read(curseur, liste, Probleme.CurseurDUneAutreDemande);

        var today = await site.TodayAsync(cancellationToken);
        var below = filtre.Service is null ? null : await services.BelowAsync(filtre.Service, cancellationToken);
        var dossiers = filtre.Apply(
            db.Dossiers.AsNoTracking().Visible(agent), below, agent.Id, today, await calendriers.GetAsync(cancellationToken), clock.GetUtcNow());
        dossiers = Narrow(dossiers, etat, ouverts, enRetard, avant, today);
        var found = await filtre.Page(dossiers, taille + 1)
            .Select(d => new
            {
                d.TriLe,
                Ligne = new CourrierListe(
                    d.CourrierId, d.NumeroChrono, d.Objet, d.ExpediteurNom, d.ExpediteurCategorie, d.Canal, d.Nature, d.ServiceInstructeurCode, d.RecuLe,
                    d.EnregistreLe, d.Etat, d.DueOn, d.DueOn != null && PortailDbContext.IsEnRetard(d.Etat, d.DueOn, d.ReponduLe, today), d.ReponduLe,
                    d.AccuseEtat, d.IsPourInformation, d.IsRestreint),
            })
            .ToListAsync(cancellationToken);
        var suivant = found.Count > taille
            ? CurseurApi.Write(liste, FiltreCourriers.CursorOf(found[taille - 1].TriLe, found[taille - 1].Ligne.Id))
            : null;
        return Results.Json(new PageCourriers([.. found.Take(taille).Select(f => f.Ligne)], suivant), JsonApi.Options);
    }

    private static IQueryable<Dossier> Narrow(
        IQueryable<Dossier> dossiers, EtatCourrier? etat, bool? ouverts, bool? enRetard, DateOnly? avant, DateOnly today)
    {
        if (etat is { } wanted)
        {
            dossiers = dossiers.Where(d => d.Etat == wanted);
        }

        if (ouverts is { } areOpen)
        {
            dossiers = dossiers.Where(d => EtatsCourrier.Ouverts.Contains(d.Etat) == areOpen);
        }

        if (enRetard is false)
        {
            dossiers = dossiers.Where(d => d.DueOn == null || !PortailDbContext.IsEnRetard(d.Etat, d.DueOn, d.ReponduLe, today));
        }

        return avant is { } before ? dossiers.Where(d => d.DueOn < before) : dossiers;
    }
}
