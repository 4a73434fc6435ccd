using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Api;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Portail.Dossiers.Assign;

public sealed record AffectationDemandee
{
    [Required]
    [Description("Code du service qui traitera le courrier. Une clé limitée à des services n’affecte qu’à eux.")]
    public string? Service { get; init; }

    [Description("Agent de ce service, ou d’un service qui en dépend.")]
    public Guid? AgentId { get; init; }

    [Description("Pourquoi le courrier change de service ; à donner dans ce cas.")]
    public string? Motif { get; init; }

    [Description("Version du courrier lue auparavant : l’affectation est refusée s’il a changé depuis.")]
    public int? Version { get; init; }
}

public sealed record AffectationFaite(
    [property: Required] Guid CourrierId, [property: Required] int Version, [property: Required] EtatCourrier Etat, [property: Required] string Service, Guid? AgentId);

/// <summary>Assigns what a program asks, through the same handler as the page.</summary>
internal static class AssignEndpoint
{
    private const string RienNAChange = "Rien n’a été changé.";

    public static readonly DescriptionOperation Description = new(
        OperationApi.AffecterCourrier, "Affecte un courrier à un service, et à un agent",
        "Ne change aucun délai. Affecter comme il l’est déjà ne change rien et répond de même.")
    {
        Corps = new CorpsApi(typeof(AffectationDemandee), new AffectationDemandee { Service = "DCL-ETR", Motif = "Titre de séjour" }),
        Reponse = new ReponseApi(
            200, "Le courrier est affecté.", typeof(AffectationFaite),
            new AffectationFaite(Guid.Parse("0197a3c2-5b1e-7c40-9d52-3f6a8e1b2c4d"), 3, EtatCourrier.Affecte, "DCL-ETR", null)),
        Problemes =
        [
            Probleme.DemandeMalFormee, Probleme.IdempotenceAbsente, Probleme.ServiceHorsCle, Probleme.CourrierIntrouvable, Probleme.CourrierClos,
            Probleme.ModifieEntreTemps, Probleme.TropGros, Probleme.TypeDeContenu, Probleme.ChampsRefuses, Probleme.IdempotenceAutreDemande,
        ],
    };

    public static void MapAssign(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapOperation("POST", "/api/v1/courriers/{id:guid}/affectation", HandleAsync, Description);

    private static async Task<IResult> HandleAsync(
        Guid id, HttpContext context, AssignCourrier assignCourrier, PortailDbContext db, IFileStore store, CancellationToken cancellationToken)
    {
        EnvoiUnique.KeyOf(context);
        var agent = context.User.AsAgent();
        var lue = await LectureDemande.ReadAsync<AffectationDemandee>(context, Description.Corps!, store, cancellationToken);
        var demande = lue.Demande;
        if (Saisie.Refus(demande.Service, 30) is { } refusService)
        {
            return Refused("service", refusService);
        }

        if (Saisie.Refus(demande.Motif, 500, isRequired: false) is { } refusMotif)
        {
            return Refused("motif", refusMotif);
        }

        if (agent.Perimetre.Count > 0 && !agent.Perimetre.Contains(demande.Service!))
        {
            return Probleme.ServiceHorsCle.ToResult(RienNAChange, [new ErreurChamp("service", $"l’un de : {string.Join(", ", agent.Perimetre)}")]);
        }

        return await EnvoiUnique.RunAsync(
            context, db, lue.Empreinte,
            async envoi => await assignCourrier.ExecuteAsync(
                agent, id, demande.Service!, demande.AgentId, demande.Motif, demande.Version, cancellationToken, dossier => Keep(envoi, dossier)) switch
            {
                AssignCourrier.Outcome.Assigned => null,
                AssignCourrier.Outcome.Unchanged => await KeepUnchangedAsync(envoi, db, id, cancellationToken),
                AssignCourrier.Outcome.NotFound => Probleme.CourrierIntrouvable.ToResult(),
                AssignCourrier.Outcome.Forbidden => Probleme.OperationHorsCle.ToResult(),
                AssignCourrier.Outcome.AlreadyClosed => Probleme.CourrierClos.ToResult("Il ne peut plus être affecté."),
                AssignCourrier.Outcome.ChangedMeanwhile => Probleme.ModifieEntreTemps.ToResult("Relisez-le, puis recommencez avec sa nouvelle version."),
                AssignCourrier.Outcome.UnknownService => Refused("service", "le code d’un service, par exemple DCL-ETR"),
                AssignCourrier.Outcome.AgentNotOfService => Refused("agent_id", "un agent du service choisi, ou d’un service qui en dépend"),
                AssignCourrier.Outcome.ReasonMissing => Refused("motif", "pourquoi le courrier change de service"),
            },
            cancellationToken);
    }

    private static void Keep(EnvoiUnique envoi, Dossier dossier) =>
        envoi.Keep(
            StatusCodes.Status200OK, null,
            new AffectationFaite(dossier.CourrierId, dossier.StreamVersion, dossier.Etat, dossier.ServiceInstructeurCode!, dossier.AgentId));

    private static async Task<IResult?> KeepUnchangedAsync(EnvoiUnique envoi, PortailDbContext db, Guid id, CancellationToken cancellationToken)
    {
        Keep(envoi, db.Dossiers.Local.Single(d => d.CourrierId == id));
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    private static IResult Refused(string champ, string attendu) => Probleme.ChampsRefuses.ToResult(RienNAChange, [new ErreurChamp(champ, attendu)]);
}
