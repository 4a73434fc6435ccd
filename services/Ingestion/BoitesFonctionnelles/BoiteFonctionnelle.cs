using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Ingestion.Annuaire;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>A mailbox of the préfecture that is collected: who it is, and where its collection stands. How to reach it is configuration.</summary>
public sealed class BoiteFonctionnelle
{
    public required string Code { get; init; }
    public required string Libelle { get; set; }
    public required string Adresse { get; set; }

    /// <summary>Other addresses delivered into it.</summary>
    public List<string> Alias { get; set; } = [];

    /// <summary>Service of all that arrives there; null for the general mailbox.</summary>
    public string? ServiceCode { get; set; }

    /// <summary>Addresses of the site's own forms that write in a citizen's name (Reply-To).</summary>
    public List<string> ExpediteursFormulaire { get; set; } = [];

    /// <summary>Identity of the inbox at the last collection (RFC 3501): changed, every message has a new identifier.</summary>
    public long? UidValidity { get; set; }

    /// <summary>Highest identifier whose fate is committed.</summary>
    public long? DernierUid { get; set; }

    /// <summary>Last complete collection.</summary>
    public DateTimeOffset? ReleveeLe { get; set; }

    /// <summary>Since when it cannot be collected; null when all is well.</summary>
    public DateTimeOffset? EnPanneDepuis { get; set; }

    /// <summary>What is wrong, in French, for the mailbox page.</summary>
    public string? Panne { get; set; }
}

internal sealed class BoiteFonctionnelleMapping : IEntityTypeConfiguration<BoiteFonctionnelle>
{
    public void Configure(EntityTypeBuilder<BoiteFonctionnelle> builder)
    {
        builder.ToTable("boites");
        builder.HasKey(b => b.Code);
        builder.HasOne<ServicePrefecture>().WithMany().HasForeignKey(b => b.ServiceCode).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(b => b.ServiceCode).HasDatabaseName("ix_boites_service_code");
    }
}
