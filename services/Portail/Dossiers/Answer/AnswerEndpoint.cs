using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Reponses;
using SuiviCourrier.Presentation.Api;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Dossiers.Answer;

public sealed record ReponseAEnregistrer
{
    [Required]
    [Description("Comment la réponse est donnée ; « courriel » l’envoie d’ici.")]
    public ModeReponse? Mode { get; init; }

    [Required]
    [Description("true : elle clôt le courrier et arrête le délai ; false : réponse d’attente, le délai continue de courir.")]
    public bool? SurLeFond { get; init; }

    [Description("Jour où elle est donnée ; par défaut, aujourd’hui. Un courriel part aujourd’hui.")]
    public DateOnly? ReponduLe { get; init; }

    [Description("Qui a été joint : à donner au téléphone et en entretien.")]
    public string? Personne { get; init; }

    [Description("Adresse électronique à qui écrire : à donner pour un courriel.")]
    public string? Destinataire { get; init; }

    [Description("Objet du courriel.")]
    public string? Objet { get; init; }

    [Description("Texte de la réponse, 20 000 caractères au plus ; à donner, sauf si le document est joint.")]
    public string? Texte { get; init; }

    [Description("Version du courrier lue auparavant : la réponse est refusée s’il a changé depuis.")]
    public int? Version { get; init; }
}

public sealed record ReponseEnregistree(
    [property: Required] Guid Id, [property: Required] Guid CourrierId, [property: Required] int Version, [property: Required] EtatCourrier Etat,
    [property: Required] ModeReponse Mode, [property: Required] bool SurLeFond, [property: Required] DateOnly ReponduLe);

/// <summary>Records the answer a program gives, through the same handler as the page.</summary>
internal static class AnswerEndpoint
{
    private const string Document = "document";
    private const string RienNAChange = "Rien n’a été enregistré.";
    private static readonly Guid s_exemple = Guid.Parse("0197a3c2-5b1e-7c40-9d52-3f6a8e1b2c4d");

    public static readonly DescriptionOperation Description = new(
        OperationApi.EnregistrerReponse, "Enregistre une réponse",
        "Sur le fond, elle clôt le courrier ; d’attente, elle n’arrête aucun délai. La lettre envoyée peut être jointe (partie « document »).")
    {
        Corps = new CorpsApi(
            typeof(ReponseAEnregistrer),
            new ReponseAEnregistrer { Mode = ModeReponse.Telephone, SurLeFond = true, ReponduLe = new DateOnly(2026, 5, 20), Personne = "Claire Exemple", Texte = "Rendez-vous donné le 4 juin." },
            "reponse")
        {
            Fichiers = [new FichierAttendu(Document, "La lettre envoyée, ou les notes de l’entretien : PDF ou image, 50 Mo au plus. Pas avec un courriel.", 1, ScanSeulement: true)],
        },
        Reponse = new ReponseApi(
            201, "La réponse est enregistrée. L’en-tête Location donne l’adresse du courrier.", typeof(ReponseEnregistree),
            new ReponseEnregistree(s_exemple, s_exemple, 4, EtatCourrier.Repondu, ModeReponse.Telephone, true, new DateOnly(2026, 5, 20))),
        Problemes =
        [
            Probleme.DemandeMalFormee, Probleme.IdempotenceAbsente, Probleme.CourrierIntrouvable, Probleme.CourrierClos, Probleme.ModifieEntreTemps,
            Probleme.TropGros, Probleme.TypeDeContenu, Probleme.ChampsRefuses, Probleme.IdempotenceAutreDemande,
        ],
    };

