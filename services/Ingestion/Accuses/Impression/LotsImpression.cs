using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Fichiers;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Writer;

namespace SuiviCourrier.Ingestion.Accuses.Impression;

/// <summary>A lot that somebody still has to do something about.</summary>
/// <param name="AImprimer">Letters nobody has said to be printed.</param>
/// <param name="APoster">Letters printed and not yet posted.</param>
public sealed record LotOuvert(
    Guid Id, DateTimeOffset PrepareLe, string PreparePar, string? Motif, DateTimeOffset? OuvertLe, string? OuvertPar, int Lettres, int AImprimer, int APoster);

/// <summary>Where a letter of a lot stands.</summary>
public enum EtatLettre
{
    AImprimer,
    APoster,
    Postee,

    /// <summary>Its courrier was corrected since: the next lot has the right one.</summary>
    Corrigee,

    /// <summary>Nothing is to be sent any more.</summary>
    SansObjet,

    /// <summary>Printed once more, in a later lot.</summary>
    Reimprimee,
}

/// <summary>One letter of a lot, for who may see its courrier.</summary>
/// <param name="IsChanged">Its courrier was corrected after the letter was written.</param>
/// <param name="IsNewest">No later lot has a letter of the same acknowledgement.</param>
/// <param name="IsReimpression">Its lot prints once more what was printed.</param>
public sealed record LigneLot(
    Guid LotId, Guid AccuseId, Guid CourrierId, string NumeroChrono, string Destinataire, string Etat, string Sha256, string HtmlSha256, int Pages,
    bool IsAdresseEntiere, bool IsChanged, bool IsAnnule, bool IsNewest, bool IsReimpression, DateTimeOffset LotPrepareLe, DateTimeOffset? ImprimeeLe,
    string? ImprimeePar, DateTimeOffset? PosteeLe, string? PosteePar, bool IsRestreint, string? ServiceInstructeurCode, int Ordre) : IVisibleRow
{
    public EtatLettre EtatLettre => (Enum.Parse<EtatAccuse>(Etat), this) switch
    {
        (_, { PosteeLe: not null }) => EtatLettre.Postee,
        (_, { IsAnnule: true }) or (EtatAccuse.SansObjet, _) => EtatLettre.SansObjet,
        (_, { IsNewest: false, ImprimeeLe: not null }) => EtatLettre.Reimprimee,
        (_, { ImprimeeLe: not null }) => EtatLettre.APoster,
        (EtatAccuse.AImprimer, { IsChanged: false, IsReimpression: false }) => EtatLettre.AImprimer,
        (EtatAccuse.Imprime, { IsReimpression: true, IsNewest: true }) => EtatLettre.AImprimer,
        (EtatAccuse.AImprimer, _) => EtatLettre.Corrigee,
        _ => EtatLettre.Reimprimee,
    };

    /// <summary>On one line.</summary>
    public string DestinataireEnLigne => Destinataire.Replace("\n", ", ", StringComparison.Ordinal);
}

/// <param name="PreparePar">Name of the person.</param>
/// <param name="Motif">Why its letters are printed once more; null for a first printing.</param>
/// <param name="OuvertPar">Name of the person who opened the PDF last.</param>
/// <param name="Cachees">Letters of courriers that the person may not see.</param>
public sealed record LotLu(
    Guid Id, DateTimeOffset PrepareLe, string PreparePar, string? Motif, DateTimeOffset? OuvertLe, string? OuvertPar, IReadOnlyList<LigneLot> Lettres, int Cachees)
{
    public IEnumerable<LigneLot> In(EtatLettre etat) => Lettres.Where(l => l.EtatLettre == etat);
}

/// <summary>Reads lots, and puts their letters into one PDF.</summary>
public sealed class LotsImpression(IngestionDbContext db, ActeursEnMots acteurs, IFileStore store, TimeProvider clock)
{
    /// <summary>Lots with letters to print or to post, newest first.</summary>
    public async Task<IReadOnlyList<LotOuvert>> OpenAsync(CancellationToken cancellationToken)
    {
        var lots = await db.Database.SqlQuery<LotOuvert>(
            $"""
            SELECT * FROM (
                SELECT o.id, o.prepare_le, o.prepare_par, o.motif, o.ouvert_le, o.ouvert_par,
                    (SELECT count(*)::int FROM ingestion.lettres_lot t WHERE t.lot_id = o.id) AS lettres,
                    count(*) FILTER (WHERE l.imprimee_le IS NULL AND CASE WHEN o.motif IS NULL
                        THEN a.etat = 'AImprimer' AND a.changed_at = l.accuse_changed_at ELSE a.etat = 'Imprime' END)::int AS a_imprimer,
                    count(*) FILTER (WHERE l.imprimee_le IS NOT NULL)::int AS a_poster
                FROM ingestion.lettres_lot l
                JOIN ingestion.lots_impression o ON o.id = l.lot_id
                JOIN ingestion.accuses a ON a.id = l.accuse_id
                JOIN ingestion.courriers c ON c.id = a.courrier_id
                WHERE l.postee_le IS NULL AND NOT c.is_annule AND a.etat <> 'SansObjet' AND NOT EXISTS (
                    SELECT FROM ingestion.lettres_lot n JOIN ingestion.lots_impression p ON p.id = n.lot_id
                    WHERE n.accuse_id = l.accuse_id AND (p.prepare_le, p.id) > (o.prepare_le, o.id))
                GROUP BY o.id) lots
            WHERE a_imprimer > 0 OR a_poster > 0
            """).OrderByDescending(l => l.PrepareLe).Take(20).ToListAsync(cancellationToken);
        var names = await acteurs.NamesAsync(lots.SelectMany(l => new[] { l.PreparePar, l.OuvertPar }), cancellationToken);
        return [.. lots.Select(l => l with { PreparePar = names[l.PreparePar], OuvertPar = l.OuvertPar is null ? null : names[l.OuvertPar] })];
    }

