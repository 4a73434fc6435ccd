using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Contracts;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Messages;

/// <summary>A fact waiting to be delivered, written in the transaction that made it true.</summary>
public sealed class OutboxMessage
{
    public long Id { get; init; }
    public Guid MessageId { get; init; } = Guid.CreateVersion7();
    public required string Type { get; init; }
    public required string Payload { get; init; }

    /// <summary>W3C trace parent of the request that published it, so that one courrier is one trace.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Deliver to this consumer only: a failure tried again by a person. Null: to everyone.</summary>
    public string? Consumer { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset NotBefore { get; set; }
}

/// <summary>Adds facts to the caller's transaction.</summary>
public sealed class Outbox(ServiceDbContext db)
{
    public void Publish(IFact fact)
    {
        db.Set<OutboxMessage>().Add(new OutboxMessage
        {
            Type = FactJson.NameOf(fact.GetType()),
            Payload = FactJson.Write(fact),
            TraceParent = Activity.Current?.Id,
        });
        db.AnnounceAtCommit();
    }

    /// <summary>Many facts of one kind at once, in one statement of the caller's transaction: for sweeps.</summary>
    public async Task PublishAllAsync<TFact>(IReadOnlyCollection<TFact> facts, CancellationToken cancellationToken)
        where TFact : IFact
    {
        if (db.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("Facts are published inside the transaction that makes them true");
        }

        var ids = facts.Select(_ => Guid.CreateVersion7()).ToArray();
        var payloads = facts.Select(fact => FactJson.Write(fact)).ToArray();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO messagerie.outbox (message_id, type, payload, trace_parent)
            SELECT id, {FactJson.NameOf(typeof(TFact))}, payload::jsonb, {Activity.Current?.Id} FROM unnest({ids}, {payloads}) AS f(id, payload)
            """,
            cancellationToken);
        db.AnnounceAtCommit();
    }
}

internal sealed class OutboxMessageMapping(bool isOwner) : IEntityTypeConfiguration<OutboxMessage>
{
    public void Configure(EntityTypeBuilder<OutboxMessage> builder)
    {
        builder.ToTable("outbox", MessagerieDbContext.SchemaName, t =>
        {
            if (!isOwner)
            {
                t.ExcludeFromMigrations();
            }
        });
        builder.Property(m => m.Id).UseIdentityAlwaysColumn();
        builder.Property(m => m.Payload).HasColumnType("jsonb");

        // The server's clock, not ours: delivery delays are plumbing and do not follow Horloge:Decalage.
        builder.Property(m => m.CreatedAt).HasDefaultValueSql("now()").ValueGeneratedOnAdd();
        builder.Property(m => m.NotBefore).HasDefaultValueSql("now()").ValueGeneratedOnAdd();
        builder.HasIndex(m => m.MessageId);
        builder.HasIndex(m => new { m.NotBefore, m.Id });
    }
}
