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

    /// <summary>Why letters already printed are printed once more; null for a first printing.</summary>
    public string? Motif { get; init; }

    /// <summary>When and by which account the PDF was opened last: it may have been printed, even if nobody has said so.</summary>
    public DateTimeOffset? OuvertLe { get; private set; }

    public string? OuvertPar { get; private set; }

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

    /// <summary>The same letter as a web page, in the files.</summary>
    public required string HtmlSha256 { get; init; }

    public required int Pages { get; init; }

    /// <summary>The window of the envelope shows the whole address: otherwise it needs a label.</summary>
    public required bool IsAdresseEntiere { get; init; }

    /// <summary>Text it was written from.</summary>
    public required string ModeleCode { get; init; }

    public required int ModeleVersion { get; init; }

    /// <summary>State of the acknowledgement it was written from: corrected since, the letter no longer is the one to send.</summary>
    public required DateTimeOffset AccuseChangedAt { get; init; }

    /// <summary>When and by which account it was said to have left the printer.</summary>
    public DateTimeOffset? ImprimeeLe { get; set; }

    public string? ImprimeePar { get; set; }

    /// <summary>When and by which account it was said to be in the hands of the post.</summary>
    public DateTimeOffset? PosteeLe { get; private set; }

    public string? PosteePar { get; private set; }
}

internal sealed class LotImpressionMapping : IEntityTypeConfiguration<LotImpression>
{
    public void Configure(EntityTypeBuilder<LotImpression> builder)
    {
        builder.ToTable("lots_impression", t => t.HasCheckConstraint("ck_lots_impression_ouvert", "(ouvert_le IS NULL) = (ouvert_par IS NULL)"));
        builder.HasMany(l => l.Lettres).WithOne().HasForeignKey(l => l.LotId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(l => l.PrepareLe).HasDatabaseName("ix_lots_impression_prepare_le");
    }
}

internal sealed class LettreDuLotMapping : IEntityTypeConfiguration<LettreDuLot>
{
    public void Configure(EntityTypeBuilder<LettreDuLot> builder)
    {
        builder.ToTable("lettres_lot", t =>
        {
            t.HasCheckConstraint("ck_lettres_lot_imprimee", "(imprimee_le IS NULL) = (imprimee_par IS NULL)");
            t.HasCheckConstraint("ck_lettres_lot_postee", "(postee_le IS NULL) = (postee_par IS NULL)");
            t.HasCheckConstraint("ck_lettres_lot_postee_imprimee", "postee_le IS NULL OR imprimee_le IS NOT NULL");
        });
        builder.HasKey(l => new { l.LotId, l.AccuseId });
        builder.HasOne<Accuse>().WithMany().HasForeignKey(l => l.AccuseId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Fichier>().WithMany().HasForeignKey(l => l.Sha256).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(l => l.AccuseId).HasDatabaseName("ix_lettres_lot_accuse_id");
        builder.HasIndex(l => l.Sha256).HasDatabaseName("ix_lettres_lot_sha256");
        builder.HasOne<Fichier>().WithMany().HasForeignKey(l => l.HtmlSha256).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(l => l.HtmlSha256).HasDatabaseName("ix_lettres_lot_html_sha256");
        builder.HasIndex(l => l.LotId).HasDatabaseName("ix_lettres_lot_a_suivre").HasFilter("postee_le IS NULL");
    }
}
