using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Idempotence;

/// <summary>
/// A request from a program that has had its effect, and the answer it got, written in the transaction of the effect: sent again with the same
/// key, it gets this answer again. Kept 90 days.
/// </summary>
public sealed class CleIdempotence
{
    /// <summary>Who asked: two callers may choose the same key.</summary>
    public required string Appelant { get; init; }

    /// <summary>Chosen by the caller (header <c>Idempotency-Key</c>).</summary>
    public required string Cle { get; init; }

    /// <summary>SHA-256 of what was asked: the same key with something else is a mistake of the caller.</summary>
    public required byte[] Empreinte { get; init; }

    /// <summary>HTTP status answered.</summary>
    public required int Statut { get; init; }

    /// <summary>Header <c>Location</c> answered.</summary>
    public string? Adresse { get; init; }

    /// <summary>Body answered, byte for byte. Identifiers, codes and dates only.</summary>
    public required byte[] Corps { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

internal sealed class CleIdempotenceMapping(bool isOwner) : IEntityTypeConfiguration<CleIdempotence>
{
    public void Configure(EntityTypeBuilder<CleIdempotence> builder)
    {
        builder.ToTable("cles_idempotence", MessagerieDbContext.SchemaName, t =>
        {
            t.HasCheckConstraint("ck_cles_idempotence_empreinte", "octet_length(empreinte) = 32");
            if (!isOwner)
            {
                t.ExcludeFromMigrations();
            }
        });
        builder.HasKey(c => new { c.Appelant, c.Cle });
        builder.Property(c => c.Cle).HasMaxLength(ClesIdempotence.MaxLength);

        // The server's clock, as for every queue of the plumbing.
        builder.Property(c => c.CreatedAt).HasDefaultValueSql("now()").ValueGeneratedOnAdd();
        builder.HasIndex(c => c.CreatedAt).HasDatabaseName("ix_cles_idempotence_created_at");
    }
}
