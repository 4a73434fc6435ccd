using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Api;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.Courriers.Register;

/// <summary>A courrier as a program registers it: the fields of the page, under the names of the API.</summary>
public sealed record CourrierAEnregistrer
{
    [Required]
    [Description("Par quelle voie le courrier est arrivé.")]
    public Canal? Canal { get; init; }

    [Required]
    [Description("Jour de l’arrivée à la préfecture : jour 0 de tous les délais.")]
    public DateOnly? RecuLe { get; init; }

    [Required]
    [Description("Objet, 500 caractères au plus.")]
    public string? Objet { get; init; }

    [Description("Date écrite sur le courrier.")]
    public DateOnly? DateCourrier { get; init; }

    [Description("Date du cachet de la poste.")]
    public DateOnly? CachetLe { get; init; }

    [Description("Nom de l’expéditeur ; à donner, sauf s’il est anonyme.")]
    public string? ExpediteurNom { get; init; }

    [Description("Par défaut, particulier.")]
    public CategorieExpediteur? ExpediteurCategorie { get; init; }

    [Description("Fonction ou mandat.")]
    public string? ExpediteurFonction { get; init; }

    [Description("Adresse électronique : l’accusé d’enregistrement y part.")]
    public string? ExpediteurCourriel { get; init; }

    [Description("Adresse postale, sur plusieurs lignes : l’accusé y est imprimé à défaut d’adresse électronique.")]
    public string? ExpediteurAdresse { get; init; }

    public string? ExpediteurTelephone { get; init; }

    [Description("L’expéditeur ne s’est pas nommé : ni nom ni coordonnées.")]
    public bool? ExpediteurAnonyme { get; init; }

    [Description("Par défaut, celle du type.")]
    public NatureCourrier? Nature { get; init; }

    [Description("Code d’un type de courrier.")]
    public string? Type { get; init; }

    [Description("Code du service qui le traitera ; par défaut, celui du type. Une clé limitée à des services n’enregistre que pour eux.")]
    public string? Service { get; init; }

    [Description("Aucune réponse n’est attendue.")]
    public bool? PourInformation { get; init; }

    [Description("Vu de son seul service et des superviseurs.")]
    public bool? Restreint { get; init; }

    public string? NumeroRecommande { get; init; }

    [Description("Où le papier est gardé.")]
    public string? OriginalOu { get; init; }

    public string? Remarques { get; init; }

    [Description("Ce que le pli contient d’autre que la lettre. En JSON seulement.")]
    public IReadOnlyList<PieceAnnonceeJson>? PiecesAnnoncees { get; init; }

    [Description("Identifiant d’un courrier déjà enregistré, arrivé dans le même pli.")]
    public Guid? MemePliQue { get; init; }
}

public sealed record PieceAnnonceeJson
{
    [Required]
    public NaturePieceAnnoncee? Nature { get; init; }

    [Description("De 1 à 999 ; par défaut, 1.")]
    public int? Nombre { get; init; }

    public string? Description { get; init; }
}

/// <summary>What a program gets for a courrier it has registered: identifiers, codes and dates, kept for the same request sent again.</summary>
public sealed record CourrierEnregistre(
    [property: Required] Guid Id,
    [property: Required] string NumeroChrono,
    [property: Required] DateOnly RecuLe,
    [property: Required] DateTimeOffset EnregistreLe,
    string? Service,
    NatureCourrier? Nature,
    [property: Required, Description("Ce qui est décidé de l’accusé d’enregistrement.")] AccuseDecide Accuse,
    [property: Description("Dernier jour pour répondre, selon les règles en vigueur à l’enregistrement ; null quand aucune réponse n’est attendue. La fiche du courrier fait foi ensuite.")] DateOnly? Echeance,
    [property: Description("Règle de délai appliquée.")] string? Regime,
    [property: Required] IReadOnlyList<PieceEnregistree> Pieces);

public sealed record AccuseDecide([property: Required] EtatAccuse Etat, CanalAccuse? Voie, [property: Description("Pourquoi il n’y en aura pas.")] string? Motif);

public sealed record PieceEnregistree([property: Required] Guid Id, [property: Required] RolePiece Role, [property: Required, Description("Octets.")] long Taille, [property: Required] string Sha256);

/// <summary>Registers what a program sends, through the same handler as the page.</summary>
internal static class RegisterEndpoint
{
    private const string Document = "document";
    private const string PieceJointe = "piece_jointe";

    private static readonly Guid s_exemple = Guid.Parse("0197a3c2-5b1e-7c40-9d52-3f6a8e1b2c4d");

