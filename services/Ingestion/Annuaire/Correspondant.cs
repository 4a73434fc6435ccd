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
    public required CategorieExpediteur Categorie { get; set; }

    /// <summary>Position held or mandate: « maire de Loches ».</summary>
    public string? Fonction { get; set; }

    public string? Courriel { get; set; }
    public string? Adresse { get; set; }
    public string? Telephone { get; set; }

    /// <summary>Does not want electronic answers (CRPA L112-14): what is owed goes by post when the address is known.</summary>
    public bool IsElectroniqueRefusee { get; set; }

    /// <summary><see cref="CleAnnuaire"/> of the name, to find duplicates.</summary>
    public required string NomCle { get; set; }

    /// <summary><see cref="CleAnnuaire"/> of the e-mail address.</summary>
    public string? CourrielCle { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class CorrespondantMapping : IEntityTypeConfiguration<Correspondant>
{
    public void Configure(EntityTypeBuilder<Correspondant> builder)
    {
        builder.ToTable("correspondants", t =>
        {
            t.HasCheckConstraint("ck_correspondants_nom", "nom <> ''");
            t.HasCheckConstraint("ck_correspondants_categorie", "categorie <> 'Anonyme'");
        });
        builder.Property(c => c.Categorie).HasConversion<string>();
        builder.HasIndex(c => c.NomCle).HasDatabaseName("ix_correspondants_nom_cle").HasOperators("text_pattern_ops");
        builder.HasIndex(c => c.CourrielCle).HasDatabaseName("ix_correspondants_courriel_cle");
    }
}
