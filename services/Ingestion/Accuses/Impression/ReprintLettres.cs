using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Ingestion.Accuses.Impression;

/// <summary>
/// Prints letters once more, exactly as they were: a new lot, with its reason in the history of each courrier. It is printed, marked and
/// posted as any other; the letters it replaces are no longer to be posted.
/// </summary>
public sealed class ReprintLettres(IngestionDbContext db, LotsImpression lots, TimeProvider clock)
{
    public abstract record Outcome
    {
        public sealed record Prepared(Guid LotId) : Outcome;

        /// <param name="Champ">Field of the page that is wrong; empty: nothing can be printed again.</param>
        public sealed record Refused(string Champ, string Phrase) : Outcome;

        public sealed record NotFound : Outcome;
    }

    /// <param name="choisis">Acknowledgements whose letters are printed again.</param>
    public async Task<Outcome> ExecuteAsync(Agent agent, Guid lotId, IReadOnlySet<Guid> choisis, string? motif, CancellationToken cancellationToken)
    {
        var reason = TexteSaisi.Read(motif, Limites.Motif, out var refus);
        if (reason is null)
        {
            return new Outcome.Refused("Motif", refus ?? "Dites pourquoi ces lettres sont imprimées une nouvelle fois");
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtext('ingestion.lots_impression'))", cancellationToken);
        if (await lots.FindAsync(agent, lotId, cancellationToken) is not { } lot)
        {
            return new Outcome.NotFound();
        }

        var lines = lot.Lettres.Where(l => CanReprint(l) && choisis.Contains(l.AccuseId)).ToArray();
        if (lines.Length == 0)
        {
            return new Outcome.Refused("", "Cochez au moins une lettre déjà imprimée, et qui ne l’est pas de nouveau dans un lot plus récent");
        }

        var now = clock.GetUtcNow();
        var again = new LotImpression { PrepareLe = now, PreparePar = agent.Id.ToString(), Motif = reason };
        var formerly = await db.Set<LettreDuLot>().AsNoTracking().Where(l => l.LotId == lotId).ToDictionaryAsync(l => l.AccuseId, cancellationToken);
        foreach (var line in lines)
        {
            var lettre = formerly[line.AccuseId];
            again.Lettres.Add(new LettreDuLot
            {
                AccuseId = line.AccuseId,
                Ordre = again.Lettres.Count + 1,
                Sha256 = lettre.Sha256,
                Taille = lettre.Taille,
                HtmlSha256 = lettre.HtmlSha256,
                Pages = lettre.Pages,
                IsAdresseEntiere = lettre.IsAdresseEntiere,
                ModeleCode = lettre.ModeleCode,
                ModeleVersion = lettre.ModeleVersion,
                AccuseChangedAt = lettre.AccuseChangedAt,
            });
            db.Journal.Record(
                again.PreparePar, nameof(ReprintLettres), $"accuse:{line.AccuseId}", line.CourrierId, now,
                avant: line.PosteeLe is null ? "imprimé" : "posté", apres: "à imprimer une nouvelle fois", motif: reason);
        }

        db.Add(again);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new Outcome.Prepared(again.Id);
    }

    public static bool CanReprint(LigneLot lettre) => lettre is { ImprimeeLe: not null, IsNewest: true, IsAnnule: false };
}
