using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>A service of the préfecture, a sous-préfecture or a directorate: one node of the organisation tree.</summary>
public sealed class ServicePrefecture
{
    public required string Code { get; init; }
    public required string Libelle { get; set; }

    /// <summary>Null for the head of the tree.</summary>
    public string? ParentCode { get; set; }

    public string? Courriel { get; set; }
    public string? Telephone { get; set; }

    /// <summary>Null: the address of the site.</summary>
    public string? Adresse { get; set; }

    /// <summary>Who heads it, as letters name the person: « Mme Martine Delorme, directrice ».</summary>
    public string? Responsable { get; set; }

    /// <summary>First day; null when it has always been there.</summary>
    public DateOnly? OuvertLe { get; set; }

    /// <summary>Last day, included; null while no end is known.</summary>
    public DateOnly? FermeLe { get; set; }

    /// <summary>Counts what persons changed here: two who edit at once see it.</summary>
    public int Revision { get; set; }

    /// <summary>Position in lists, from 1.</summary>
    public required int Ordre { get; set; }

    public bool IsOpenOn(DateOnly day) => (OuvertLe is null || OuvertLe <= day) && (FermeLe is null || day <= FermeLe);
}

internal sealed class ServicePrefectureMapping : IEntityTypeConfiguration<ServicePrefecture>
{
    public void Configure(EntityTypeBuilder<ServicePrefecture> builder)
    {
        builder.ToTable("services", t =>
        {
            t.HasCheckConstraint("ck_services_parent_code", "parent_code <> code");
            t.HasCheckConstraint("ck_services_dates", "ferme_le >= ouvert_le");
        });
        builder.HasKey(s => s.Code);
        builder.HasOne<ServicePrefecture>().WithMany().HasForeignKey(s => s.ParentCode).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(s => s.ParentCode).HasDatabaseName("ix_services_parent_code");
    }
}
