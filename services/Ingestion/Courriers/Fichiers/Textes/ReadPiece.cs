using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

/// <summary>
/// Reads the words of one file that waits, after its courrier is registered and without ever delaying it. The attempt is counted before the file is
/// opened: the first is made here, within a time; the others in a process of its own, within time and memory. What that one does not read is not opened
/// again.
/// </summary>
public sealed partial class ReadPiece(IngestionDbContext db, IFileStore store, IOptions<TextesOptions> options, TimeProvider clock, ILogger<ReadPiece> logger)
{
    /// <summary>As for a message: <see cref="OpenMessage"/>.</summary>
    private const int MaxAttempts = 5;

    /// <summary>Characters of one passage.</summary>
    private const int Passage = 4_000;

    /// <param name="LectureTentatives">With this one.</param>
    private sealed record Prise(Guid Id, Guid CourrierId, string Role, string Nom, string Sha256, long Taille, string TypeMime, int LectureTentatives)
    {
        public string Extension => Path.GetExtension(Nom) is { Length: <= 10 } extension ? extension : string.Empty;

        /// <summary>Nothing that people wrote to us, or nothing that has words: it is not even opened.</summary>
        public bool IsWithoutWords => Role is nameof(RolePiece.Brut) or nameof(RolePiece.Accuse) || !TexteDePiece.MayHoldWords(TypeMime, Extension);
    }

    /// <returns>False when no file waits.</returns>
    public async Task<bool> ExecuteAsync(CancellationToken cancellationToken)
    {
        if (await TakeAsync(cancellationToken) is not { } piece)
        {
            return false;
        }

        TexteLu lu;
        try
        {
            lu = piece switch
            {
                { IsWithoutWords: true } => new TexteLu(LecturePiece.SansObjet),
                _ when piece.Taille > options.Value.TailleMax => new TexteLu(LecturePiece.TropGrosse),
                _ => await OpenAsync(piece, cancellationToken),
            };
        }
        catch (Exception failure) when (failure is OperationCanceledException || DisquePlein.IsCauseOf(failure))
        {
            await GiveBackAsync(piece);
            throw;
        }

        if (lu.Etat == LecturePiece.Illisible)
        {
            LogUnreadable(piece.Id, piece.CourrierId);
        }

        await NoteAsync(piece, lu, cancellationToken);
        return true;
    }

    /// <summary>The oldest that nobody reads. One whose reader has died waits until it may no longer be read.</summary>
    private async Task<Prise?> TakeAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var left = now - (2 * options.Value.Duree) - TimeSpan.FromMinutes(1);
        var taken = await db.Database.SqlQuery<Prise>(
            $"""
            UPDATE ingestion.pieces SET lecture_tentatives = lecture_tentatives + 1, lecture_prise_le = {now}
            WHERE id = (
                SELECT id FROM ingestion.pieces
                WHERE lecture = 'EnAttente' AND (lecture_prise_le IS NULL OR lecture_prise_le < {left})
                ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id, courrier_id, role, nom, sha256, taille, type_mime, lecture_tentatives
            """).ToListAsync(cancellationToken);
        return taken.SingleOrDefault();
    }

    /// <summary>Of a process that stops, or whose disk is full: the attempt says nothing about the file.</summary>
    private Task<int> GiveBackAsync(Prise piece) => db.Database.ExecuteSqlAsync(
        $"UPDATE ingestion.pieces SET lecture_tentatives = lecture_tentatives - 1, lecture_prise_le = NULL WHERE id = {piece.Id}", CancellationToken.None);

    private async Task<TexteLu> OpenAsync(Prise piece, CancellationToken cancellationToken)
    {
        if (piece.LectureTentatives > MaxAttempts)
        {
            return new TexteLu(LecturePiece.Illisible);
        }

        var file = Spool.NewFile(Path.GetTempPath());
        try
        {
            await using (var content = store.OpenRead(piece.Sha256))
            {
                await content.CopyToAsync(file, cancellationToken);
            }

            if (piece.LectureTentatives == 1 && piece.Taille <= options.Value.TailleIci && await ReadHereAsync(piece, file, cancellationToken) is { } lu)
            {
                return lu;
            }

            return await TexteApart.ReadAsync(
                file.SafeFileHandle, piece.TypeMime, piece.Extension, options.Value.Caracteres, options.Value.Duree, options.Value.Memoire, cancellationToken)
                ?? new TexteLu(LecturePiece.Illisible);
        }
        catch (Exception failure) when (failure is FichierManquantException or FichierAltereException)
        {
            LogLost(failure, piece.Sha256);
            return new TexteLu(LecturePiece.Illisible);
        }
        finally
        {
            await file.DisposeAsync();
        }
    }

    private Task<TexteLu?> ReadHereAsync(Prise piece, FileStream file, CancellationToken cancellationToken) => LectureIci.ReadAsync(
        token => TexteDePiece.Read(file, piece.TypeMime, piece.Extension, options.Value.Caracteres, token), options.Value.Duree, cancellationToken);

    /// <summary>The words, what is known of the file, and what the courrier is found by, together.</summary>
    private async Task NoteAsync(Prise piece, TexteLu lu, CancellationToken cancellationToken)
    {
        var passages = lu.Texte is { } text ? PassagesOf(text).ToArray() : [];
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (passages.Length > 0)
        {
            await db.LockCourrierAsync(piece.CourrierId, cancellationToken);
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO ingestion.passages (piece_id, rang, texte, vecteur)
                SELECT {piece.Id}, p.rang, p.texte, to_tsvector('ingestion.mots', ingestion.ponctuation_simple(p.texte)) FROM unnest({passages}) WITH ORDINALITY AS p(texte, rang)
                ON CONFLICT (piece_id, rang) DO NOTHING
                """,
                cancellationToken);
            await db.Database.ExecuteSqlAsync($"SELECT ingestion.noter_mots({piece.CourrierId})", cancellationToken);
        }

        await db.Database.ExecuteSqlAsync($"UPDATE ingestion.pieces SET lecture = {lu.Etat.ToString()}, lecture_prise_le = NULL WHERE id = {piece.Id}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Cut between two words where there is a space.</summary>
    private static IEnumerable<string> PassagesOf(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(Passage, text.Length - at);
            if (at + length < text.Length)
            {
                var blank = text.AsSpan(at, length).LastIndexOfAny(' ', '\n', '\t');
                length = blank > Passage / 2 ? blank + 1 : char.IsHighSurrogate(text[at + length - 1]) ? length - 1 : length;
            }

            yield return text.Substring(at, length);
            at += length;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The words of file {Piece} of courrier {Courrier} cannot be read: it is found without them")]
    private partial void LogUnreadable(Guid piece, Guid courrier);

    [LoggerMessage(Level = LogLevel.Error, Message = "The content {Sha256} is missing or altered")]
    private partial void LogLost(Exception failure, string sha256);
}
