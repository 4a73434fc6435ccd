using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Writer;

namespace SuiviCourrier.Ingestion.Accuses.Impression;

/// <summary>A lot seen from the list: how many of its letters still wait to be marked.</summary>
public sealed record LotOuvert(Guid Id, DateTimeOffset PrepareLe, string PreparePar, int Lettres, int Restent);

/// <summary>One letter of a lot, for who may see its courrier.</summary>
public sealed record LigneLot(
    Guid AccuseId, Guid CourrierId, string NumeroChrono, string Destinataire, string Etat, string Sha256, bool IsChanged, bool IsRestreint,
    string? ServiceInstructeurCode, int Ordre) : IVisibleRow
{
    public EtatAccuse EtatAccuse => Enum.Parse<EtatAccuse>(Etat);

    /// <summary>Still to be marked as printed.</summary>
    public bool IsWaiting => EtatAccuse == EtatAccuse.AImprimer && !IsChanged;
}

/// <param name="PreparePar">Name of the person.</param>
public sealed record LotLu(Guid Id, DateTimeOffset PrepareLe, string PreparePar, IReadOnlyList<LigneLot> Lettres);

/// <summary>Reads lots, and puts their letters into one PDF.</summary>
public sealed class LotsImpression(IngestionDbContext db, ActeursEnMots acteurs, IFileStore store)
{
    /// <summary>Lots with letters that nobody has marked yet, newest first.</summary>
    public async Task<IReadOnlyList<LotOuvert>> OpenAsync(CancellationToken cancellationToken)
    {
        var lots = await (
            from l in db.Set<LotImpression>()
            let restent = l.Lettres.Count(x => db.Accuses.Any(a => a.Id == x.AccuseId && a.Etat == EtatAccuse.AImprimer && a.ChangedAt == x.AccuseChangedAt))
            where restent > 0
            orderby l.PrepareLe descending
            select new LotOuvert(l.Id, l.PrepareLe, l.PreparePar, l.Lettres.Count, restent)).Take(10).ToListAsync(cancellationToken);
        var names = await acteurs.NamesAsync(lots.Select(l => l.PreparePar), cancellationToken);
        return [.. lots.Select(l => l with { PreparePar = names[l.PreparePar] })];
    }

    public async Task<LotLu?> FindAsync(Agent agent, Guid lotId, CancellationToken cancellationToken)
    {
        if (await db.Set<LotImpression>().AsNoTracking().SingleOrDefaultAsync(l => l.Id == lotId, cancellationToken) is not { } lot)
        {
            return null;
        }

        var names = await acteurs.NamesAsync([lot.PreparePar], cancellationToken);
        var lettres = await db.Database.SqlQuery<LigneLot>(
            $"""
            SELECT l.accuse_id, a.courrier_id, c.numero_chrono, coalesce(a.destinataire, '') AS destinataire, a.etat, l.sha256,
                a.changed_at <> l.accuse_changed_at AS is_changed, c.is_restreint, d.service_instructeur_code, l.ordre
            FROM ingestion.lettres_lot l
            JOIN ingestion.accuses a ON a.id = l.accuse_id
            JOIN ingestion.courriers c ON c.id = a.courrier_id
            LEFT JOIN portail.lecture_dossiers d ON d.courrier_id = c.id
            WHERE l.lot_id = {lotId}
            """).Visible(agent).OrderBy(l => l.Ordre).ToListAsync(cancellationToken);
        return new LotLu(lot.Id, lot.PrepareLe, names[lot.PreparePar], lettres);
    }

    /// <summary>
    /// The letters of the lot one after the other, each with its own page numbers: written to the disk as they are read, one letter in
    /// memory at a time.
    /// </summary>
    /// <param name="duplex">A letter of an odd number of pages is followed by an empty page, so that no letter starts on the back of another.</param>
    /// <returns>The PDF from its beginning; it disappears when it is closed.</returns>
    public async Task<FileStream> WriteAsync(LotLu lot, bool duplex, CancellationToken cancellationToken)
    {
        var file = BoitesFonctionnelles.Spool.NewFile(Path.GetTempPath());
        try
        {
            using (var builder = new PdfDocumentBuilder(file, disposeStream: false, PdfWriterType.Default, 1.7, null))
            {
                builder.DocumentInformation.Title = $"Accusés, {lot.Lettres.Count} lettres";
                foreach (var lettre in lot.Lettres)
                {
                    await using var stored = store.OpenRead(lettre.Sha256);
                    using var bytes = new MemoryStream();
                    await stored.CopyToAsync(bytes, cancellationToken);
                    using var letter = PdfDocument.Open(bytes.ToArray());
                    for (var page = 1; page <= letter.NumberOfPages; page++)
                    {
                        builder.AddPage(letter, page);
                    }

                    if (duplex && letter.NumberOfPages % 2 == 1)
                    {
                        builder.AddPage(UglyToad.PdfPig.Content.PageSize.A4);
                    }
                }

                builder.Build();
            }

            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }
}
