using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses.Reception;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.Accuses;

/// <summary>
/// Decides again about the acknowledgements that have not left, when their sender was corrected or the registration annulled, inside the
/// caller's transaction. What has left, or may have, stays as it is: at most one of a kind.
/// </summary>
public sealed class RedirectAccuse(IngestionDbContext db)
{
    public async Task ApplyAsync(Courrier courrier, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var accuse in await db.Accuses.Where(a => a.CourrierId == courrier.Id).OrderBy(a => a.Id).ToListAsync(cancellationToken))
        {
            await RedirectAsync(courrier, accuse, now, cancellationToken);
        }
    }

    private async Task RedirectAsync(Courrier courrier, Accuse accuse, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // What the type or an accusé de réception has decided does not depend on the sender.
        if (accuse is { Etat: EtatAccuse.SansObjet, Motif: ReceptionDecision.Remplace or TypeCourrier.SansAccuse } or { Etat: EtatAccuse.SansObjet, Kind: KindAccuse.Reception })
        {
            return;
        }

        // An automatic message that was not to be answered is not answered because its sender's name was corrected.
        var isPaper = courrier.Canal is Canal.Lettre or Canal.Depot;
        if (accuse.Etat is not (EtatAccuse.AEnvoyer or EtatAccuse.AImprimer) && !(accuse.Etat == EtatAccuse.SansObjet && isPaper && !courrier.IsAnnule))
        {
            return;
        }

        var decision = AccuseDecision.Decide(courrier.Expediteur, courrier.IsAnnule ? "L’enregistrement a été annulé" : null);
        var formerly = accuse.Etat;
        accuse.Etat = decision.Etat;
        accuse.Canal = decision.Canal;
        accuse.Destinataire = decision.Destinataire;
        accuse.Motif = decision.Motif;
        accuse.ChangedAt = now;
        if (accuse.Kind == KindAccuse.Enregistrement)
        {
            courrier.IsSansAccuse = decision.Etat == EtatAccuse.SansObjet;
        }

        if (decision.Etat == EtatAccuse.AEnvoyer && formerly != EtatAccuse.AEnvoyer)
        {
            await db.Courriels.EnqueueAgainAsync(AccuseSortant.Of(accuse, now), cancellationToken);
        }
        else if (decision.Etat != EtatAccuse.AEnvoyer && formerly == EtatAccuse.AEnvoyer)
        {
            await db.Courriels.WithdrawAsync(AccuseSortant.CleOf(accuse), decision.Motif ?? "À imprimer", now, cancellationToken);
        }
    }
}
