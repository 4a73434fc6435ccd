using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Fichiers;

/// <summary>A stored content, named by its SHA-256 (64 lower-case hex digits). The same content is kept once.</summary>
public sealed class Fichier
{
    public required string Sha256 { get; init; }

    /// <summary>Bytes.</summary>
    public required long Taille { get; init; }

    /// <summary>Media type recognised from the first bytes, never from the name.</summary>
    public required string TypeMime { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class FichierMapping(bool isOwner) : IEntityTypeConfiguration<Fichier>
{
    public void Configure(EntityTypeBuilder<Fichier> builder)
    {
        builder.ToTable("fichiers", MessagerieDbContext.SchemaName, t =>
        {
            t.HasCheckConstraint("ck_fichiers_sha256", "sha256 ~ '^[0-9a-f]{64}$'");
            if (!isOwner)
            {
                t.ExcludeFromMigrations();
            }
        });
        builder.HasKey(f => f.Sha256);
    }
}
