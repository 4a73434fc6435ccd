using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Antivirus;

/// <summary>
/// Gives one file that nobody has looked at to the scanner and keeps what it says, after the courrier is registered: a letter is registered whatever comes
/// with it. A file on which there is no verdict stays « non analysé » and is tried again later, after the others.
/// </summary>
public sealed partial class ScanPiece(IngestionDbContext db, IFileStore store, Clamd clamd, IOptions<AntivirusOptions> options, TimeProvider clock, ILogger<ScanPiece> logger)
{
    public const string Acteur = "antivirus";

    /// <summary>Before a file on which there was no verdict, although the scanner was there, is given to it again.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromHours(1);

    private sealed record Prise(Guid Id, Guid CourrierId, string Nom, string Sha256, long Taille);

    /// <returns>False when no file waits.</returns>
    /// <exception cref="AntivirusException">The scanner gave no verdict.</exception>
    public async Task<bool> ExecuteAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var taken = await db.Database.SqlQuery<Prise>(
            $"""
            UPDATE ingestion.pieces SET analyse_prise_le = {now}
            WHERE id = coalesce(
                (SELECT id FROM ingestion.pieces
                 WHERE etat_analyse = 'NonAnalysee' AND role <> 'Accuse' AND analyse_prise_le IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED),
                (SELECT id FROM ingestion.pieces
                 WHERE etat_analyse = 'NonAnalysee' AND role <> 'Accuse' AND analyse_prise_le < {now - s_pause} ORDER BY analyse_prise_le, id LIMIT 1 FOR UPDATE SKIP LOCKED))
            RETURNING id, courrier_id, nom, sha256, taille
            """).ToListAsync(cancellationToken);
        if (taken.SingleOrDefault() is not { } piece)
        {
            return false;
        }

        if (await VerdictAsync(piece, cancellationToken) is { } verdict)
        {
            await NoteAsync(piece, verdict, cancellationToken);
        }

        return true;
    }

    /// <returns>Null when there is nothing to look at.</returns>
    private async Task<Verdict?> VerdictAsync(Prise piece, CancellationToken cancellationToken)
    {
        if (piece.Taille > options.Value.TailleMax)
        {
            return new Verdict(AnalysePiece.NonAnalysable);
        }

        try
        {
            await using var content = store.OpenRead(piece.Sha256);
            return await clamd.ScanAsync(content, cancellationToken);
        }
        catch (AntivirusException)
        {
            // Most often it is the scanner that is away: the file is the first to be asked about again.
            await db.Database.ExecuteSqlAsync($"UPDATE ingestion.pieces SET analyse_prise_le = NULL WHERE id = {piece.Id} AND {await IsAwayAsync(cancellationToken)}", cancellationToken);
            throw;
        }
        catch (Exception failure) when (failure is FichierManquantException or FichierAltereException)
        {
            LogLost(failure, piece.Sha256);
            return null;
        }
    }

    private async Task<bool> IsAwayAsync(CancellationToken cancellationToken)
    {
        try
        {
            await clamd.PingAsync(cancellationToken);
            return false;
        }
        catch (AntivirusException)
        {
            return true;
        }
    }

    private async Task NoteAsync(Prise piece, Verdict verdict, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"UPDATE ingestion.pieces SET etat_analyse = {verdict.Etat.ToString()}, analysee_le = {now}, signature = {verdict.Signature}, analyse_prise_le = NULL WHERE id = {piece.Id}",
            cancellationToken);
        if (verdict.Etat == AnalysePiece.Infectee)
        {
            db.Journal.Record(Acteur, nameof(ScanPiece), $"piece:{piece.Id}", piece.CourrierId, now, apres: $"{piece.Nom} : {verdict.Signature}");
            await db.SaveChangesAsync(cancellationToken);
            LogInfected(piece.Id, piece.CourrierId);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "File {Piece} of courrier {Courrier} is infected: it is no longer given to anybody")]
    private partial void LogInfected(Guid piece, Guid courrier);

    [LoggerMessage(Level = LogLevel.Error, Message = "The content {Sha256} is missing or altered")]
    private partial void LogLost(Exception failure, string sha256);
}
