using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles.Gestion;

/// <summary>The fields of a mailbox, named as in <see cref="ReglagesBoite"/>, so that what the command refuses is said beside its field.</summary>
public abstract class FormulaireBoite(ListesAnnuaire listes) : PageModel
{
    [BindProperty]
    public string? Libelle { get; set; }

    [BindProperty]
    public string? Adresse { get; set; }

    [BindProperty]
    public string? Alias { get; set; }

    [BindProperty]
    public string? ServiceCode { get; set; }

    [BindProperty]
    public string? TypeCode { get; set; }

    [BindProperty]
    public string? ExpediteursFormulaire { get; set; }

    [BindProperty]
    public string? Hote { get; set; }

    [BindProperty]
    public int? Port { get; set; }

    [BindProperty]
    public SecuriteImap? Securite { get; set; }

    [BindProperty]
    public string? Utilisateur { get; set; }

    [BindProperty]
    public AuthentificationImap? Authentification { get; set; }

    [BindProperty]
    public string? JetonUrl { get; set; }

    [BindProperty]
    public string? JetonIdentifiant { get; set; }

    [BindProperty]
    public string? JetonPortee { get; set; }

    [BindProperty]
    public string? MotDePasse { get; set; }

    [BindProperty]
    public string? EmpreinteCertificat { get; set; }

    [BindProperty]
    public string? Dossier { get; set; }

    [BindProperty]
    public string? DossierTraites { get; set; }

    [BindProperty]
    public string? DossierAnomalies { get; set; }

    [BindProperty]
    public bool IsActif { get; set; }

    public IReadOnlyList<SelectListItem> Services { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Types { get; private set; } = [];

    /// <summary>Its access stands in the configuration of the program, and is not asked for.</summary>
    public virtual bool IsDeclared => false;

    /// <summary>A password is kept: the field may stay empty.</summary>
    public virtual bool HasSecret => false;

    public static IEnumerable<SelectListItem> Securites => Libelles.Choix<SecuriteImap>(s => s switch
    {
        SecuriteImap.StartTls => "STARTTLS obligatoire (port 143)",
        SecuriteImap.Tls => "TLS dès la connexion (port 993)",
        SecuriteImap.Aucune => "Aucun (vers cette machine seulement)",
    });

    public static IEnumerable<SelectListItem> Authentifications => Libelles.Choix<AuthentificationImap>(a => a switch
    {
        AuthentificationImap.MotDePasse => "Un mot de passe",
        AuthentificationImap.JetonClient => "OAuth 2.0 : l’identifiant et le secret d’une application",
        AuthentificationImap.JetonCommande => "OAuth 2.0 : une commande de la machine",
    });

    protected Agent Agent => User.AsAgent();

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (!Agent.May(Action.ConfigureMailboxes))
        {
            context.Result = Forbid();
            return;
        }

        (Services, Types) = await listes.ReadAsync(HttpContext.RequestAborted);
        await next();
    }

    protected ReglagesBoite Typed(string? code = null) => new()
    {
        Code = code,
        Libelle = Libelle,
        Adresse = Adresse,
        Alias = Alias,
        ServiceCode = ServiceCode,
        TypeCode = TypeCode,
        ExpediteursFormulaire = ExpediteursFormulaire,
        Hote = Hote,
        Port = Port,
        Securite = Securite,
        Utilisateur = Utilisateur,
        Authentification = Authentification,
        JetonUrl = JetonUrl,
        JetonIdentifiant = JetonIdentifiant,
        JetonPortee = JetonPortee,
        MotDePasse = MotDePasse,
        EmpreinteCertificat = EmpreinteCertificat,
        Dossier = Dossier,
        DossierTraites = DossierTraites,
        DossierAnomalies = DossierAnomalies,
        IsActif = IsActif,
    };

    protected void Fill(ImapOptions imap)
    {
        (Hote, Port, Securite, Utilisateur, EmpreinteCertificat) = (imap.Hote, imap.Port, imap.Securite, imap.Utilisateur, imap.EmpreinteCertificat);
        (Authentification, JetonUrl, JetonIdentifiant, JetonPortee) = (imap.Authentification, imap.JetonUrl, imap.JetonIdentifiant, imap.JetonPortee);
        (Dossier, DossierTraites, DossierAnomalies) = (imap.Dossier, imap.DossierTraites, imap.DossierAnomalies);
    }

    protected IActionResult Answer(ConfigureBoite.Outcome outcome, string done) => outcome switch
    {
        ConfigureBoite.Outcome.Done => Done(done),
        ConfigureBoite.Outcome.Refused refused => Refuse(refused),
        ConfigureBoite.Outcome.ChangedMeanwhile => this.PageWithError("Quelqu’un vient de modifier cette boîte : rechargez la page et recommencez"),
        ConfigureBoite.Outcome.NotFound => NotFound(),
        ConfigureBoite.Outcome.Forbidden => Forbid(),
        _ => throw new InvalidOperationException("Unknown outcome of a mailbox's settings"),
    };

    private RedirectResult Done(string sentence)
    {
        this.SayDone(sentence);
        return Redirect("/boites");
    }

    private PageResult Refuse(ConfigureBoite.Outcome.Refused refused)
    {
        foreach (var erreur in refused.Erreurs)
        {
            // What the binder could not read is said already, in its own words.
            if (ModelState[erreur.Champ]?.Errors is not { Count: > 0 })
            {
                ModelState.AddModelError(erreur.Champ, erreur.Phrase);
            }
        }

        return Page();
    }
}
