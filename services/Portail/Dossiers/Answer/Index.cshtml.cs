using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Dossiers.Show;
using SuiviCourrier.Portail.Reponses;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Dossiers.Answer;

public enum Fond
{
    SurLeFond,
    Attente,
}

[RequestSizeLimit(IndexModel.MaxDocument + 1024 * 1024)]
[RequestFormLimits(MultipartBodyLengthLimit = IndexModel.MaxDocument + 1024 * 1024)]
public sealed class IndexModel(
    PortailDbContext db, DossierOpener opener, CourrierLecture lecture, AnswerCourrier answerCourrier, IFileStore files, SiteCourant site)
    : DossierPageModel(db, opener)
{
    internal const long MaxDocument = 50 * 1024 * 1024;

    /// <summary>Made when the form is shown: sent twice, it records one answer.</summary>
    [BindProperty]
    public Guid ReponseId { get; set; }

    [BindProperty]
    public Fond? Fond { get; set; }

    [BindProperty]
    public ModeReponse? Mode { get; set; }

    [BindProperty]
    public DateOnly? ReponduLe { get; set; }

    [BindProperty]
    public string? Personne { get; set; }

    [BindProperty]
    public string? Destinataire { get; set; }

    [BindProperty]
    public string? Objet { get; set; }

    [BindProperty]
    public string? Texte { get; set; }

    /// <summary>The letter sent, or notes of a conversation.</summary>
    [BindProperty]
    public IFormFile? Document { get; set; }

    public DateOnly Today { get; private set; }

    public IReadOnlyList<SelectListItem> Fonds { get; } =
    [
        new("sur le fond : elle clôt le courrier et arrête le délai", nameof(Answer.Fond.SurLeFond)),
        new("d’attente : le délai continue de courir", nameof(Answer.Fond.Attente)),
    ];

    public IReadOnlyList<SelectListItem> Modes { get; } = Libelles.Choix<ModeReponse>(m => m.Libelle());

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(Action.Answer, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        Today = await site.TodayAsync(cancellationToken);
        var enregistrement = await lecture.EnregistrementAsync(Id, cancellationToken);
        (Vu, ReponseId, ReponduLe) = (Dossier.StreamVersion, Guid.CreateVersion7(), Today);
        Destinataire = enregistrement.ExpediteurCourriel;
        Mode = Dossier.Canal is Canal.Courriel or Canal.Formulaire ? ModeReponse.Courriel : ModeReponse.Lettre;
        Objet = $"Votre courrier {Dossier.NumeroChrono} - {Dossier.Objet}";
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(Action.Answer, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        Today = await site.TodayAsync(cancellationToken);
        Check(nameof(Texte), Texte, 20_000);
        Check(nameof(Personne), Personne, 200);
        Check(nameof(Objet), Objet, 800);
        if (Fond is null)
        {
            ModelState.TryAddModelError(nameof(Fond), "Dites si la réponse est sur le fond ou d’attente");
        }

        if (Mode is null)
        {
            ModelState.TryAddModelError(nameof(Mode), "Dites comment la réponse a été donnée");
        }

        if (ReponduLe is null && Mode != ModeReponse.Courriel)
        {
            ModelState.TryAddModelError(nameof(ReponduLe), "Donnez le jour de la réponse");
        }

        if (!ModelState.IsValid)
        {
            return Page();
        }

        var (joint, refus) = await StoreDocumentAsync(cancellationToken);
        if (refus is not null)
        {
            return this.PageWithError(refus, nameof(Document));
        }

        var saisie = new AnswerCourrier.Saisie(ReponseId == Guid.Empty ? Guid.CreateVersion7() : ReponseId, Mode!.Value, Fond == Answer.Fond.SurLeFond, ReponduLe ?? Today)
        {
            Personne = Personne,
            Destinataire = Destinataire,
            Objet = Objet?.ReplaceLineEndings(" "),
            Texte = Texte,
            Fichier = joint,
        };
        return await answerCourrier.ExecuteAsync(User.AsAgent(), Id, saisie, Vu, cancellationToken) switch
        {
            AnswerCourrier.Outcome.Answered => await BackAsync(
                saisie.IsSurLeFond ? "Réponse enregistrée : le délai est arrêté." : "Réponse d’attente enregistrée : le délai continue de courir.", cancellationToken),
            AnswerCourrier.Outcome.AlreadyClosed => ShowAgain("Ce courrier est clos : rouvrez-le avant d’enregistrer une autre réponse"),
            AnswerCourrier.Outcome.ChangedMeanwhile => ShowAgain(QuelquunVientDeModifier),
            AnswerCourrier.Outcome.DateImpossible => ShowAgain(
                $"Le jour de la réponse doit être compris entre la réception, le {DatesEnFrancais.Date(Dossier.RecuLe)}, et aujourd’hui", nameof(ReponduLe)),
            AnswerCourrier.Outcome.PersonneMissing => ShowAgain("Dites qui a été joint", nameof(Personne)),
            AnswerCourrier.Outcome.DestinataireImpossible => ShowAgain("Donnez l’adresse électronique du destinataire, par exemple nom@exemple.fr", nameof(Destinataire)),
            AnswerCourrier.Outcome.ContentMissing => ShowAgain("Écrivez le texte de la réponse", nameof(Texte)),
            AnswerCourrier.Outcome.Forbidden => Forbid(),
            AnswerCourrier.Outcome.NotFound => NotFound(),
        };
    }

    private async Task<(AnswerCourrier.FichierJoint? Joint, string? Refus)> StoreDocumentAsync(CancellationToken cancellationToken)
    {
        if (Document is null)
        {
            return (null, null);
        }

        if (Mode == ModeReponse.Courriel)
        {
            return (null, "Un courriel envoyé d’ici n’a pas de pièce jointe : enlevez ce fichier, ou répondez par lettre");
        }

        if (Document.Length == 0)
        {
            return (null, "Ce fichier est vide : numérisez de nouveau le document");
        }

        try
        {
            await using var content = Document.OpenReadStream();
            var fichier = await files.StoreAsync(content, MaxDocument, cancellationToken);
            return TypeMime.IsScan(fichier.TypeMime)
                ? (new AnswerCourrier.FichierJoint(fichier, NomDocument.Of(Document.FileName, fichier.TypeMime)), null)
                : (null, "Ce fichier n’est ni un PDF ni une image (PNG, JPEG, TIFF), quel que soit son nom");
        }
        catch (FichierTropGrosException)
        {
            return (null, "Ce fichier dépasse 50 Mo : réduisez la résolution de la numérisation");
        }
    }
}
