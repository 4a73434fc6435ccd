using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Contracts.Courriers;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>A kind of request the préfecture knows: it has one nature, and often one service.</summary>
public sealed class TypeCourrier
{
    public required string Code { get; init; }
    public required string Libelle { get; set; }
    public required NatureCourrier Nature { get; set; }

    /// <summary>Service that usually deals with it.</summary>
    public string? ServiceCode { get; set; }

    /// <summary>Position in lists, from 1.</summary>
    public required int Ordre { get; set; }
}

internal sealed class TypeCourrierMapping : IEntityTypeConfiguration<TypeCourrier>
{
    public void Configure(EntityTypeBuilder<TypeCourrier> builder)
    {
        builder.ToTable("types");
        builder.HasKey(t => t.Code);
        builder.Property(t => t.Nature).HasConversion<string>();
        builder.HasOne<ServicePrefecture>().WithMany().HasForeignKey(t => t.ServiceCode).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(t => t.ServiceCode).HasDatabaseName("ix_types_service_code");
    }
}
