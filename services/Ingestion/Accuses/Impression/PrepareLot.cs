using System.Text;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Ingestion.Accuses.ATraiter;
using SuiviCourrier.Ingestion.Accuses.Modeles;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;
using UglyToad.PdfPig;

namespace SuiviCourrier.Ingestion.Accuses.Impression;

/// <summary>
/// Writes every letter that waits and that no lot has, oldest first, and keeps them as one lot. Two agents who ask at once get the same
/// lot; a letter of a lot that nobody has marked stays in it, so that nothing is printed twice unawares.
/// </summary>
public sealed class PrepareLot(IngestionDbContext db, AccusesATraiter accuses, TexteAccuse texte, IFileStore store, TimeProvider clock)
{
    /// <summary>Largest lot: more is another lot.</summary>
    public const int Maximum = 500;

    private const long MaxLettre = 20L << 20;

    /// <summary>As for e-mail: the day by which we answer is known within moments; after this long the letter leaves without it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <param name="LotId">The lot; null when no letter is ready.</param>
    /// <param name="Attendent">Letters that are not ready: a date they must give is still being computed.</param>
    public sealed record Outcome(Guid? LotId, int Attendent);

    public async Task<Outcome> ExecuteAsync(Agent agent, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtext('ingestion.lots_impression'))", cancellationToken);
        var waiting = await accuses.WithoutLotAsync(agent, Maximum, cancellationToken);
        var now = clock.GetUtcNow();
        var lot = new LotImpression { PrepareLe = now, PreparePar = agent.Id.ToString() };
        var fichiers = new List<Fichier>();
        foreach (var id in waiting)
        {
            if (await WriteAsync(id, now, cancellationToken) is not { } written)
            {
                continue;
            }

            fichiers.Add(written.Pdf);
            fichiers.Add(written.Html);
            lot.Lettres.Add(new LettreDuLot
            {
                AccuseId = id,
                Ordre = lot.Lettres.Count + 1,
                Sha256 = written.Pdf.Sha256,
                Taille = written.Pdf.Taille,
                HtmlSha256 = written.Html.Sha256,
                Pages = written.Pages,
                IsAdresseEntiere = written.Rendered.IsAdresseEntiere,
                ModeleCode = written.Rendered.ModeleCode,
                ModeleVersion = written.Rendered.ModeleVersion,
                AccuseChangedAt = written.Accuse.ChangedAt,
            });
        }

        var attendent = waiting.Count - lot.Lettres.Count;
        if (lot.Lettres.Count == 0)
        {
            return new Outcome(await accuses.NewestLotAsync(agent, cancellationToken), attendent);
        }

        await db.ReferenceAsync(store, fichiers, cancellationToken);
        db.Add(lot);
        db.Journal.Record(lot.PreparePar, nameof(PrepareLot), $"lot:{lot.Id}", null, now, apres: $"{lot.Lettres.Count} lettres");
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new Outcome(lot.Id, attendent);
    }

    /// <summary>The letter alone, as it would be printed now: its PDF, or the page that says the same.</summary>
    public async Task<Stream?> LookAsync(Guid accuseId, bool asPage, CancellationToken cancellationToken) =>
        await WriteAsync(accuseId, DateTimeOffset.MaxValue, cancellationToken) is { } written
            ? store.OpenRead(asPage ? written.Html.Sha256 : written.Pdf.Sha256)
            : null;

    private sealed record Written(Accuse Accuse, RenderedModele Rendered, Fichier Pdf, Fichier Html, int Pages);

    private async Task<Written?> WriteAsync(Guid accuseId, DateTimeOffset now, CancellationToken cancellationToken)
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
        using var read = PdfDocument.Open(pdf.ToArray());
        pdf.Position = 0;
        using var html = new MemoryStream(Encoding.UTF8.GetBytes(rendered.Html));
        return new Written(
            accuse, rendered, await store.StoreAsync(pdf, MaxLettre, cancellationToken), await store.StoreAsync(html, MaxLettre, cancellationToken), read.NumberOfPages);
    }
}
