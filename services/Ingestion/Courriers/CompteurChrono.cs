using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Annuaire;

namespace SuiviCourrier.Ingestion.Courriers;

/// <summary>
/// Last rank given in a year. The row is locked in the last round trip before the inserts that use the rank, never earlier: who
/// holds it makes every other registration of the site wait.
/// </summary>
public sealed class CompteurChrono
{
    public required string SiteCode { get; init; }
    public required Sens Sens { get; init; }
    public required int Annee { get; init; }
    public required int Dernier { get; set; }
}

internal sealed class CompteurChronoMapping : IEntityTypeConfiguration<CompteurChrono>
{
    public void Configure(EntityTypeBuilder<CompteurChrono> builder)
    {
        builder.ToTable("compteurs_chrono", t => t.HasCheckConstraint("ck_compteurs_chrono_dernier", "dernier > 0"));
        builder.HasKey(c => new { c.SiteCode, c.Sens, c.Annee });
        builder.Property(c => c.Sens).HasConversion<string>();
        builder.HasOne<Site>().WithMany().HasForeignKey(c => c.SiteCode).OnDelete(DeleteBehavior.Restrict);
    }
}