    public async Task<LotLu?> FindAsync(Agent agent, Guid lotId, CancellationToken cancellationToken)
    {
        if (await db.Set<LotImpression>().AsNoTracking().SingleOrDefaultAsync(l => l.Id == lotId, cancellationToken) is not { } lot)
        {
            return null;
        }

        var lettres = await Lettres().Where(l => l.LotId == lotId).Visible(agent).OrderBy(l => l.Ordre).ToListAsync(cancellationToken);
        var all = await db.Set<LettreDuLot>().CountAsync(l => l.LotId == lotId, cancellationToken);
        var names = await acteurs.NamesAsync([lot.PreparePar, lot.OuvertPar, .. lettres.SelectMany(l => new[] { l.ImprimeePar, l.PosteePar })], cancellationToken);
        return new LotLu(
            lot.Id, lot.PrepareLe, names[lot.PreparePar], lot.Motif, lot.OuvertLe, lot.OuvertPar is null ? null : names[lot.OuvertPar],
            [.. lettres.Select(l => Named(l, names))], all - lettres.Count);
    }

    /// <summary>Every letter written for one acknowledgement, newest first.</summary>
    public async Task<IReadOnlyList<LigneLot>> OfAccuseAsync(Agent agent, Guid accuseId, CancellationToken cancellationToken)
    {
        var lettres = await Lettres().Where(l => l.AccuseId == accuseId).Visible(agent).OrderByDescending(l => l.LotPrepareLe).ToListAsync(cancellationToken);
        var names = await acteurs.NamesAsync(lettres.SelectMany(l => new[] { l.ImprimeePar, l.PosteePar }), cancellationToken);
        return [.. lettres.Select(l => Named(l, names))];
    }

    /// <summary>The PDF is about to be given to somebody: from now on it may have been printed.</summary>
    public async Task OpenedAsync(Agent agent, Guid lotId, CancellationToken cancellationToken)
    {
        var acteur = agent.Id.ToString();
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Set<LotImpression>().Where(l => l.Id == lotId)
            .ExecuteUpdateAsync(l => l.SetProperty(x => x.OuvertLe, now).SetProperty(x => x.OuvertPar, acteur), cancellationToken);
        db.Journal.Record(acteur, "OpenLot", $"lot:{lotId}", null, now);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static LigneLot Named(LigneLot lettre, IReadOnlyDictionary<string, string> names) => lettre with
    {
        ImprimeePar = lettre.ImprimeePar is null ? null : names[lettre.ImprimeePar],
        PosteePar = lettre.PosteePar is null ? null : names[lettre.PosteePar],
    };

    private IQueryable<LigneLot> Lettres() => db.Database.SqlQuery<LigneLot>(
        $"""
        SELECT l.lot_id, l.accuse_id, a.courrier_id, c.numero_chrono, coalesce(a.destinataire, '') AS destinataire, a.etat, l.sha256, l.html_sha256, l.pages,
            l.is_adresse_entiere, a.changed_at <> l.accuse_changed_at AS is_changed, c.is_annule,
            NOT EXISTS (
                SELECT FROM ingestion.lettres_lot n JOIN ingestion.lots_impression p ON p.id = n.lot_id
                WHERE n.accuse_id = l.accuse_id AND (p.prepare_le, p.id) > (o.prepare_le, o.id)) AS is_newest,
            o.motif IS NOT NULL AS is_reimpression, o.prepare_le AS lot_prepare_le, l.imprimee_le, l.imprimee_par, l.postee_le, l.postee_par,
            c.is_restreint, d.service_instructeur_code, l.ordre
        FROM ingestion.lettres_lot l
        JOIN ingestion.lots_impression o ON o.id = l.lot_id
        JOIN ingestion.accuses a ON a.id = l.accuse_id
        JOIN ingestion.courriers c ON c.id = a.courrier_id
        LEFT JOIN portail.lecture_dossiers d ON d.courrier_id = c.id
        """);

    /// <summary>
    /// The letters of the lot one after the other, each with its own page numbers: written to the disk as they are read, one letter in
    /// memory at a time.
    /// </summary>
    /// <param name="lettres">Not empty.</param>
    /// <param name="duplex">A letter of an odd number of pages is followed by an empty page, so that no letter starts on the back of another.</param>
    /// <returns>The PDF from its beginning; it disappears when it is closed.</returns>
    public async Task<FileStream> WriteAsync(IReadOnlyList<LigneLot> lettres, bool duplex, CancellationToken cancellationToken)
    {
        var file = BoitesFonctionnelles.Spool.NewFile(Path.GetTempPath());
        try
        {
            using (var builder = new PdfDocumentBuilder(file, disposeStream: false, PdfWriterType.Default, 1.7, null))
            {
                builder.DocumentInformation.Title = $"Accusés, {lettres.Count} {(lettres.Count > 1 ? "lettres" : "lettre")}";
                foreach (var lettre in lettres)
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
