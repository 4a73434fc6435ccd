using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Courriers.Register;

/// <summary>A scan may be refused for its size only once it has come: the request may be larger than what is accepted.</summary>
[RequestSizeLimit(LargestRequest)]
[RequestFormLimits(MultipartBodyLengthLimit = LargestRequest, ValueLengthLimit = 1024 * 1024)]
public sealed class IndexModel(
    RegisterCourrier registerCourrier, CourriersEnregistres courriers, AnnuaireExpediteurs annuaire, ScansRecus scansRecus,
    DelaiAnnonce delaiAnnonce, ListesAnnuaire listes, SiteCourant site, TimeProvider clock) : FormulaireCourrier(listes, site)
{
    private const long LargestRequest = 600L * 1024 * 1024;

    /// <summary>Chosen when the form is shown: the same form sent twice is one courrier.</summary>
    [BindProperty]
    public Guid Cle { get; set; }

    /// <summary>A courrier already registered that came in the same envelope.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Pli { get; set; }

    [BindProperty]
    public List<IFormFile> Scans { get; set; } = [];

    /// <summary>Scans taken at an earlier sending of this form; a box unticked leaves its scan out.</summary>
    [BindProperty]
    public List<string> Gardes { get; set; } = [];

    [BindProperty]
    public int? Cheques { get; set; }

    [BindProperty]
    public string? ChequesPrecision { get; set; }

    [BindProperty]
    public int? Originaux { get; set; }

    [BindProperty]
    public string? OriginauxPrecision { get; set; }

    [BindProperty]
    public int? Copies { get; set; }

    [BindProperty]
    public int? Photographies { get; set; }

    [BindProperty]
    public int? Autres { get; set; }

    public MemePli? MemePli { get; private set; }

    /// <summary>Scans in the store, with their signed form.</summary>
    public List<(ScanRecu Scan, string Signe)> ScansGardes { get; } = [];

    public IReadOnlyList<Correspondant>? Trouves { get; private set; }

    protected override Action Droit => Action.Register;

    public async Task<IActionResult> OnGetAsync(Guid? expediteur, CancellationToken cancellationToken)
    {
        Cle = Guid.NewGuid();
        Canal = Contracts.Courriers.Canal.Lettre;
        Categorie = CategorieExpediteur.Particulier;
        RecuLe = Today;
        if (expediteur is { } id && await annuaire.FindExpediteurAsync(id, Today, cancellationToken) is { } known)
        {
            Fill(known);
        }

        if (Pli is null)
        {
            return Page();
        }

        await ReadPliAsync(cancellationToken);
        if (MemePli is null)
        {
            return NotFound();
        }

        (Canal, RecuLe, DateCourrier, CachetLe) = (MemePli.Canal, MemePli.RecuLe, MemePli.DateCourrier, MemePli.CachetLe);
        (NumeroRecommande, OriginalOu) = (MemePli.NumeroRecommande, MemePli.OriginalOu);
        Fill(MemePli.Expediteur);
        ScansGardes.AddRange(MemePli.Scans.Select(s => (s, scansRecus.Sign(s))));
        return Page();
    }

    /// <summary>By when an answer will be due, asked by the page while the form is filled. Nothing of a person stands in the address.</summary>
    public async Task<IActionResult> OnGetDelaiAsync([FromQuery] DelaiAnnonce.Saisie saisie, CancellationToken cancellationToken)
    {
        ModelState.Clear(); // half a date is no error: nothing is said yet
        Response.Headers.CacheControl = "no-store";
        return Content(HtmlEncoder.Default.Encode(await delaiAnnonce.DireAsync(saisie, cancellationToken) ?? ""), "text/html; charset=utf-8");
    }

    /// <summary>Shows who has written before, for those whose browser does not ask while they type.</summary>
    public async Task<IActionResult> OnPostChercherAsync(CancellationToken cancellationToken)
    {
        await TakeScansAsync(cancellationToken);
        await ReadPliAsync(cancellationToken);
        ModelState.Clear();
        Trouves = await annuaire.SearchAsync(Nom ?? "", cancellationToken);
        return Page();
    }

    /// <summary>Fills the sender from the directory and keeps the rest.</summary>
    public async Task<IActionResult> OnPostChoisirAsync(Guid choisi, CancellationToken cancellationToken)
    {
        await TakeScansAsync(cancellationToken);
        await ReadPliAsync(cancellationToken);
        ModelState.Clear();
        if (await annuaire.FindExpediteurAsync(choisi, Today, cancellationToken) is { } known)
        {
            Fill(known);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        await TakeScansAsync(cancellationToken);
        await ReadPliAsync(cancellationToken);
        if (Canal is not (Contracts.Courriers.Canal.Lettre or Contracts.Courriers.Canal.Depot))
        {
            ModelState.AddModelError(nameof(Canal), "Dites si le courrier est arrivé par lettre ou a été déposé à l’accueil");
        }

        if (!ModelState.IsValid)
        {
            return Page();
        }

        RegisterCourrier.Outcome outcome;
        try
        {
            outcome = await registerCourrier.ExecuteAsync(ToDemande(), cancellationToken);
        }
        catch (FichierManquantException)
        {
            ScansGardes.Clear();
            return this.PageWithError("Le document reçu n’a pas été gardé plus d’une heure : joignez-le de nouveau", nameof(Scans));
        }

        switch (outcome)
        {
            case RegisterCourrier.Outcome.Registered registered:
                return Redirect($"/enregistrer/{registered.CourrierId}");
            case RegisterCourrier.Outcome.AlreadyRegistered already:
                this.SayDone($"Ce formulaire avait déjà été envoyé : c’est le courrier {already.NumeroChrono}, enregistré une seule fois.");
                return Redirect($"/enregistrer/{already.CourrierId}");
            case RegisterCourrier.Outcome.Refused refused:
                Say(refused.Erreurs);
                return Page();
            default:
                throw new InvalidOperationException("Unknown outcome");
        }
    }

    private RegisterCourrier.Demande ToDemande() => new()
    {
        Acteur = Agent.Id.ToString(),
        Origine = OrigineEnregistrement.Saisie,
        CleIdempotence = $"saisie:{(Cle == Guid.Empty ? Guid.NewGuid() : Cle)}",
        MemePliQue = MemePli?.CourrierId,
        Canal = Canal!.Value,
        RecuLe = RecuLe,
        DateCourrier = DateCourrier,
        CachetLe = CachetLe,
        Objet = Objet,
        IsAnonyme = IsAnonyme,
        Nom = Nom,
        Categorie = Categorie,
        Fonction = Fonction,
        Courriel = Courriel,
        Adresse = Adresse,
        Telephone = Telephone,
        PourLeCompteDe = PourLeCompteDe,
        Nature = Nature,
        TypeCode = TypeCode,
        ServiceCode = ServiceCode,
        IsPourInformation = IsPourInformation,
        IsRestreint = IsRestreint,
        NumeroRecommande = NumeroRecommande,
        OriginalOu = OriginalOu,
        Remarques = Remarques,
        Pieces = [.. ScansGardes.Select(s => new RegisterCourrier.PieceDemandee(s.Scan.ToFichier(clock.GetUtcNow()), s.Scan.Nom, RolePiece.Document))],
        PiecesAnnoncees = [.. PiecesAnnoncees()],
    };

    private IEnumerable<RegisterCourrier.PieceAnnonceeDemandee> PiecesAnnoncees()
    {
        (NaturePieceAnnoncee Nature, int? Nombre, string? Precision)[] lines =
        [
            (NaturePieceAnnoncee.Cheque, Cheques, ChequesPrecision),
            (NaturePieceAnnoncee.DocumentOriginal, Originaux, OriginauxPrecision),
            (NaturePieceAnnoncee.Copie, Copies, null),
            (NaturePieceAnnoncee.Photographie, Photographies, null),
            (NaturePieceAnnoncee.Autre, Autres, null),
        ];

        // A detail without a number is one of them.
        return lines.Where(l => l.Nombre is not (null or 0) || !string.IsNullOrWhiteSpace(l.Precision))
            .Select(l => new RegisterCourrier.PieceAnnonceeDemandee(l.Nature, l.Nombre is null or 0 ? 1 : l.Nombre.Value, l.Precision));
    }

    /// <summary>Whatever else is wrong with the form, a good scan is kept and need not be joined again.</summary>
    private async Task TakeScansAsync(CancellationToken cancellationToken)
    {
        foreach (var signed in Gardes)
        {
            if (scansRecus.Read(signed) is { } kept)
            {
                ScansGardes.Add((kept, signed));
            }
            else
            {
                ModelState.AddModelError(nameof(Scans), "Le document reçu n’a pas été gardé plus d’une heure : joignez-le de nouveau");
            }
        }

        foreach (var file in Scans)
        {
            if (ScansGardes.Count == Limites.Scans)
            {
                ModelState.AddModelError(nameof(Scans), $"{Limites.Scans} documents au plus : réunissez-les en un seul PDF");
                break;
            }

            var (scan, refus) = await scansRecus.TakeAsync(file, cancellationToken);
            if (scan is not null)
            {
                ScansGardes.Add((scan, scansRecus.Sign(scan)));
            }
            else
            {
                ModelState.AddModelError(nameof(Scans), refus!);
            }
        }
    }

    private async Task ReadPliAsync(CancellationToken cancellationToken) =>
        MemePli = Pli is { } first ? await courriers.FindPliAsync(Agent, first, cancellationToken) : null;
}
