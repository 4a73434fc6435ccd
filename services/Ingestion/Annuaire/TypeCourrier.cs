using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Contracts.Courriers;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>A kind of request the préfecture knows: it has one nature, and often one service.</summary>
public sealed class TypeCourrier
{
    /// <summary>Reason kept when <see cref="IsSansAccuse"/> forbids the acknowledgement.</summary>
    public const string SansAccuse = "Un courrier de ce type n’appelle pas d’accusé";

    public required string Code { get; init; }
    public required string Libelle { get; set; }
    public required NatureCourrier Nature { get; set; }

    /// <summary>Service that usually deals with it.</summary>
    public string? ServiceCode { get; set; }

    /// <summary>Never acknowledged automatically: a court, an abusive sending (CRPA L112-11), an act sent for control.</summary>
    public bool IsSansAccuse { get; set; }

    /// <summary>Name of the dedicated teleservice, when one exists: an e-mail then does not validly seize the administration (CRPA L112-9).</summary>
    public string? TeleserviceNom { get; set; }

    public string? TeleserviceUrl { get; set; }

    /// <summary>Position in lists, from 1.</summary>
    public required int Ordre { get; set; }
}

internal sealed class TypeCourrierMapping : IEntityTypeConfiguration<TypeCourrier>
{
    public void Configure(EntityTypeBuilder<TypeCourrier> builder)
    {
        builder.ToTable("types", t =>
            t.HasCheckConstraint("ck_types_teleservice", "(teleservice_nom IS NULL) = (teleservice_url IS NULL)"));
        builder.HasKey(t => t.Code);
        builder.Property(t => t.Nature).HasConversion<string>();
        builder.HasOne<ServicePrefecture>().WithMany().HasForeignKey(t => t.ServiceCode).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(t => t.ServiceCode).HasDatabaseName("ix_types_service_code");
    }
}
