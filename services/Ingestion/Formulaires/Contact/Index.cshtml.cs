using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.Extensions.Options;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Time;
using Site = SuiviCourrier.ServiceDefaults.Time.Site;

namespace SuiviCourrier.Ingestion.Formulaires.Contact;

/// <summary>
/// Anybody writes to the préfecture. Whatever is wrong, and whoever writes too often, the page comes back with what was typed; for the same reason
/// the anti-forgery token is checked here and not before.
/// </summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
[RequestSizeLimit(LargestRequest)]
[RequestFormLimits(MultipartBodyLengthLimit = LargestRequest, ValueLengthLimit = 1024 * 1024, ValueCountLimit = 100)]
public sealed class IndexModel(
    SubmitMessage submitMessage, PiecesDuFormulaire pieces, ScansRecus recus, DebitPublic debit, SiteCourant siteCourant, IAntiforgery antiforgery,
    IOptions<FormulaireOptions> options) : PageModel
{
    private const long LargestRequest = 200L * 1024 * 1024;

    /// <summary>Chosen when the form is shown: the same form sent twice is one message.</summary>
    [BindProperty]
    public Guid Cle { get; set; }

    [BindProperty]
    public CategorieExpediteur? Categorie { get; set; }

    [BindProperty]
    public string? Nom { get; set; }

    [BindProperty]
    public string? Fonction { get; set; }

    [BindProperty]
    public string? Courriel { get; set; }

    [BindProperty]
    public string? Adresse { get; set; }

    [BindProperty]
    public string? Telephone { get; set; }

    [BindProperty]
    public string? TypeCode { get; set; }

    [BindProperty]
    public string? Objet { get; set; }

    [BindProperty]
    public string? Message { get; set; }

    /// <summary>Nobody sees this field; robots fill it.</summary>
    [BindProperty]
    public string? SiteWeb { get; set; }

    [BindProperty]
    public List<IFormFile> Fichiers { get; set; } = [];

    /// <summary>Files taken at an earlier sending of this form; a box unticked leaves its file out.</summary>
    [BindProperty]
    public List<string> Gardes { get; set; } = [];

    public List<(ScanRecu Fichier, string Signe)> FichiersGardes { get; } = [];

    public Site Site { get; private set; } = null!;

    public IReadOnlyList<SelectListItem> Types { get; private set; } = [];

    public static IEnumerable<SelectListItem> Categories => SubmitMessage.Categories.Select(c => new SelectListItem(
        c switch
        {
            CategorieExpediteur.Particulier => "Particulier",
            CategorieExpediteur.Elu => "Élue ou élu",
            CategorieExpediteur.Commune => "Commune ou intercommunalité",
            _ => c.Libelle(),
        },
        c.ToString()));

    public string AideFichiers => $"{pieces.Nombre} fichiers au plus, {Tailles.EnMots(pieces.Limite)} chacun";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        Cle = Guid.NewGuid();
        return options.Value.Ouvert ? await ShowAsync(cancellationToken) : NotFound();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Ouvert)
        {
            return NotFound();
        }

        await ShowAsync(cancellationToken);
        if (!await antiforgery.IsRequestValidAsync(HttpContext))
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return this.PageWithError($"Cette page était ouverte depuis trop longtemps : relisez votre message et envoyez-le de nouveau.{EncoreLesFichiers()}");
        }

        if (debit.RefuseEnvoi(HttpContext) is { } wait)
        {
            return Refuse(wait);
        }

        await TakeFichiersAsync(cancellationToken);
        if (!string.IsNullOrEmpty(SiteWeb))
        {
            ModelState.AddModelError(nameof(SiteWeb), "Laissez ce champ vide : il sert à reconnaître les robots");
        }

        if (!ModelState.IsValid)
        {
            return Page();
        }

        try
        {
            var outcome = await submitMessage.ExecuteAsync(ToSaisie(), cancellationToken);
            if (outcome.Jeton is { } jeton)
            {
                return Redirect($"/suivi/{jeton}?envoye=1");
            }

            foreach (var erreur in outcome.Erreurs)
            {
                ModelState.AddModelError(erreur.Champ, erreur.Phrase);
            }

            return Page();
        }
        catch (FichierManquantException)
        {
            FichiersGardes.Clear();
            return this.PageWithError("Vos fichiers n’ont pas été gardés plus d’une heure : choisissez-les de nouveau", nameof(Fichiers));
        }
    }

    private SubmitMessage.Saisie ToSaisie() => new()
    {
        Cle = Cle,
        Categorie = Categorie,
        Nom = Nom,
        Fonction = Fonction,
        Courriel = Courriel,
        Adresse = Adresse,
        Telephone = Telephone,
        TypeCode = TypeCode,
        Objet = Objet,
        Message = Message,
        Fichiers = [.. FichiersGardes.Select(f => f.Fichier)],
    };

    private async Task<IActionResult> ShowAsync(CancellationToken cancellationToken)
    {
        Site = await siteCourant.GetAsync(cancellationToken);
        Types = [.. (await submitMessage.TypesAsync(cancellationToken)).Select(t => new SelectListItem(t.Libelle, t.Code))];
        return Page();
    }

    private IActionResult Refuse(TimeSpan wait)
    {
        foreach (var signed in Gardes.Where(g => recus.Read(g) is not null))
        {
            FichiersGardes.Add((recus.Read(signed)!, signed));
        }

        var minutes = (int)Math.Ceiling(wait.TotalMinutes);
        Response.StatusCode = StatusCodes.Status429TooManyRequests;
        Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return this.PageWithError(
            $"Trop de messages nous arrivent en ce moment, et le vôtre n’est pas encore envoyé. Ce que vous avez écrit est gardé sur cette page : envoyez-le de nouveau dans {minutes} minute{(minutes > 1 ? "s" : "")}, ou écrivez-nous par la poste : {Site.Adresse.Replace("\n", ", ", StringComparison.Ordinal)}.{EncoreLesFichiers()}");
    }

    private string EncoreLesFichiers() => Fichiers.Count > 0 ? " Choisissez de nouveau vos fichiers." : "";

    private void SayTooMany() =>
        ModelState.AddModelError(nameof(Fichiers), $"{pieces.Nombre} fichiers au plus : retirez-en, ou écrivez-nous une seconde fois");

    /// <summary>Whatever else is wrong with the form, a good file is kept and need not be chosen again.</summary>
    private async Task TakeFichiersAsync(CancellationToken cancellationToken)
    {
        foreach (var signed in Gardes)
        {
            if (FichiersGardes.Count >= pieces.Nombre)
            {
                SayTooMany();
                return;
            }

            if (recus.Read(signed) is { } kept)
            {
                FichiersGardes.Add((kept, signed));
            }
            else
            {
                ModelState.AddModelError(nameof(Fichiers), "Vos fichiers n’ont pas été gardés plus d’une heure : choisissez-les de nouveau");
            }
        }

        foreach (var file in Fichiers)
        {
            if (FichiersGardes.Count >= pieces.Nombre)
            {
                SayTooMany();
                return;
            }

            var (taken, refus) = await pieces.TakeAsync(file, cancellationToken);
            if (taken is not null)
            {
                FichiersGardes.Add((taken, recus.Sign(taken)));
            }
            else
            {
                ModelState.AddModelError(nameof(Fichiers), refus!);
            }
        }
    }
}
