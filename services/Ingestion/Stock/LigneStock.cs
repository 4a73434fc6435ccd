using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Ingestion.Courriers;

namespace SuiviCourrier.Ingestion.Stock;

/// <summary>A line of a former system that has become a courrier: taken again, it is recognised, and so is what has changed in it.</summary>
public sealed class LigneStock
{
    /// <summary>Key of the line in the former system.</summary>
    public required string Reference { get; init; }

    public required Guid CourrierId { get; init; }

    /// <summary>What each column held, as <see cref="EmpreinteLigne"/> writes it.</summary>
    public required string Empreinte { get; init; }

    public required DateTimeOffset RepriseLe { get; init; }
}

internal sealed class LigneStockMapping : IEntityTypeConfiguration<LigneStock>
{
    /// <summary>Name of the primary key: the truth about lines taken twice.</summary>
    public const string Cle = "pk_lignes_stock";

    public void Configure(EntityTypeBuilder<LigneStock> builder)
    {
        builder.ToTable("lignes_stock", t => t.HasCheckConstraint("ck_lignes_stock_reference", "reference <> ''"));
        builder.HasKey(l => l.Reference).HasName(Cle);
        builder.HasOne<Courrier>().WithOne().HasForeignKey<LigneStock>(l => l.CourrierId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(l => l.CourrierId).IsUnique().HasDatabaseName("ux_lignes_stock_courrier_id");
    }
}
