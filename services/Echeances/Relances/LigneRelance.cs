using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Echeances.Clocks;

namespace SuiviCourrier.Echeances.Relances;

/// <summary>One recipient told by one fired step. Unique: a step tells a person once. Lines are grouped into one message per person.</summary>
public sealed class LigneRelance
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid EtapeId { get; init; }
    public required Guid CourrierId { get; init; }

    /// <summary><c>compte:{id}</c> or <c>service:{code}</c>.</summary>
    public required string Destinataire { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Key of the message that carries it; null: none yet.</summary>
    public string? CourrielCle { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    /// <summary>Its courrier was closed before any message left, or its recipient could not be reached: then the next in line has a line.</summary>
    public DateTimeOffset? DroppedAt { get; set; }
}

internal sealed class LigneRelanceMapping : IEntityTypeConfiguration<LigneRelance>
{
    public void Configure(EntityTypeBuilder<LigneRelance> builder)
    {
        builder.ToTable("lignes_relance");
        builder.Property(l => l.Id).ValueGeneratedNever();
        builder.HasOne<Etape>().WithMany().HasForeignKey(l => l.EtapeId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(l => new { l.EtapeId, l.Destinataire }).IsUnique();
        builder.HasIndex(l => l.Destinataire).HasFilter("courriel_cle is null and dropped_at is null");
        builder.HasIndex(l => l.CourrielCle);
        builder.HasIndex(l => l.CourrierId);
    }
}
