using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Reponses;
using SuiviCourrier.Presentation.Api;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Dossiers.Show;

public sealed record FicheCourrier
{
    [Required]
    public required Guid Id { get; init; }

    [Required]
    public required string NumeroChrono { get; init; }

    [Required]
    [Description("À donner dans « version » pour agir sur ce qui a été lu.")]
    public required int Version { get; init; }

    [Required]
    public required EtatCourrier Etat { get; init; }

    [Required]
    public required Canal Canal { get; init; }

    [Required]
    public required string Objet { get; init; }

    [Required]
    public required DateOnly RecuLe { get; init; }

    [Required]
    public required DateTimeOffset EnregistreLe { get; init; }

    public DateOnly? DateCourrier { get; init; }
    public DateOnly? CachetLe { get; init; }

    [Required]
    public required ExpediteurJson Expediteur { get; init; }

    public NatureCourrier? Nature { get; init; }
    public string? Type { get; init; }
    public string? Service { get; init; }
    public Guid? AgentId { get; init; }

    [Required]
    public required bool PourInformation { get; init; }

    [Required]
    public required bool Restreint { get; init; }

    public string? NumeroRecommande { get; init; }
    public string? OriginalOu { get; init; }
    public string? Remarques { get; init; }

    [Description("Jour de la réponse sur le fond.")]
    public DateOnly? ReponduLe { get; init; }

    public DateOnly? ClosLe { get; init; }
    public MotifCloture? MotifCloture { get; init; }

    [Description("Pourquoi l’enregistrement a été annulé.")]
    public string? MotifAnnulation { get; init; }

    [Required]
    [Description("Ouvert, sans réponse sur le fond, échéance passée.")]
    public required bool EnRetard { get; init; }

    [Description("Délai de la réponse ; null quand aucune réponse n’est attendue, et dans la seconde qui suit l’enregistrement.")]
    public EcheanceJson? Echeance { get; init; }

    [Required]
    public required IReadOnlyList<AccuseJson> Accuses { get; init; }

    [Required]
    public required IReadOnlyList<ReponseJson> Reponses { get; init; }

    [Required]
    public required IReadOnlyList<PieceJson> Pieces { get; init; }
}

public sealed record ExpediteurJson(
    [property: Required] string Nom, [property: Required] CategorieExpediteur Categorie, string? Fonction, string? Courriel, string? Adresse, string? Telephone);

public sealed record EcheanceJson(
    [property: Required, Description("Dernier jour pour répondre sur le fond.")] DateOnly Le,
    [property: Required, Description("Règle de délai.")] string Regime,
    [property: Required, Description("Jour d’où le délai est compté.")] DateOnly CompteeDu,
    [property: Description("Jour où le délai s’est arrêté.")] DateOnly? ArreteeLe,
    [property: Required, Description("Le calcul, en mots.")] string Calcul);

public sealed record AccuseJson(
    [property: Required] KindAccuse Nature, [property: Required] EtatAccuse Etat, string? Motif, [property: Required] DateTimeOffset ChangeLe);

public sealed record ReponseJson(
    [property: Required] Guid Id, [property: Required] ModeReponse Mode, [property: Required] bool SurLeFond, [property: Required] DateOnly ReponduLe);

public sealed record PieceJson(
    [property: Required] Guid Id,
    [property: Required, Description("document, piece_jointe, ou brut : le message reçu, octet pour octet.")] string Role,
    [property: Required] string Nom,
    [property: Required] string TypeMime,
    [property: Required, Description("Octets.")] long Taille,
    [property: Required] string Sha256,
    [property: Required, Description("Adresse du contenu.")] string Adresse);

/// <summary>One courrier for a program: what the page shows, from the same reads.</summary>
internal static class ReadEndpoint
{
    private static readonly Guid s_exemple = Guid.Parse("0197a3c2-5b1e-7c40-9d52-3f6a8e1b2c4d");

