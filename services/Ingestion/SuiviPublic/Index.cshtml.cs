using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Formulaires;

namespace SuiviCourrier.Ingestion.SuiviPublic;

/// <summary>
/// What becomes of a courrier, for whoever holds its token: after the sending of the form, and later. An unknown token and one that cannot be one get
/// the same answer. The page is kept nowhere, and its address is given to no other site.
/// </summary>
[AllowAnonymous]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
public sealed class IndexModel(LireSuivi lireSuivi, DebitPublic debit, TimeProvider clock) : PageModel
{
    /// <summary>Just after the sending: Echeances computes the due date within moments, and it is worth waiting for.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public SuiviLu? Suivi { get; private set; }

    /// <summary>The form has just been sent; true again when the page is loaded again.</summary>
    public bool IsEnvoye { get; private set; }

    /// <summary>Asked too often: in how many minutes it may be asked again.</summary>
    public int? Attente { get; private set; }

    public string Etat => Suivi!.Avancement switch
    {
        Avancement.Recu => "Reçu : un service va s’en charger",
        Avancement.EnCours => "En cours : le service y travaille",
        Avancement.Repondu => Suivi.Le is { } day ? $"Répondu le {DatesEnFrancais.DateComplete(day)}" : "Répondu",
        Avancement.Clos => Suivi.Le is { } day ? $"Clos le {DatesEnFrancais.DateComplete(day)}" : "Clos",
    };

    public string Accuse => Suivi!.Accuse switch
    {
        CanalAccuse.Courriel => "Un accusé d’enregistrement part à votre adresse électronique : s’il n’arrive pas, regardez dans les indésirables.",
        CanalAccuse.Courrier => "Un accusé d’enregistrement vous sera envoyé par la poste.",
        null => "Notez la référence : aucun accusé ne sera envoyé.",
    };

    public async Task<IActionResult> OnGetAsync(string jeton, int? envoye, CancellationToken cancellationToken)
    {
        Response.Headers.CacheControl = "no-store";
        if (debit.RefuseSuivi(HttpContext) is { } wait)
        {
            Attente = (int)Math.Ceiling(wait.TotalMinutes);
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
            Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return Page();
        }

        IsEnvoye = envoye is 1;
        Suivi = await lireSuivi.FindAsync(jeton, cancellationToken);
        var asked = clock.GetTimestamp();
        while (Suivi is { Reponse.IsConnue: false } && clock.GetUtcNow() - Suivi.EnregistreLe < TimeSpan.FromSeconds(10) && clock.GetElapsedTime(asked) < s_patience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
            Suivi = await lireSuivi.FindAsync(jeton, cancellationToken);
        }

        if (Suivi is null)
        {
            Response.StatusCode = StatusCodes.Status404NotFound;
        }

        return Page();
    }
}
