using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Echeances;
using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Calendriers;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.Echeances.Regles;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Echeances.Clocks.Imposer;

/// <summary>Changes the regime of a courrier with a reason, showing first what each choice would give.</summary>
public sealed class IndexModel(EcheancesDbContext db, RegimesCourants regimes, CalendrierCourant calendriers, ImposeRegime imposeRegime) : PageModel
{
    /// <summary>Value of the choice that lets the rules choose.</summary>
    public const string Automatique = "automatique";

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    [Required(ErrorMessage = "Choisissez une règle")]
    public string? RegimeCode { get; set; }

    [BindProperty]
    [Required(ErrorMessage = "Dites pourquoi la règle change")]
    [StringLength(500, ErrorMessage = "Le motif ne peut pas dépasser 500 caractères")]
    public string? Motif { get; set; }

    public Suivi Suivi { get; private set; } = null!;
    public Horloge? Horloge { get; private set; }
    public IReadOnlyList<SelectListItem> Choix { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!User.AsAgent().May(Action.ChangeRegime))
        {
            return Forbid();
        }

        if (!await ReadAsync(cancellationToken))
        {
            return NotFound();
        }

        RegimeCode = Suivi.RegimeImposeCode ?? Automatique;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            return await ReadAsync(cancellationToken) ? Page() : NotFound();
        }

        var outcome = await imposeRegime.ExecuteAsync(
            User.AsAgent(), Id, RegimeCode == Automatique ? null : RegimeCode, Motif, cancellationToken);
        if (outcome is ImposeRegime.Outcome.UnknownRegime or ImposeRegime.Outcome.ReasonMissing)
        {
            await ReadAsync(cancellationToken);
        }

        return outcome switch
        {
            ImposeRegime.Outcome.Imposed => await DoneAsync(cancellationToken),
            ImposeRegime.Outcome.NotFound => NotFound(),
            ImposeRegime.Outcome.Forbidden => Forbid(),
            ImposeRegime.Outcome.UnknownRegime => this.PageWithError("Cette règle n’est pas proposée pour ce courrier", nameof(RegimeCode)),
            ImposeRegime.Outcome.ReasonMissing => this.PageWithError("Dites pourquoi la règle change", nameof(Motif)),
        };
    }

    private async Task<IActionResult> DoneAsync(CancellationToken cancellationToken)
    {
        var due = await db.Horloges.AsNoTracking().Where(h => h.CourrierId == Id && h.Kind == KindEcheance.Reponse)
            .Select(h => (DateOnly?)h.DueOn).SingleOrDefaultAsync(cancellationToken);
        this.SayDone(due is null
            ? "La règle est changée : aucune réponse n’est attendue."
            : $"La règle est changée. Répondre avant le {DatesEnFrancais.DateComplete(due.Value)}.");
        return Redirect($"/courriers/{Id}/echeance");
    }

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var suivi = await db.Suivis.AsNoTracking().Visible(User.AsAgent()).SingleOrDefaultAsync(s => s.CourrierId == Id, cancellationToken);
        if (suivi?.RecuLe is not { } recuLe)
        {
            return false;
        }

        Suivi = suivi;
        Horloge = await db.Horloges.AsNoTracking().SingleOrDefaultAsync(h => h.CourrierId == Id && h.Kind == KindEcheance.Reponse, cancellationToken);
        var calendrier = await calendriers.GetAsync(db, cancellationToken);
        var regles = await regimes.GetAsync(db, cancellationToken);
        Choix =
        [
            new("La règle prévue pour ce courrier, d’après son canal, sa nature et son type", Automatique),
            .. ImposeRegime.ChoicesFor(regles, recuLe).Select(r => new SelectListItem(
                $"{r.Libelle} : {DatesEnFrancais.DateComplete(Decomptes.Date(calendrier, recuLe, r.Delai!.Value))}", r.Code)),
        ];
        return true;
    }
}