    public static void MapAnswer(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapOperation("POST", "/api/v1/courriers/{id:guid}/reponses", HandleAsync, Description);

    private static async Task<IResult> HandleAsync(
        Guid id, HttpContext context, AnswerCourrier answerCourrier, PortailDbContext db, IFileStore store, SiteCourant site, CancellationToken cancellationToken)
    {
        EnvoiUnique.KeyOf(context);
        var lue = await LectureDemande.ReadAsync<ReponseAEnregistrer>(context, Description.Corps!, store, cancellationToken);
        var demande = lue.Demande;
        if (Refuse(demande, lue.Fichiers.Count > 0) is { Count: > 0 } erreurs)
        {
            return Probleme.ChampsRefuses.ToResult(RienNAChange, erreurs);
        }

        var saisie = new AnswerCourrier.Saisie(
            Guid.CreateVersion7(), demande.Mode!.Value, demande.SurLeFond!.Value, demande.ReponduLe ?? await site.TodayAsync(cancellationToken))
        {
            Personne = demande.Personne,
            Destinataire = demande.Destinataire,
            Objet = demande.Objet?.ReplaceLineEndings(" "),
            Texte = demande.Texte,
            Fichier = lue.Fichiers is [var joint] ? new AnswerCourrier.FichierJoint(joint.Fichier, NomDocument.Of(joint.Nom ?? "", joint.Fichier.TypeMime)) : null,
        };
        return await EnvoiUnique.RunAsync(
            context, db, lue.Empreinte,
            async envoi => await answerCourrier.ExecuteAsync(
                context.User.AsAgent(), id, saisie, demande.Version, cancellationToken,
                (dossier, reponse) => envoi.Keep(
                    StatusCodes.Status201Created, $"/api/v1/courriers/{id}",
                    new ReponseEnregistree(reponse.Id, id, dossier.StreamVersion, dossier.Etat, reponse.Mode, reponse.IsSurLeFond, reponse.ReponduLe))) switch
            {
                AnswerCourrier.Outcome.Answered => null,
                AnswerCourrier.Outcome.NotFound => Probleme.CourrierIntrouvable.ToResult(),
                AnswerCourrier.Outcome.Forbidden => Probleme.OperationHorsCle.ToResult(),
                AnswerCourrier.Outcome.AlreadyClosed => Probleme.CourrierClos.ToResult("Il ne reçoit plus de réponse, à moins d’être rouvert."),
                AnswerCourrier.Outcome.ChangedMeanwhile => Probleme.ModifieEntreTemps.ToResult("Relisez-le, puis recommencez avec sa nouvelle version."),
                AnswerCourrier.Outcome.DateImpossible => Refused("repondu_le", "un jour compris entre la réception du courrier et aujourd’hui"),
                AnswerCourrier.Outcome.PersonneMissing => Refused("personne", "qui a été joint"),
                AnswerCourrier.Outcome.DestinataireImpossible => Refused("destinataire", "une adresse électronique, par exemple nom@exemple.fr"),
                AnswerCourrier.Outcome.ContentMissing => Refused("texte", "le texte de la réponse, ou son document"),
            },
            cancellationToken);
    }

    private static List<ErreurChamp> Refuse(ReponseAEnregistrer demande, bool hasDocument)
    {
        var erreurs = new List<ErreurChamp>();
        Check("texte", Saisie.Refus(demande.Texte, 20_000, isRequired: false));
        Check("personne", Saisie.Refus(demande.Personne, 200, isRequired: false));
        Check("objet", Saisie.Refus(demande.Objet, 800, isRequired: false));
        Check("mode", demande.Mode is null ? "Dites comment la réponse a été donnée" : null);
        Check("sur_le_fond", demande.SurLeFond is null ? "Dites si la réponse est sur le fond" : null);
        Check(Document, hasDocument && demande.Mode is ModeReponse.Courriel ? "rien : un courriel envoyé d’ici n’a pas de pièce jointe" : null);
        return erreurs;

        void Check(string champ, string? refus)
        {
            if (refus is not null)
            {
                erreurs.Add(new ErreurChamp(champ, refus));
            }
        }
    }

    private static IResult Refused(string champ, string attendu) => Probleme.ChampsRefuses.ToResult(RienNAChange, [new ErreurChamp(champ, attendu)]);
}
