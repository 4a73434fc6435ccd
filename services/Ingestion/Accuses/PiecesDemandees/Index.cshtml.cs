using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Accuses.PiecesDemandees;

public sealed class IndexModel(RequestPieces requestPieces, CourriersEnregistres courriers, IngestionDbContext db) : PageModel
{
    [BindProperty]
    public string? Pieces { get; set; }

    [BindProperty]
    public DateOnly? Avant { get; set; }

    public Courrier Courrier { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is { } refused)
        {
            return refused;
        }

        var existing = await db.PiecesDemandees.AsNoTracking().Where(p => p.CourrierId == id).OrderBy(p => p.Ordre).ToListAsync(cancellationToken);
        Pieces = string.Join('\n', existing.Select(p => p.Libelle));
        Avant = existing.FirstOrDefault()?.AvantLe;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is { } refused)
        {
            return refused;
        }

        if (!ModelState.IsValid)
        {
            return Page();
        }

        switch (await requestPieces.ExecuteAsync(User.AsAgent(), id, Pieces, Avant, cancellationToken))
        {
            case RequestPieces.Outcome.Requested { Nombre: 0 }:
                this.SayDone("Plus aucune pièce n’est demandée.");
                return Redirect($"/courriers/{id}");
            case RequestPieces.Outcome.Requested { IsAnnounced: true }:
                this.SayDone("La liste est enregistrée : l’accusé de réception l’énumérera.");
                return Redirect($"/courriers/{id}");
            case RequestPieces.Outcome.Requested:
                this.SayDone("La liste est enregistrée. L’accusé de réception est déjà parti : demandez les pièces par une réponse d’attente.", new Lien("Écrire", $"/courriers/{id}/repondre"));
                return Redirect($"/courriers/{id}");
            case RequestPieces.Outcome.Refused refusal:
                return this.PageWithError(refusal.Phrase, refusal.Champ);
            case RequestPieces.Outcome.AlreadyClosed:
                return this.PageWithError("Ce courrier est clos ou annulé : rien ne peut plus être demandé");
            case RequestPieces.Outcome.Forbidden:
                return Forbid();
            default:
                return NotFound();
        }
    }

    private async Task<IActionResult?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        var agent = User.AsAgent();
        if (!agent.May(Action.Answer))
        {
            return Forbid();
        }

        if (await courriers.FindAsync(agent, id, cancellationToken) is not { } courrier)
        {
            return NotFound();
        }

        Courrier = courrier;
        return null;
    }
}
