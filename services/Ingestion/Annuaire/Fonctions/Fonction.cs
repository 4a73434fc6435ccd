using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SuiviCourrier.Ingestion.Annuaire.Fonctions;

/// <summary>A position held: by whom, where, from when to when. It gives a title on the days between, and on no other.</summary>
public sealed class Fonction
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid CorrespondantId { get; init; }
    public required NatureFonction Nature { get; set; }

    /// <summary>In the person's own words, instead of the usual ones: « adjointe au maire, chargée de l’urbanisme ». Compulsory for <see cref="NatureFonction.Autre"/>.</summary>
    public string? Libelle { get; set; }

    /// <summary>With its article, as it is said: « Loches », « Indre-et-Loire », « le Cher ».</summary>
    public string? Territoire { get; set; }

    /// <summary>The organisation in which it is held, when the directory knows it.</summary>
    public Guid? OrganismeId { get; set; }

    /// <summary>First day.</summary>
    public required DateOnly Du { get; set; }

    /// <summary>Last day, included; null while no end is known.</summary>
    public DateOnly? Au { get; set; }

    public bool IsHeldOn(DateOnly day) => Du <= day && (Au is null || day <= Au);
}

internal sealed class FonctionMapping : IEntityTypeConfiguration<Fonction>
{
    public void Configure(EntityTypeBuilder<Fonction> builder)
    {
        builder.ToTable("fonctions", t =>
        {
            t.HasCheckConstraint("ck_fonctions_dates", "au >= du");
            t.HasCheckConstraint("ck_fonctions_libelle", "nature <> 'Autre' OR libelle IS NOT NULL");
        });
        builder.Property(f => f.Nature).HasConversion<string>();
        builder.HasOne<Correspondant>().WithMany().HasForeignKey(f => f.CorrespondantId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Correspondant>().WithMany().HasForeignKey(f => f.OrganismeId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(f => f.CorrespondantId).HasDatabaseName("ix_fonctions_correspondant_id");
        builder.HasIndex(f => f.OrganismeId).HasDatabaseName("ix_fonctions_organisme_id").HasFilter("organisme_id IS NOT NULL");
    }
}
