using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.ServiceDefaults.Demonstration;

namespace SuiviCourrier.Portail.Comptes.Connexion;

[AllowAnonymous]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
public sealed partial class IndexModel(
    SignInManager<Compte> signIn, UserManager<Compte> users, EssaisDeConnexion essais, IOptions<DemonstrationOptions> demonstration, ILogger<IndexModel> logger) : PageModel
{
    /// <summary>One sentence for every refusal: it must not tell which addresses have an account.</summary>
    private const string Refuse = "Adresse ou mot de passe inexact, ou compte fermé. Après 5 essais le compte est bloqué 5 minutes.";

    // The hash of nothing anybody types: an unknown address takes as long as a known one.
    private static readonly Compte s_nobody = new() { Nom = "", Role = default, ServiceCode = "" };
    private static readonly string s_hash = new PasswordHasher<Compte>().HashPassword(s_nobody, Guid.NewGuid().ToString());

    [BindProperty]
    public string? Courriel { get; set; }

    [BindProperty]
    public string? MotDePasse { get; set; }

    /// <summary>Page asked for before signing in.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Retour { get; set; }

    public IActionResult OnGet() => User.Identity?.IsAuthenticated == true ? Redirect("/") : Page();

    public async Task<IActionResult> OnPostAsync()
    {
        var address = HttpContext.Connection.RemoteIpAddress;
        if (essais.IsTooMany(address))
        {
            return StatusCode(StatusCodes.Status429TooManyRequests);
        }

        if (string.IsNullOrWhiteSpace(Courriel) || string.IsNullOrEmpty(MotDePasse))
        {
            return this.PageWithError("Donnez votre adresse électronique et votre mot de passe", nameof(Courriel));
        }

        var compte = Courriel.Contains('\0', StringComparison.Ordinal) ? null : await users.FindByNameAsync(Courriel.Trim());
        if (compte is null || !compte.IsActif || (compte.IsDemonstration && !demonstration.Value.Active))
        {
            users.PasswordHasher.VerifyHashedPassword(s_nobody, s_hash, MotDePasse);
            essais.RecordFailure(address);
            return this.PageWithError(Refuse);
        }

        var result = await signIn.PasswordSignInAsync(compte, MotDePasse, isPersistent: false, lockoutOnFailure: true);
        if (!result.Succeeded)
        {
            essais.RecordFailure(address);
            SignInRefused(compte.Id, result.IsLockedOut);
            return this.PageWithError(Refuse);
        }

        return Url.IsLocalUrl(Retour) ? LocalRedirect(Retour) : Redirect("/");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sign-in refused for account {CompteId}; locked out: {IsLockedOut}")]
    private partial void SignInRefused(Guid compteId, bool isLockedOut);
}
