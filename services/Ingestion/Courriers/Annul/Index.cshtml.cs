using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Courriers.Annul;

public sealed class IndexModel(AnnulerEnregistrement annulerEnregistrement, CourriersEnregistres courriers) : PageModel
{
    [BindProperty]
    public string? Motif { get; set; }

    public Courrier Courrier { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        var agent = User.AsAgent();
        if (!agent.May(Action.Correct))
        {
            return Forbid();
        }

        if (await courriers.FindAsync(agent, id, cancellationToken) is not { } courrier)
        {
            return NotFound();
        }

        Courrier = courrier;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellationToken)
    {
        var refused = await OnGetAsync(id, cancellationToken);
        if (refused is not PageResult)
        {
            return refused;
        }

        TexteSaisi.Read(Motif, Limites.Motif, out var refus);
        var outcome = await annulerEnregistrement.ExecuteAsync(User.AsAgent().Id.ToString(), id, Motif, cancellationToken);
        if (outcome == AnnulerEnregistrement.Outcome.Annulled)
        {
            this.SayDone($"L’enregistrement {Courrier.NumeroChrono} est annulé ; son numéro reste au registre.", new Lien("Enregistrer un courrier", "/enregistrer"));
            return Redirect($"/enregistrer/{id}");
        }

        return outcome switch
        {
            AnnulerEnregistrement.Outcome.MotifMissing =>
                this.PageWithError(refus ?? "Dites pourquoi l’enregistrement est annulé : le motif reste au registre", nameof(Motif)),
            AnnulerEnregistrement.Outcome.AlreadyAnnulled => this.PageWithError("Cet enregistrement est déjà annulé"),
            AnnulerEnregistrement.Outcome.ChangedMeanwhile => this.PageWithError("Quelqu’un vient de modifier ce courrier : relisez-le avant d’annuler"),
            AnnulerEnregistrement.Outcome.NotFound => NotFound(),
            AnnulerEnregistrement.Outcome.Annulled => throw new InvalidOperationException("Already answered"),
        };
    }
}
