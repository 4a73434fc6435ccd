using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SuiviCourrier.Presentation.Mots;

/// <summary>How a page tells what came of an action: done and what next, or refused and why.</summary>
public static class PageOutcomes
{
    internal const string Fait = "Fait";
    internal const string SuiteTexte = "SuiteTexte";
    internal const string SuiteUrl = "SuiteUrl";

    /// <summary>Shown on top of the next page: what was done, in a sentence, with its undo or next step. No name, no subject: it travels in a cookie.</summary>
    public static void SayDone(this PageModel page, string sentence, Lien? next = null)
    {
        page.TempData[Fait] = sentence;
        if (next is not null)
        {
            page.TempData[SuiteTexte] = next.Texte;
            page.TempData[SuiteUrl] = next.Url;
        }
    }

    /// <summary>Kept by no browser and no proxy. Said as the guard of its forms says it, which would otherwise warn of each view in the log.</summary>
    public static void KeepNowhere(this PageModel page) => page.Response.Headers.CacheControl = "no-cache, no-store";

    /// <summary>The page again with what was typed, and the sentence on top or beside the field named.</summary>
    public static IActionResult PageWithError(this PageModel page, string sentence, string field = "")
    {
        page.ModelState.AddModelError(field, sentence);
        return page.Page();
    }
}
