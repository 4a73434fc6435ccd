using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>
/// Opens a message without being stopped by it. Each attempt is counted in the database before the first byte is looked at: the first is made
/// here, with a limit on its time; what it does not read is read in a process of its own, with limits on time and memory, and is set aside when that
/// one does not read it either. A collecting process that died while it read counts as an attempt, whatever it died of.
/// </summary>
public sealed partial class OpenMessage(IngestionDbContext db, IOptions<ReleveOptions> options, TimeProvider clock, ILogger<OpenMessage> logger)
{
    /// <summary>What was read, and the files it was read into, which end with it.</summary>
    /// <param name="Lu">Null when the message cannot be opened.</param>
    public sealed record Lecture(MessageLu? Lu, string? Folder = null) : IDisposable
    {
        public void Dispose()
        {
            if (Folder is not null && Directory.Exists(Folder))
            {
                Directory.Delete(Folder, recursive: true);
            }
        }
    }

    /// <summary>Of which all but the first are made apart: a process that dies while it waits for its reader was ended by somebody else, nearly always.</summary>
    private const int MaxAttempts = 5;

    /// <param name="maxBytes">Larger messages are read by their headers only.</param>
    public async Task<Lecture> ExecuteAsync(ReceiveMessage.Arrivee arrivee, long maxBytes, CancellationToken cancellationToken)
    {
        var cle = LectureEnCours.CleOf(arrivee.CleFichier, arrivee.UidValidity, arrivee.Uid);
        var attempt = await CountAsync(arrivee.BoiteCode, cle, cancellationToken);
        try
        {
            if (attempt == 1)
            {
                if (await LectureIci.ReadAsync(token => MessageLu.Read(arrivee.Contenu, maxBytes, token), options.Value.DureeLecture, cancellationToken) is { } lu)
                {
                    await ForgetAsync(arrivee.BoiteCode, cle, cancellationToken);
                    return new Lecture(lu);
                }

                attempt = await CountAsync(arrivee.BoiteCode, cle, cancellationToken);
            }

            if (attempt <= MaxAttempts)
            {
                var lecture = await ReadApartAsync(arrivee.Contenu, maxBytes, cancellationToken);
                if (lecture.Lu is not null)
                {
                    await ForgetAsync(arrivee.BoiteCode, cle, cancellationToken);
                    return lecture;
                }

                lecture.Dispose();
            }
        }
        catch (IOException full) when (DisquePlein.IsCauseOf(full))
        {
            await UncountAsync(arrivee.BoiteCode, cle, cancellationToken);
            throw;
        }

        LogCannotOpen(arrivee.BoiteCode, attempt);
        return new Lecture(null);
    }

    /// <summary>In a process of its own at once: for what has been set aside, when somebody asks again.</summary>
    public async Task<Lecture> ReadApartAsync(FileStream message, long maxBytes, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("courrier-lecture-").FullName;
        try
        {
            var lu = await LecteurApart.ReadAsync(message, folder, maxBytes, options.Value.DureeLecture, options.Value.MemoireLecture, cancellationToken);
            return new Lecture(lu, folder);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>It has its fate, in the transaction of the caller: the attempts count no more.</summary>
    public Task ForgetAsync(MessageRecu message, CancellationToken cancellationToken)
    {
        var cle = LectureEnCours.CleOf(message.CleFichier, message.UidValidity, message.Uid);
        return db.Set<LectureEnCours>().Where(l => l.BoiteCode == message.BoiteCode && l.Cle == cle).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>
    /// Not flushed to the disk (synchronous_commit): the server keeps it whatever happens to this process, and of a machine that loses its power the
    /// message is innocent.
    /// </summary>
    /// <returns>Attempts, with this one.</returns>
    private async Task<int> CountAsync(string boiteCode, string cle, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return (await db.Database.SqlQuery<int>(
            $"""
            INSERT INTO ingestion.lectures_en_cours AS l (boite_code, cle, tentatives, commencee_le)
            SELECT {boiteCode}, {cle}, 1, {now} FROM set_config('synchronous_commit', 'off', true)
            ON CONFLICT (boite_code, cle) DO UPDATE SET tentatives = l.tentatives + 1, commencee_le = excluded.commencee_le
            RETURNING tentatives AS "Value"
            """).ToListAsync(cancellationToken)).Single();
    }

    /// <summary>The attempt says nothing about the message.</summary>
    private Task<int> UncountAsync(string boiteCode, string cle, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"UPDATE ingestion.lectures_en_cours SET tentatives = tentatives - 1 WHERE boite_code = {boiteCode} AND cle = {cle}", cancellationToken);

    private Task<int> ForgetAsync(string boiteCode, string cle, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""
        DELETE FROM ingestion.lectures_en_cours USING set_config('synchronous_commit', 'off', true) WHERE boite_code = {boiteCode} AND cle = {cle}
        """,
        cancellationToken);

    [LoggerMessage(Level = LogLevel.Error, Message = "A message of mailbox {Boite} cannot be opened, attempt {Attempt}: it is set aside unread")]
    private partial void LogCannotOpen(string boite, int attempt);
}
