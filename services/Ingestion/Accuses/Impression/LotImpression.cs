using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.Accuses.Impression;

/// <summary>Letters put together to be printed in one go. Only what was in the lot is marked as printed, never what came meanwhile.</summary>
public sealed class LotImpression
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required DateTimeOffset PrepareLe { get; init; }

    /// <summary>Account that prepared it.</summary>
    public required string PreparePar { get; init; }

    public List<LettreDuLot> Lettres { get; init; } = [];
}

/// <summary>One letter of a lot, exactly as it was written that day.</summary>
public sealed class LettreDuLot
{
    public Guid LotId { get; init; }
    public required Guid AccuseId { get; init; }

    /// <summary>Position in the lot, from 1.</summary>
    public required int Ordre { get; init; }

    /// <summary>The PDF, in the files.</summary>
    public required string Sha256 { get; init; }

    public required long Taille { get; init; }

    /// <summary>Text it was written from.</summary>
    public required string ModeleCode { get; init; }

    public required int ModeleVersion { get; init; }

    /// <summary>State of the acknowledgement it was written from: corrected since, the letter no longer is the one to send.</summary>
    public required DateTimeOffset AccuseChangedAt { get; init; }
}

internal sealed class LotImpressionMapping : IEntityTypeConfiguration<LotImpression>
{
    public void Configure(EntityTypeBuilder<LotImpression> builder)
    {
        builder.ToTable("lots_impression");
        builder.HasMany(l => l.Lettres).WithOne().HasForeignKey(l => l.LotId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(l => l.PrepareLe).HasDatabaseName("ix_lots_impression_prepare_le");
    }
}

internal sealed class LettreDuLotMapping : IEntityTypeConfiguration<LettreDuLot>
{
    public void Configure(EntityTypeBuilder<LettreDuLot> builder)
    {
        builder.ToTable("lettres_lot");
        builder.HasKey(l => new { l.LotId, l.AccuseId });
        builder.HasOne<Accuse>().WithMany().HasForeignKey(l => l.AccuseId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Fichier>().WithMany().HasForeignKey(l => l.Sha256).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(l => l.AccuseId).HasDatabaseName("ix_lettres_lot_accuse_id");
        builder.HasIndex(l => l.Sha256).HasDatabaseName("ix_lettres_lot_sha256");
    }
}