    public static readonly DescriptionOperation Description = new(
        OperationApi.EnregistrerCourrier, "Enregistre un courrier et ses fichiers",
        "Donne au courrier son numéro, décide de son accusé d’enregistrement et ouvre son délai, en une fois : quand la réponse arrive, tout est écrit sur "
        + "le disque. Les champs viennent dans une partie « courrier » en JSON, ou un par un ; les fichiers suivent, autant qu’il en faut. Sans fichier, le JSON peut venir seul.")
    {
        Corps = new CorpsApi(
            typeof(CourrierAEnregistrer),
            new CourrierAEnregistrer
            {
                Canal = Canal.Lettre,
                RecuLe = new DateOnly(2026, 5, 6),
                Objet = "Demande de rendez-vous pour un titre de séjour",
                ExpediteurNom = "Claire Exemple",
                ExpediteurCourriel = "claire@exemple.invalid",
                Service = "DCL-ETR",
            },
            "courrier")
        {
            Fichiers =
            [
                new FichierAttendu(Document, "Le courrier lui-même : PDF ou image PNG, JPEG, TIFF ; 50 Mo au plus.", 100, ScanSeulement: true),
                new FichierAttendu(PieceJointe, "Ce qui l’accompagne : tout sauf un programme ; 50 Mo au plus.", 100, ScanSeulement: false),
            ],
        },
        Reponse = new ReponseApi(
            201, "Le courrier est enregistré. L’en-tête Location donne son adresse.", typeof(CourrierEnregistre),
            new CourrierEnregistre(
                s_exemple, "ARR-2026-01931", new DateOnly(2026, 5, 6), new DateTimeOffset(2026, 5, 6, 9, 12, 0, TimeSpan.Zero), "DCL-ETR", NatureCourrier.Demande,
                new AccuseDecide(EtatAccuse.AEnvoyer, CanalAccuse.Courriel, null), new DateOnly(2026, 5, 22), "Lettre, 10 jours ouvrés",
                [new PieceEnregistree(s_exemple, RolePiece.Document, 102_400, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")])),
        Problemes =
        [
            Probleme.DemandeMalFormee, Probleme.IdempotenceAbsente, Probleme.ServiceHorsCle, Probleme.IdempotenceOubliee, Probleme.TropGros,
            Probleme.TypeDeContenu, Probleme.ChampsRefuses, Probleme.IdempotenceAutreDemande,
        ],
    };

    public static void MapRegister(this IEndpointRouteBuilder endpoints) => endpoints.MapOperation("POST", "/api/v1/courriers", HandleAsync, Description);

    private static async Task<IResult> HandleAsync(
        HttpContext context, RegisterCourrier registerCourrier, ReglesPubliees reglesPubliees, CodesAnnuaire codes, ICourrierAccess access, IngestionDbContext db,
        IFileStore store, CancellationToken cancellationToken)
    {
        EnvoiUnique.KeyOf(context);
        var agent = context.User.AsAgent();
        var lue = await LectureDemande.ReadAsync<CourrierAEnregistrer>(context, Description.Corps!, store, cancellationToken);
        if (await RefuseAsync(lue.Demande, agent, codes, access, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var version = 0;
        return await EnvoiUnique.RunAsync(
            context, db, lue.Empreinte,
            async envoi =>
            {
                // On the connection of the registration, before its counter is locked.
                var regles = await reglesPubliees.GetAsync(db, version, cancellationToken);
                return await registerCourrier.ExecuteAsync(
                    ToDemande(lue, agent, envoi), cancellationToken,
                    courrier => envoi.Keep(StatusCodes.Status201Created, $"/api/v1/courriers/{courrier.Id}", AnswerOf(courrier, db, regles))) switch
                {
                    RegisterCourrier.Outcome.Registered => null,
                    RegisterCourrier.Outcome.AlreadyRegistered already => Probleme.IdempotenceOubliee.ToResult(
                        $"Elle a enregistré le courrier {already.NumeroChrono} (/api/v1/courriers/{already.CourrierId}) ; sa réponse n’est plus gardée."),
                    RegisterCourrier.Outcome.Refused refused => Probleme.ChampsRefuses.ToResult(
                        "Rien n’a été enregistré.", [.. refused.Erreurs.Select(e => new ErreurChamp(ChampOf(e.Champ), e.Phrase))]),
                    var other => throw new InvalidOperationException($"Unknown outcome {other}"),
                };
            },
            cancellationToken,
            trip => ReglesPubliees.AskVersion(trip, found => version = found));
    }

    /// <summary>What the key does not allow, and a letter of the same envelope that it does not see.</summary>
    private static async Task<IResult?> RefuseAsync(
        CourrierAEnregistrer demande, Agent agent, CodesAnnuaire codes, ICourrierAccess access, CancellationToken cancellationToken)
    {
        if (agent.Perimetre.Count > 0)
        {
            var service = demande.Service ?? (await codes.FindTypeAsync(demande.Type, [], cancellationToken))?.ServiceCode;
            if (service is null || !agent.Perimetre.Contains(service))
            {
                return Probleme.ServiceHorsCle.ToResult(
                    "Rien n’a été enregistré.", [new ErreurChamp("service", $"l’un de : {string.Join(", ", agent.Perimetre)}")]);
            }
        }

        if (demande.Canal is null)
        {
            return Probleme.ChampsRefuses.ToResult("Rien n’a été enregistré.", [new ErreurChamp("canal", "Dites par quelle voie le courrier est arrivé")]);
        }

        if (demande.PiecesAnnoncees?.Any(p => p?.Nature is null) is true)
        {
            return Probleme.ChampsRefuses.ToResult("Rien n’a été enregistré.", [new ErreurChamp("pieces_annoncees", "chaque pièce a une nature")]);
        }

        return demande.MemePliQue is { } pli && !await access.MaySeeAsync(agent, pli, cancellationToken)
            ? Probleme.ChampsRefuses.ToResult("Rien n’a été enregistré.", [new ErreurChamp("meme_pli_que", "l’identifiant d’un courrier que la clé voit")])
            : null;
    }

    private static RegisterCourrier.Demande ToDemande(DemandeLue<CourrierAEnregistrer> lue, Agent agent, EnvoiUnique envoi)
    {
        var d = lue.Demande;
        return new RegisterCourrier.Demande
        {
            Acteur = agent.Id.ToString(),
            Origine = OrigineEnregistrement.Api,
            CleIdempotence = $"api:{envoi.Appelant}:{envoi.Cle}",
            MemePliQue = d.MemePliQue,
            Canal = d.Canal!.Value,
            RecuLe = d.RecuLe,
            DateCourrier = d.DateCourrier,
            CachetLe = d.CachetLe,
            Objet = d.Objet,
            IsAnonyme = d.ExpediteurAnonyme is true,
            Nom = d.ExpediteurNom,
            Categorie = d.ExpediteurCategorie,
            Fonction = d.ExpediteurFonction,
            Courriel = d.ExpediteurCourriel,
            Adresse = d.ExpediteurAdresse,
            Telephone = d.ExpediteurTelephone,
            Nature = d.Nature,
            TypeCode = d.Type,
            ServiceCode = d.Service,
            IsPourInformation = d.PourInformation is true,
            IsRestreint = d.Restreint is true,
            NumeroRecommande = d.NumeroRecommande,
            OriginalOu = d.OriginalOu,
            Remarques = d.Remarques,
            Pieces = [.. lue.Fichiers.Select(f => new RegisterCourrier.PieceDemandee(f.Fichier, f.Nom, f.Champ == Document ? RolePiece.Document : RolePiece.PieceJointe))],
            PiecesAnnoncees = [.. (d.PiecesAnnoncees ?? []).Select(p => new RegisterCourrier.PieceAnnonceeDemandee(p.Nature!.Value, p.Nombre ?? 1, p.Description))],
        };
    }

    private static CourrierEnregistre AnswerOf(Courrier courrier, IngestionDbContext db, ReglesAnnoncees regles)
    {
        var accuse = db.Accuses.Local.Single(a => a.CourrierId == courrier.Id);
        var annonce = regles.Of(courrier);
        return new CourrierEnregistre(
            courrier.Id, courrier.NumeroChrono, courrier.RecuLe, courrier.EnregistreLe, courrier.ServiceCode, courrier.Nature,
            new AccuseDecide(accuse.Etat, accuse.Canal, accuse.Motif), annonce?.DueOn, annonce?.Regime.Libelle,
            [.. courrier.Pieces.Select(p => new PieceEnregistree(p.Id, p.Role, p.Taille, p.Sha256))]);
    }

    /// <summary>The field of the API that a property of the declaration comes from.</summary>
    private static string ChampOf(string champ) => champ switch
    {
        nameof(Declaration.IsAnonyme) => "expediteur_anonyme",
        nameof(Declaration.Nom) or nameof(Declaration.Categorie) or nameof(Declaration.Fonction) or nameof(Declaration.Courriel)
            or nameof(Declaration.Adresse) or nameof(Declaration.Telephone) => $"expediteur_{JsonNamingPolicy.SnakeCaseLower.ConvertName(champ)}",
        nameof(Declaration.TypeCode) => "type",
        nameof(Declaration.ServiceCode) => "service",
        nameof(Declaration.IsPourInformation) => "pour_information",
        nameof(Declaration.IsRestreint) => "restreint",
        _ => JsonNamingPolicy.SnakeCaseLower.ConvertName(champ),
    };
}
