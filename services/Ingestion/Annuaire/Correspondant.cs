using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Contracts.Courriers;

namespace SuiviCourrier.Ingestion.Annuaire;

/// <summary>
/// A person or body that has written to us, as the directory knows it today. What one letter said of its sender stays with
/// that letter (<see cref="Courriers.Expediteur"/>): changing the directory rewrites no registration.
/// </summary>
public sealed class Correspondant
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Nom { get; set; }

    /// <summary>Name the person wants to be called by, when it is not <see cref="Nom"/>.</summary>
    public string? NomUsage { get; set; }

    public Civilite? Civilite { get; set; }
    public required CategorieExpediteur Categorie { get; set; }

    /// <summary>An organisation: a commune, an association, a company. It has no civilité, and people hold positions in it.</summary>
    public bool IsOrganisme { get; set; }

    /// <summary>Organisation this person writes for as a rule.</summary>
    public Guid? OrganismeId { get; set; }

    /// <summary>Position as the person gave it: « maire de Loches ». Those we know the dates of are <see cref="Fonctions.Fonction"/>s.</summary>
    public string? Fonction { get; set; }

    /// <summary>The preferred one; others are <see cref="AdresseCorrespondant"/>s.</summary>
    public string? Courriel { get; set; }

    /// <summary>The preferred one; others are <see cref="AdresseCorrespondant"/>s.</summary>
    public string? Adresse { get; set; }

    public string? Telephone { get; set; }

    /// <summary>Does not want electronic answers (CRPA L112-14): what is owed goes by post when the address is known.</summary>
    public bool IsElectroniqueRefusee { get; set; }

    /// <summary><see cref="CleAnnuaire"/> of the name, to find duplicates.</summary>
    public required string NomCle { get; set; }

    /// <summary><see cref="CleAnnuaire"/> of the usage name.</summary>
    public string? NomUsageCle { get; set; }

    /// <summary><see cref="CleAnnuaire"/> of the e-mail address.</summary>
    public string? CourrielCle { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Counts what persons changed here: two who edit at once see it.</summary>
    public int Revision { get; set; }
}

internal sealed class CorrespondantMapping : IEntityTypeConfiguration<Correspondant>
{
    public void Configure(EntityTypeBuilder<Correspondant> builder)
    {
        builder.ToTable("correspondants", t =>
        {
            t.HasCheckConstraint("ck_correspondants_nom", "nom <> ''");
            t.HasCheckConstraint("ck_correspondants_categorie", "categorie <> 'Anonyme'");
            t.HasCheckConstraint("ck_correspondants_organisme", "NOT is_organisme OR (civilite IS NULL AND nom_usage IS NULL AND organisme_id IS NULL)");
            t.HasCheckConstraint("ck_correspondants_nom_usage", "(nom_usage IS NULL) = (nom_usage_cle IS NULL)");
        });
        builder.Property(c => c.Civilite).HasConversion<string>();
        builder.Property(c => c.Categorie).HasConversion<string>();
        builder.HasOne<Correspondant>().WithMany().HasForeignKey(c => c.OrganismeId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(c => c.NomCle).HasDatabaseName("ix_correspondants_nom_cle").HasOperators("text_pattern_ops");
        builder.HasIndex(c => c.CourrielCle).HasDatabaseName("ix_correspondants_courriel_cle");
        builder.HasIndex(c => c.OrganismeId).HasDatabaseName("ix_correspondants_organisme_id").HasFilter("organisme_id IS NOT NULL");
    }
}
