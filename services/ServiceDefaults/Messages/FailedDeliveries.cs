using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Messages;

/// <summary>
/// What becomes of a delivery that failed, whatever the transport: it is tried again after a while, to the same consumer alone; when the
/// attempts are used up, it goes to the one list a person sees.
/// </summary>
public sealed partial class FailedDeliveries(IServiceScopeFactory scopes, IOptions<MessagesOptions> options, ILogger<FailedDeliveries> logger)
{
    public async Task<Dictionary<(Guid MessageId, string Consumer), Livraison>> KnownAsync(IReadOnlyList<Guid> messageIds, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagerieDbContext>();
        return await db.Livraisons.AsNoTracking().Where(l => messageIds.Contains(l.MessageId)).ToDictionaryAsync(l => (l.MessageId, l.Consumer), cancellationToken);
    }

    /// <summary>The transport keeps the message itself, and gives it again.</summary>
    /// <returns>When to try again; null when the failure is now listed for a person.</returns>
    public Task<DateTimeOffset?> RecordAsync(OutboxMessage message, Consumer consumer, Exception failure, CancellationToken cancellationToken) =>
        RecordAsync(message, consumer.Name, Describe(failure), failure, isPutBack: false, cancellationToken);

    /// <summary>
    /// The transport lets the message go once this has returned: the next attempt leaves from the outbox. Told twice, because the process
    /// died before the transport knew, it makes two attempts of one: the inbox lets one of them succeed.
    /// </summary>
    public Task PutBackAsync(OutboxMessage message, Consumer consumer, Exception failure, CancellationToken cancellationToken) =>
        RecordAsync(message, consumer.Name, Describe(failure), failure, isPutBack: true, cancellationToken);

    /// <param name="error">What its transport has kept of the failure.</param>
    /// <inheritdoc cref="PutBackAsync(OutboxMessage, Consumer, Exception, CancellationToken)"/>
    public Task PutBackAsync(OutboxMessage message, Consumer consumer, string error, CancellationToken cancellationToken) =>
        RecordAsync(message, consumer.Name, error, failure: null, isPutBack: true, cancellationToken);

    /// <summary>Straight to the list, without another attempt.</summary>
    public async Task GiveUpAsync(OutboxMessage message, string consumer, string error, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagerieDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var known = await db.Livraisons.AsNoTracking().SingleOrDefaultAsync(l => l.MessageId == message.MessageId && l.Consumer == consumer, cancellationToken);
        await ListAsync(db, message, consumer, error, failure: null, (known?.Attempts ?? 0) + 1, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Writes that the message is about to be tried with nothing beside it.</summary>
    /// <returns>False when that was written before: it has killed that process too.</returns>
    public async Task<bool> BeginAloneAsync(Guid messageId, Consumer consumer, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagerieDbContext>();
        return await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO messagerie.livraisons AS known (message_id, consumer, attempts, not_before, alone_since)
            VALUES ({messageId}, {consumer.Name}, 0, now(), now())
            ON CONFLICT (message_id, consumer) DO UPDATE SET alone_since = now() WHERE known.alone_since IS NULL
            """,
            cancellationToken) == 1;
    }

    /// <summary>They have been delivered after all.</summary>
    public async Task ForgetAsync(IReadOnlyList<Guid> messageIds, CancellationToken cancellationToken)
    {
        if (messageIds.Count == 0)
        {
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagerieDbContext>();
        await db.Livraisons.Where(l => messageIds.Contains(l.MessageId)).ExecuteDeleteAsync(cancellationToken);
    }

    public async Task ForgetAsync(Guid messageId, Consumer consumer, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagerieDbContext>();
        await db.Livraisons.Where(l => l.MessageId == messageId && l.Consumer == consumer.Name).ExecuteDeleteAsync(cancellationToken);
    }

    private static string Describe(Exception failure) => $"{failure.GetType().Name} : {failure.Message}";

    private async Task<DateTimeOffset?> RecordAsync(
        OutboxMessage message, string consumer, string error, Exception? failure, bool isPutBack, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagerieDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var attempts = (await db.Database.SqlQuery<int>(
            $"""
            INSERT INTO messagerie.livraisons AS known (message_id, consumer, attempts, not_before, last_error)
            VALUES ({message.MessageId}, {consumer}, 1, now(), {error})
            ON CONFLICT (message_id, consumer) DO UPDATE SET attempts = known.attempts + 1, last_error = {error}, alone_since = NULL
            RETURNING attempts AS value
            """).ToListAsync(cancellationToken)).Single();
        if (attempts > options.Value.Attentes.Count)
        {
            await ListAsync(db, message, consumer, error, failure, attempts, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return null;
        }

        LogWillRetry(failure, consumer, message.MessageId, attempts, error);
        var retryAt = await db.NowAsync(cancellationToken) + options.Value.Attentes[attempts - 1];
        await db.Livraisons.Where(l => l.MessageId == message.MessageId && l.Consumer == consumer)
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.NotBefore, retryAt), cancellationToken);
        if (isPutBack)
        {
            db.Outbox.Add(new OutboxMessage
            {
                MessageId = message.MessageId,
                Type = message.Type,
                Payload = message.Payload,
                TraceParent = message.TraceParent,
                Consumer = consumer,
                NotBefore = retryAt,
            });
            await db.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return retryAt;
    }

    private async Task ListAsync(
        MessagerieDbContext db, OutboxMessage message, string consumer, string error, Exception? failure, int attempts, CancellationToken cancellationToken)
    {
        await db.Livraisons.Where(l => l.MessageId == message.MessageId && l.Consumer == consumer).ExecuteDeleteAsync(cancellationToken);

        // The inbox row keeps this consumer out of later deliveries of the message to its neighbours.
        var isNew = await db.Database.ExecuteSqlAsync(
            $"INSERT INTO messagerie.inbox (message_id, consumer, handled_at) VALUES ({message.MessageId}, {consumer}, now()) ON CONFLICT DO NOTHING",
            cancellationToken);
        if (isNew == 0)
        {
            return;
        }

        LogFailed(failure, consumer, message.MessageId, attempts, error);
        db.Echecs.Add(new Echec
        {
            MessageId = message.MessageId,
            Consumer = consumer,
            Type = message.Type,
            Payload = message.Payload,
            Erreur = error,
            Attempts = attempts,
            FailedAt = await db.NowAsync(cancellationToken),
        });
        await db.SaveChangesAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Consumer {Consumer} failed for good on message {MessageId} after {Attempts} attempts ({Error}): see the failures page")]
    private partial void LogFailed(Exception? failure, string consumer, Guid messageId, int attempts, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Consumer {Consumer} failed on message {MessageId}, attempt {Attempts} ({Error}): it will be tried again")]
    private partial void LogWillRetry(Exception? failure, string consumer, Guid messageId, int attempts, string error);
}