    public static readonly DescriptionOperation Description = new(
        OperationApi.LireCourrier, "Lit un courrier", "Faits, état, délai, accusés, réponses et fichiers. Un courrier enregistré se lit aussitôt ; son délai suit dans la seconde.")
    {
        Reponse = new ReponseApi(
            200, "Le courrier.", typeof(FicheCourrier),
            new FicheCourrier
            {
                Id = s_exemple,
                NumeroChrono = "ARR-2026-01931",
                Version = 2,
                Etat = EtatCourrier.Affecte,
                Canal = Canal.Lettre,
                Objet = "Demande de rendez-vous pour un titre de séjour",
                RecuLe = new DateOnly(2026, 5, 6),
                EnregistreLe = new DateTimeOffset(2026, 5, 6, 9, 12, 0, TimeSpan.Zero),
                Expediteur = new ExpediteurJson("Claire Exemple", CategorieExpediteur.Particulier, null, "claire@exemple.invalid", null, null),
                Nature = NatureCourrier.Demande,
                Service = "DCL-ETR",
                PourInformation = false,
                Restreint = false,
                EnRetard = false,
                Echeance = new EcheanceJson(
                    new DateOnly(2026, 5, 22), "Lettre, 10 jours ouvrés", new DateOnly(2026, 5, 6), null,
                    "reçu le mercredi 6 mai 2026, 10 jours ouvrés, 8 et 14 mai fériés : vendredi 22 mai 2026"),
                Accuses = [new AccuseJson(KindAccuse.Enregistrement, EtatAccuse.Envoye, null, new DateTimeOffset(2026, 5, 6, 9, 12, 2, TimeSpan.Zero))],
                Reponses = [],
                Pieces =
                [
                    new PieceJson(
                        s_exemple, "document", "lettre.pdf", "application/pdf", 102_400, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                        $"/api/v1/courriers/{s_exemple}/pieces/{s_exemple}"),
                ],
            }),
        Problemes = [Probleme.CourrierIntrouvable],
    };

    public static void MapRead(this IEndpointRouteBuilder endpoints) => endpoints.MapOperation("GET", "/api/v1/courriers/{id:guid}", HandleAsync, Description);

    private static async Task<IResult> HandleAsync(
        Guid id, HttpContext context, PortailDbContext db, DossierOpener opener, CourrierLecture lecture, SiteCourant site, CancellationToken cancellationToken)
    {
        await opener.OpenAsync(id, cancellationToken);
        var today = await site.TodayAsync(cancellationToken);
        var found = await db.Dossiers.AsNoTracking().Visible(context.User.AsAgent()).Where(d => d.CourrierId == id)
            .Select(d => new { Dossier = d, EnRetard = d.DueOn != null && PortailDbContext.IsEnRetard(d.Etat, d.DueOn, d.ReponduLe, today) })
            .SingleOrDefaultAsync(cancellationToken);
        if (found is not { Dossier: var dossier })
        {
            return Probleme.CourrierIntrouvable.ToResult();
        }

        var enregistrement = await lecture.EnregistrementAsync(id, cancellationToken);
        var echeance = await lecture.EcheanceAsync(id, cancellationToken);
        return Results.Json(
            new FicheCourrier
            {
                Id = id,
                NumeroChrono = dossier.NumeroChrono,
                Version = dossier.StreamVersion,
                Etat = dossier.Etat,
                Canal = dossier.Canal,
                Objet = dossier.Objet,
                RecuLe = dossier.RecuLe,
                EnregistreLe = dossier.EnregistreLe,
                DateCourrier = enregistrement.DateCourrier,
                CachetLe = enregistrement.CacheteLe,
                Expediteur = new ExpediteurJson(
                    dossier.ExpediteurNom, dossier.ExpediteurCategorie, dossier.ExpediteurFonction, enregistrement.ExpediteurCourriel,
                    enregistrement.ExpediteurAdresse, enregistrement.ExpediteurTelephone),
                Nature = dossier.Nature,
                Type = dossier.TypeCode,
                Service = dossier.ServiceInstructeurCode,
                AgentId = dossier.AgentId,
                PourInformation = dossier.IsPourInformation,
                Restreint = dossier.IsRestreint,
                NumeroRecommande = enregistrement.NumeroRecommande,
                OriginalOu = enregistrement.OriginalOu,
                Remarques = enregistrement.Remarques,
                ReponduLe = dossier.ReponduLe,
                ClosLe = dossier.ClosLe,
                MotifCloture = dossier.MotifCloture,
                MotifAnnulation = enregistrement.MotifAnnulation,
                EnRetard = found.EnRetard,
                Echeance = echeance is null
                    ? null
                    : new EcheanceJson(echeance.DueOn, echeance.RegimeLibelle, echeance.BaseLe, echeance.ClosedOn, echeance.Calcul),
                Accuses = [.. (await lecture.AccusesAsync(id, cancellationToken)).Select(a => new AccuseJson(a.KindAccuse, a.EtatAccuse, a.Motif, a.ChangedAt))],
                Reponses = await db.Reponses.AsNoTracking().Where(r => r.CourrierId == id).OrderBy(r => r.CreatedAt)
                    .Select(r => new ReponseJson(r.Id, r.Mode, r.IsSurLeFond, r.ReponduLe)).ToListAsync(cancellationToken),
                Pieces =
                [
                    .. (await lecture.PiecesAsync(id, cancellationToken)).Select(p => new PieceJson(
                        p.PieceId, System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Role), p.Nom, p.TypeMime, p.Taille, p.Sha256,
                        $"/api/v1/courriers/{id}/pieces/{p.PieceId}")),
                ],
            },
            JsonApi.Options);
    }
}
