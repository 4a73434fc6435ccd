using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Mots;

namespace SuiviCourrier.Ingestion.Accuses.Modeles.Modifier;

/// <summary>The editor: what is typed beside what it gives, on a real courrier. Without scripts a button shows it.</summary>
public sealed class IndexModel(IngestionDbContext db, WriteModele writeModele, ApercuModele apercus) : PageModele
{
    [BindProperty(SupportsGet = true)]
    public string Code { get; set; } = "";

    /// <summary>Revision of the draft the form was filled from; 0 when there was none.</summary>
    [BindProperty]
    public int Vu { get; set; }

    [BindProperty]
    public string? Objet { get; set; }

    [BindProperty]
    public string? Texte { get; set; }

    [BindProperty]
    public string? Courrier { get; set; }

    /// <summary>The draft, else the newest version.</summary>
    public VersionModele Base { get; private set; } = null!;

    public Apercu Apercu { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is { } refusal)
        {
            return refusal;
        }

        (Vu, Objet, Texte) = (Base.Etat == EtatModele.Brouillon ? Base.Revision : 0, Base.Objet, Base.Texte);
        Courrier = await apercus.ProposeAsync(Agent, cancellationToken);
        await ShowAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostApercuAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is { } refusal)
        {
            return refusal;
        }

        await ShowAsync(cancellationToken);
        return Request.Headers.ContainsKey("HX-Request") ? Partial("/Accuses/Modeles/_Apercu.cshtml", Apercu) : Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is { } refusal)
        {
            return refusal;
        }

        switch (await writeModele.ExecuteAsync(Agent, Code, Vu, Objet, Texte, cancellationToken))
        {
            case WriteModele.Outcome.Saved saved:
                this.SayDone($"Le brouillon de la version {saved.Version} est enregistré : une autre personne peut l’approuver.");
                return Redirect($"/modeles/{Code}");
            case WriteModele.Outcome.Forbidden:
                return Forbid();
            case WriteModele.Outcome.NotFound:
                return NotFound();
            case WriteModele.Outcome.ChangedMeanwhile:
                ModelState.AddModelError("", "Quelqu’un vient de modifier ou d’approuver ce brouillon : copiez votre texte, puis rouvrez cette page");
                break;
            case WriteModele.Outcome.Refused refused:
                foreach (var erreur in refused.Erreurs)
                {
                    ModelState.AddModelError(erreur.Champ, erreur.Phrase);
                }

                break;
        }

        await ShowAsync(cancellationToken);
        return Page();
    }

    private async Task ShowAsync(CancellationToken cancellationToken)
    {
        var typed = Base.ToModele() with
        {
            Objet = TexteSaisi.Repair(Objet, WriteModele.MaxObjet) ?? "",
            Texte = TexteSaisi.Repair(Texte, WriteModele.MaxTexte) ?? "",
        };
        Apercu = await apercus.ShowAsync(Agent, typed, Courrier, cancellationToken);
    }

    /// <returns>Null when the person may write.</returns>
    private async Task<IActionResult?> LoadAsync(CancellationToken cancellationToken)
    {
        var newest = CodesAnnuaire.IsPossible(Code)
            ? await db.VersionsModeles.AsNoTracking().Where(v => v.Code == Code).OrderByDescending(v => v.Version).FirstOrDefaultAsync(cancellationToken)
            : null;
        if (newest is null)
        {
            return NotFound();
        }

        Base = newest;
        return Agent.MayWrite(newest.ServiceProprietaire) ? null : Forbid();
    }
}
