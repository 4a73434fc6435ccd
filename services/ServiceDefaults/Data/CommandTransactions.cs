using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace SuiviCourrier.ServiceDefaults.Data;

public static class CommandTransactions
{
    /// <summary>
    /// The transaction of a command: its own; or its caller's, who has begun it to write something else with the effect, and commits it only
    /// when the command has succeeded.
    /// </summary>
    public static async Task<IDbContextTransaction> BeginOrJoinAsync(this DbContext db, CancellationToken cancellationToken) =>
        db.Database.CurrentTransaction is { } callers ? new Joined(callers) : await db.Database.BeginTransactionAsync(cancellationToken);

    /// <summary>Commits nothing and ends nothing; rolling back rolls the caller's back.</summary>
    private sealed class Joined(IDbContextTransaction callers) : IDbContextTransaction
    {
        public Guid TransactionId => callers.TransactionId;

        public void Commit()
        {
        }

        public Task CommitAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public void Rollback() => callers.Rollback();

        public Task RollbackAsync(CancellationToken cancellationToken = default) => callers.RollbackAsync(cancellationToken);

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
