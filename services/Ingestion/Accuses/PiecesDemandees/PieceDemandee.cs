using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Ingestion.Courriers;

namespace SuiviCourrier.Ingestion.Accuses.PiecesDemandees;

/// <summary>
/// A document that the request lacks, asked for with a time to send it (CRPA L114-5, R112-11-4). Listed by the accusé de réception that has not
/// left yet.
/// </summary>
public sealed class PieceDemandee
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid CourrierId { get; init; }
    public required string Libelle { get; init; }

    /// <summary>Day on which it was asked for, in the site's zone.</summary>
    public required DateOnly DemandeeLe { get; init; }

    /// <summary>Last day given to send it.</summary>
    public required DateOnly AvantLe { get; init; }

    /// <summary>Account.</summary>
    public required string DemandeePar { get; init; }

    /// <summary>Position in its list, from 1.</summary>
    public required int Ordre { get; init; }
}

internal sealed class PieceDemandeeMapping : IEntityTypeConfiguration<PieceDemandee>
{
    public void Configure(EntityTypeBuilder<PieceDemandee> builder)
    {
        builder.ToTable("pieces_demandees", t =>
        {
            t.HasCheckConstraint("ck_pieces_demandees_libelle", "libelle <> ''");
            t.HasCheckConstraint("ck_pieces_demandees_avant_le", "avant_le > demandee_le");
        });
        builder.HasOne<Courrier>().WithMany().HasForeignKey(p => p.CourrierId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(p => p.CourrierId).HasDatabaseName("ix_pieces_demandees_courrier_id");
    }
}
