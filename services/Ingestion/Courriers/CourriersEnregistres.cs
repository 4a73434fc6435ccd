using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Ingestion.Courriers;

/// <summary>What a second matter of one envelope shares with the first: sender, dates, channel, scans.</summary>
public sealed record MemePli(
    Guid CourrierId, string NumeroChrono, Contracts.Courriers.Canal Canal, DateOnly RecuLe, DateOnly? DateCourrier, DateOnly? CachetLe,
    Expediteur Expediteur, string? NumeroRecommande, string? OriginalOu, IReadOnlyList<ScanRecu> Scans);

/// <summary>Reads courriers for the pages of this service, by who looks.</summary>
public sealed class CourriersEnregistres(IngestionDbContext db, ICourrierAccess access)
{
    /// <summary>One courrier with its files, if the person may see it or has just registered it.</summary>
    public async Task<Courrier?> FindAsync(Agent agent, Guid courrierId, CancellationToken cancellationToken)
    {
        var courrier = await db.Courriers.AsNoTracking()
            .Include(c => c.Pieces.Where(p => p.Role != RolePiece.Accuse).OrderBy(p => p.Ordre))
            .Include(c => c.PiecesAnnoncees)
            .SingleOrDefaultAsync(c => c.Id == courrierId, cancellationToken);
        if (courrier is null)
        {
            return null;
        }

        return courrier.EnregistrePar == agent.Id.ToString() || await access.MaySeeAsync(agent, courrierId, cancellationToken) ? courrier : null;
    }

    public async Task<MemePli?> FindPliAsync(Agent agent, Guid courrierId, CancellationToken cancellationToken) =>
        await FindAsync(agent, courrierId, cancellationToken) is { } c
            ? new MemePli(
                c.Id, c.NumeroChrono, c.Canal, c.RecuLe, c.DateCourrier, c.CachetLe, c.Expediteur, c.NumeroRecommande, c.OriginalOu,
                [.. c.Pieces.Where(p => p.Role == RolePiece.Document).Select(p => new ScanRecu(p.Sha256, p.Taille, p.TypeMime, p.Nom))])
            : null;

    /// <summary>The receipt given at the counter; null while none was.</summary>
    public Task<Piece?> RecepisseOfAsync(Guid courrierId, CancellationToken cancellationToken) => db.Pieces.AsNoTracking()
        .FirstOrDefaultAsync(p => p.CourrierId == courrierId && p.Role == RolePiece.Accuse && p.Nom == Accuses.Recepisses.HandRecepisse.NomPiece, cancellationToken);

    /// <summary>The accusé de réception, else that of the registration.</summary>
    public Task<Accuses.Accuse> AccuseOfAsync(Guid courrierId, CancellationToken cancellationToken) =>
        db.Accuses.AsNoTracking().Where(a => a.CourrierId == courrierId)
            .OrderByDescending(a => a.Kind == Contracts.Accuses.KindAccuse.Reception).FirstAsync(cancellationToken);
}
