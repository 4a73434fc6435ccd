using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>A préfecture, or a sous-préfecture that keeps its own register. One installation has one préfecture.</summary>
public sealed class Site
{
    /// <summary>Of the département as a rule.</summary>
    public required string Code { get; init; }

    public required string Libelle { get; set; }

    /// <summary>IANA zone: legal days are days of this zone.</summary>
    public required string Fuseau { get; set; }

    /// <summary>Territory of the public holidays, named as in <c>seeds/jours-feries</c>.</summary>
    public required string ZoneFeries { get; set; }

    /// <summary>First part of the chrono of what arrives; unique, so that <c>ARR-2026-01931</c> names one courrier.</summary>
    public required string PrefixeArrivee { get; set; }

    /// <summary>Postal address, one line per line.</summary>
    public required string Adresse { get; set; }

    public required string Telephone { get; set; }
    public required string Courriel { get; set; }

    /// <summary>Where people find help near them.</summary>
    public required string FranceServicesUrl { get; set; }
}

internal sealed class SiteMapping : IEntityTypeConfiguration<Site>
{
    public void Configure(EntityTypeBuilder<Site> builder)
    {
        builder.ToTable("sites", t =>
            t.HasCheckConstraint("ck_sites_prefixe_arrivee", "prefixe_arrivee ~ '^[A-Z0-9]{2,10}$'"));
        builder.HasKey(s => s.Code);
        builder.HasIndex(s => s.PrefixeArrivee).IsUnique().HasDatabaseName("ux_sites_prefixe_arrivee");
    }
}
