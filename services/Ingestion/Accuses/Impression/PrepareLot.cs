using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Ingestion.Accuses.ATraiter;
using SuiviCourrier.Ingestion.Accuses.Modeles;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.Accuses.Impression;

/// <summary>Writes every letter that waits, oldest first, and keeps them as one lot. Two agents who ask at once get the same lot.</summary>
public sealed class PrepareLot(IngestionDbContext db, AccusesATraiter accuses, TexteAccuse texte, IFileStore store, TimeProvider clock)
{
    /// <summary>Largest lot: more is another lot.</summary>
    public const int Maximum = 500;

    private const long MaxLettre = 20L << 20;

    /// <summary>As for e-mail: the day by which we answer is known within moments; after this long the letter leaves without it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <returns>The lot; null when no letter waits.</returns>
    public async Task<Guid?> ExecuteAsync(Agent agent, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtext('ingestion.lots_impression'))", cancellationToken);
        var waiting = await accuses.IdsAsync(agent, GenreAccuses.AImprimer, Maximum, cancellationToken);
        if (await SameLotAsync(waiting, cancellationToken) is { } same)
        {
            return same;
        }

        var now = clock.GetUtcNow();
        var lot = new LotImpression { PrepareLe = now, PreparePar = agent.Id.ToString() };
        var fichiers = new List<Fichier>();
        foreach (var id in waiting)
        {
            if (await WriteAsync(id, now, cancellationToken) is not var (accuse, rendered, fichier))
            {
                continue;
            }

            fichiers.Add(fichier);
            lot.Lettres.Add(new LettreDuLot
            {
                AccuseId = id,
                Ordre = lot.Lettres.Count + 1,
                Sha256 = fichier.Sha256,
                Taille = fichier.Taille,
                ModeleCode = rendered.ModeleCode,
                ModeleVersion = rendered.ModeleVersion,
                AccuseChangedAt = accuse.ChangedAt,
            });
        }

        if (lot.Lettres.Count == 0)
        {
            return null;
        }

        await db.ReferenceAsync(store, fichiers, cancellationToken);
        db.Add(lot);
        db.Journal.Record(lot.PreparePar, nameof(PrepareLot), $"lot:{lot.Id}", null, now, apres: $"{lot.Lettres.Count} lettres");
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return lot.Id;
    }

    /// <summary>The letter alone, as it would be printed now.</summary>
    public async Task<Stream?> LookAsync(Guid accuseId, CancellationToken cancellationToken)
    {
        if (await WriteAsync(accuseId, DateTimeOffset.MaxValue, cancellationToken) is not var (_, _, fichier))
        {
            return null;
        }

        return store.OpenRead(fichier.Sha256);
    }

    private async Task<(Accuse Accuse, RenderedModele Rendered, Fichier Fichier)?> WriteAsync(Guid accuseId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var accuse = await db.Accuses.AsNoTracking().SingleOrDefaultAsync(a => a.Id == accuseId && a.Etat == EtatAccuse.AImprimer, cancellationToken);
        if (accuse is null)
        {
            return null;
        }

        var courrier = await db.Courriers.AsNoTracking().SingleAsync(c => c.Id == accuse.CourrierId, cancellationToken);
        if (await texte.ReadinessAsync(courrier, accuse, cancellationToken) is not ReadinessAccuse.Ready)
        {
            return null;
        }

        var reponse = await texte.ReponseAsync(courrier, cancellationToken);
        if (!reponse.IsConnue && now - courrier.EnregistreLe < s_patience)
        {
            return null; // comes with the next lot, with its date
        }

        var rendered = await texte.RenderAsync(courrier, accuse, reponse, cancellationToken);
        using var pdf = new MemoryStream();
        await rendered.PdfAsync(pdf, cancellationToken);
        pdf.Position = 0;
        return (accuse, rendered, await store.StoreAsync(pdf, MaxLettre, cancellationToken));
    }

    /// <summary>The newest lot, when it holds exactly what waits now: the button was pressed twice, or by two people.</summary>
    private async Task<Guid?> SameLotAsync(List<Guid> waiting, CancellationToken cancellationToken)
    {
        var newest = await db.Set<LotImpression>().AsNoTracking().Include(l => l.Lettres)
            .OrderByDescending(l => l.PrepareLe).ThenByDescending(l => l.Id).FirstOrDefaultAsync(cancellationToken);
        if (newest is null || waiting.Count == 0 || !newest.Lettres.Select(l => l.AccuseId).ToHashSet().SetEquals(waiting))
        {
            return null;
        }

        var ids = waiting.ToArray();
        var states = await db.Accuses.Where(a => ids.Contains(a.Id)).ToDictionaryAsync(a => a.Id, a => a.ChangedAt, cancellationToken);
        return newest.Lettres.All(l => states[l.AccuseId] == l.AccuseChangedAt) ? newest.Id : null;
    }
}
