using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Contracts.Courriers;

namespace SuiviCourrier.Ingestion.Courriers;

/// <summary>Something that arrived later and belongs to a courrier already registered: a reply, a repeat, a bounce.</summary>
public sealed class Echange
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid CourrierId { get; init; }
    public required KindEchange Kind { get; init; }
    public required DateTimeOffset RecuA { get; init; }

    /// <summary>One line for the history: its subject, or what the server said of a bounce.</summary>
    public required string Resume { get; init; }

    /// <summary>RFC 5322 Message-ID, when it is a message that has one.</summary>
    public string? MessageId { get; init; }

    public List<Piece> Pieces { get; init; } = [];
}

internal sealed class EchangeMapping : IEntityTypeConfiguration<Echange>
{
    public void Configure(EntityTypeBuilder<Echange> builder)
    {
        builder.ToTable("echanges");
        builder.Property(e => e.Kind).HasConversion<string>();
        builder.HasOne<Courrier>().WithMany().HasForeignKey(e => e.CourrierId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(e => e.CourrierId).HasDatabaseName("ix_echanges_courrier_id");
        builder.HasIndex(e => e.MessageId).HasDatabaseName("ix_echanges_message_id");
    }
}
