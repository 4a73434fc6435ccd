using System.Diagnostics;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Presentation.Erreurs;

/// <summary>The page shown in place of one that cannot be: what happened and what to do, never how the program failed.</summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
[ResponseCache(NoStore = true)]
public sealed class IndexModel : PageModel
{
    public string Titre { get; private set; } = "";

    public string QueFaire { get; private set; } = "";

    /// <summary>Trace of the request, for what only an administrator can look up.</summary>
    public string? Trace { get; private set; }

    public void OnGet(int code) => Show(code);

    public void OnPost(int code) => Show(code);

    private void Show(int code)
    {
        if (DisquePlein.IsCauseOf(HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error))
        {
            code = Response.StatusCode = StatusCodes.Status507InsufficientStorage;
        }

        (Titre, QueFaire) = code switch
        {
            400 => ("Formulaire périmé", "La page était ouverte depuis trop longtemps, ou elle a été envoyée deux fois. Revenez en arrière, rechargez-la et recommencez : rien n’a été enregistré."),
            403 => ("Action non permise", "Votre rôle ne permet pas cette action. Si elle fait partie de votre travail, demandez à l’administrateur de changer votre rôle."),
            404 => ("Page introuvable", "Cette adresse ne mène à rien que vous puissiez voir : le courrier n’existe pas, ou il relève d’un autre service."),
            413 => ("Fichier trop volumineux", "L’envoi dépasse la taille permise : rien n’a été enregistré. Réduisez la résolution de la numérisation ou séparez les pièces, puis recommencez."),
            429 => ("Trop de tentatives", "Trop de demandes sont venues de votre poste en peu de temps. Attendez une minute, puis recommencez."),
            503 => ("Service indisponible", "L’application est momentanément indisponible. Recommencez dans quelques minutes."),
            507 => ("Disque plein", "L’application n’a plus de place pour enregistrer : rien n’a été enregistré. Gardez ce que vous aviez saisi, et prévenez l’administrateur."),
            >= 500 => ("Erreur de l’application", "Quelque chose n’a pas fonctionné et votre dernière action n’est peut-être pas enregistrée : vérifiez avant de la refaire."),
            _ => ("Demande non comprise", "Cette demande n’a pas été comprise. Revenez en arrière et recommencez."),
        };
        Trace = code >= 500 ? Activity.Current?.TraceId.ToString() ?? HttpContext.TraceIdentifier : null;
    }
}
