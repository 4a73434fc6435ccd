using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using NpgsqlTypes;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

/// <summary>A few paragraphs of a file, as they were read for the search: short enough to be shown around the word that was found.</summary>
public sealed class Passage
{
    public required Guid PieceId { get; init; }

    /// <summary>From 1.</summary>
    public required int Rang { get; init; }

    public required string Texte { get; init; }

    /// <summary>Words of the text, in the configuration <c>ingestion.mots</c>.</summary>
    public required NpgsqlTsVector Vecteur { get; init; }
}

/// <summary>All the words by which one courrier is found, with their weights; made anew by <c>ingestion.noter_mots</c>, never written otherwise.</summary>
public sealed class MotsCourrier
{
    public required Guid CourrierId { get; init; }

    /// <summary>A: subject and number. B: sender. C: what the message or the scan says. D: what is attached.</summary>
    public required NpgsqlTsVector Vecteur { get; init; }
}

internal sealed class PassageMapping : IEntityTypeConfiguration<Passage>
{
    public void Configure(EntityTypeBuilder<Passage> builder)
    {
        builder.ToTable("passages", t => t.HasCheckConstraint("ck_passages_rang", "rang > 0"));
        builder.HasKey(p => new { p.PieceId, p.Rang });
        builder.HasOne<Piece>().WithMany().HasForeignKey(p => p.PieceId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class MotsCourrierMapping : IEntityTypeConfiguration<MotsCourrier>
{
    public void Configure(EntityTypeBuilder<MotsCourrier> builder)
    {
        builder.ToTable("mots_courriers");
        builder.HasKey(m => m.CourrierId);
        builder.Property(m => m.CourrierId).ValueGeneratedNever();
        builder.HasOne<Courrier>().WithOne().HasForeignKey<MotsCourrier>(m => m.CourrierId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(m => m.Vecteur).HasMethod("gin").HasDatabaseName("ix_mots_courriers_vecteur");
    }
}
