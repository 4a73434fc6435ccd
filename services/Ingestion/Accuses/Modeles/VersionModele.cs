using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Annuaire;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

public enum EtatModele
{
    Brouillon,
    Approuve,
}

/// <summary>
/// One version of a letter text. A draft is changed until a second person approves it; an approved version never changes, because letters that have left
/// name it.
/// </summary>
public sealed class VersionModele
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Code { get; init; }

    /// <summary>From 1, without gap per code: what letters keep as evidence.</summary>
    public required int Version { get; init; }

    public required string Libelle { get; init; }
    public required GenreModele Genre { get; init; }
    public required SupportModele Support { get; init; }

    /// <summary>Service that owns the text: its people change it, and receive the requests to do so.</summary>
    public required string ServiceProprietaire { get; init; }

    public bool Accuse { get; init; }
    public bool DemandePieces { get; init; }

    /// <summary>Codes of <see cref="CategorieExpediteur"/>.</summary>
    public string[] CategoriesExclues { get; init; } = [];

    public required string Objet { get; set; }
    public required string Texte { get; set; }
    public required EtatModele Etat { get; set; }

    /// <summary>Everyone who has written in it: none of them approves it.</summary>
    public string[] Auteurs { get; set; } = [];

    public required DateTimeOffset ChangedAt { get; set; }
    public string? ApprouvePar { get; set; }
    public DateTimeOffset? ApprouveLe { get; set; }

    /// <summary>First day on which letters are written from it.</summary>
    public DateOnly? ValableDu { get; set; }

    /// <summary>Counts what persons changed here: two who edit at once see it.</summary>
    public int Revision { get; set; } = 1;

    public Modele ToModele() => new()
    {
        Code = Code,
        Libelle = Libelle,
        Genre = Genre,
        Support = Support,
        Version = Version,
        ServiceProprietaire = ServiceProprietaire,
        Accuse = Accuse,
        DemandePieces = DemandePieces,
        CategoriesExclues = [.. CategoriesExclues.Select(Enum.Parse<CategorieExpediteur>)],
        Objet = Objet,
        Texte = Texte,
    };
}

internal sealed class VersionModeleMapping : IEntityTypeConfiguration<VersionModele>
{
    public void Configure(EntityTypeBuilder<VersionModele> builder)
    {
        builder.ToTable("versions_modeles", t =>
        {
            t.HasCheckConstraint("ck_versions_modeles_version", "version > 0");
            t.HasCheckConstraint(
                "ck_versions_modeles_approbation",
                "(etat = 'Approuve') = (approuve_par IS NOT NULL AND approuve_le IS NOT NULL AND valable_du IS NOT NULL)");
            t.HasCheckConstraint("ck_versions_modeles_deux_personnes", "approuve_par IS NULL OR approuve_par <> ALL (auteurs)");
        });
        builder.Property(v => v.Genre).HasConversion<string>();
        builder.Property(v => v.Support).HasConversion<string>();
        builder.Property(v => v.Etat).HasConversion<string>();
        builder.HasOne<ServicePrefecture>().WithMany().HasForeignKey(v => v.ServiceProprietaire).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(v => new { v.Code, v.Version }).IsUnique().HasDatabaseName("ux_versions_modeles_version");
        builder.HasIndex(v => v.Code).IsUnique().HasDatabaseName("ux_versions_modeles_brouillon").HasFilter("etat = 'Brouillon'");
        builder.HasIndex(v => v.ServiceProprietaire).HasDatabaseName("ix_versions_modeles_service_proprietaire");
    }
}

/// <summary>Somebody asks the owner of a text to change it.</summary>
public sealed class DemandeModele
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Code { get; init; }

    /// <summary>Owner when it was asked.</summary>
    public required string ServiceProprietaire { get; init; }

    public required string Texte { get; init; }
    public required string DemandeePar { get; init; }
    public required DateTimeOffset DemandeeLe { get; init; }
    public DateTimeOffset? TraiteeLe { get; set; }
    public string? TraiteePar { get; set; }
}

internal sealed class DemandeModeleMapping : IEntityTypeConfiguration<DemandeModele>
{
    public void Configure(EntityTypeBuilder<DemandeModele> builder)
    {
        builder.ToTable("demandes_modeles", t => t.HasCheckConstraint("ck_demandes_modeles_traitee", "(traitee_le IS NULL) = (traitee_par IS NULL)"));
        builder.HasOne<ServicePrefecture>().WithMany().HasForeignKey(d => d.ServiceProprietaire).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(d => d.Code).HasDatabaseName("ix_demandes_modeles_code");
        builder.HasIndex(d => d.ServiceProprietaire).HasDatabaseName("ix_demandes_modeles_a_traiter").HasFilter("traitee_le IS NULL");
    }
}
