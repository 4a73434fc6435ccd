using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Messages;

/// <summary>This consumer has applied this message. Kept longer than any redelivery can come (90 days).</summary>
public sealed class InboxEntry
{
    public required Guid MessageId { get; init; }
    public required string Consumer { get; init; }
    public required DateTimeOffset HandledAt { get; init; }
}

internal sealed class InboxEntryMapping(bool isOwner) : IEntityTypeConfiguration<InboxEntry>
{
    public void Configure(EntityTypeBuilder<InboxEntry> builder)
    {
        builder.ToTable("inbox", MessagerieDbContext.SchemaName, t =>
        {
            if (!isOwner)
            {
                t.ExcludeFromMigrations();
            }
        });
        builder.HasKey(e => new { e.MessageId, e.Consumer });
        builder.HasIndex(e => e.HandledAt);
    }
}

/// <summary>Deliveries of one message to one consumer that have failed and will be tried again.</summary>
public sealed class Livraison
{
    public required Guid MessageId { get; init; }
    public required string Consumer { get; init; }
    public int Attempts { get; set; }
    public DateTimeOffset NotBefore { get; set; }
    public string? LastError { get; set; }

    /// <summary>
    /// Written before a message on whose delivery processes have died is tried once more with nothing beside it; found again, it has
    /// killed that process too.
    /// </summary>
    public DateTimeOffset? AloneSince { get; set; }
}

internal sealed class LivraisonMapping : IEntityTypeConfiguration<Livraison>
{
    public void Configure(EntityTypeBuilder<Livraison> builder)
    {
        builder.ToTable("livraisons");
        builder.HasKey(l => new { l.MessageId, l.Consumer });
    }
}

/// <summary>A delivery that failed for good: the one list of failures, whatever the transport.</summary>
public sealed class Echec
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid MessageId { get; init; }
    public required string Consumer { get; init; }
    public required string Type { get; init; }
    public required string Payload { get; init; }
    public required string Erreur { get; init; }
    public required int Attempts { get; init; }
    public required DateTimeOffset FailedAt { get; init; }

    /// <summary>When a person tried it again or discarded it; null while it waits for one.</summary>
    public DateTimeOffset? ResolvedAt { get; set; }
    public string? ResolvedBy { get; set; }

    /// <summary>Why it was discarded; null when it was tried again.</summary>
    public string? Motif { get; set; }
}

internal sealed class EchecMapping : IEntityTypeConfiguration<Echec>
{
    public void Configure(EntityTypeBuilder<Echec> builder)
    {
        builder.ToTable("echecs");
        builder.Property(e => e.Payload).HasColumnType("jsonb");
        builder.HasIndex(e => e.FailedAt).HasFilter("resolved_at is null");
    }
}
