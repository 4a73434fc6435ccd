using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Jobs;

namespace SuiviCourrier.ServiceDefaults.Fichiers;

/// <summary>
/// Removes what crashes and given-up forms have left: temporary files, and contents that no row of <c>messagerie.fichiers</c> names after
/// an hour. A content is removed under a lock on its row-to-be, so that nobody names it meanwhile.
/// </summary>
public sealed partial class CollectOrphansJob(FileStore store, MessagerieDbContext db, ILogger<CollectOrphansJob> logger) : IRecurringJob
{
    private static readonly TimeSpan s_age = TimeSpan.FromHours(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(store.Folder))
        {
            return;
        }

        var removed = RemoveTemporary();
        foreach (var candidates in Old().Chunk(500))
        {
            var known = await db.Fichiers.Where(f => candidates.Contains(f.Sha256)).Select(f => f.Sha256).ToListAsync(cancellationToken);
            foreach (var sha256 in candidates.Except(known))
            {
                removed += await RemoveAsync(sha256, cancellationToken) ? 1 : 0;
            }
        }

        if (removed > 0)
        {
            LogRemoved(removed);
        }
    }

    private async Task<bool> RemoveAsync(string sha256, CancellationToken cancellationToken)
    {
        // Inserting the row makes whoever names the same content wait; rolling back leaves no trace of it.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var isMine = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO messagerie.fichiers (sha256, taille, type_mime, created_at) VALUES ({sha256}, 0, {TypeMime.Inconnu}, now())
            ON CONFLICT (sha256) DO NOTHING
            """,
            cancellationToken);
        if (isMine == 0 || !IsOld(store.PathOf(sha256)))
        {
            return false;
        }

        File.Delete(store.PathOf(sha256));
        return true;
    }

    private int RemoveTemporary()
    {
        if (!Directory.Exists(store.TemporaryFolder))
        {
            return 0;
        }

        var old = Directory.EnumerateFiles(store.TemporaryFolder).Where(IsOld).ToArray();
        foreach (var file in old)
        {
            File.Delete(file);
        }

        return old.Length;
    }

    private IEnumerable<string> Old() =>
        from parent in Directory.EnumerateDirectories(store.Folder)
        where Path.GetFileName(parent).Length == 2
        from file in Directory.EnumerateFiles(parent)
        where IsOld(file)
        select Path.GetFileName(parent) + Path.GetFileName(file);

    private bool IsOld(string path) => store.IsOlderThan(path, s_age);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} files that nothing names were removed from the store")]
    private partial void LogRemoved(int count);
}
