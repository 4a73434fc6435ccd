using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Portail.Comptes;
using SuiviCourrier.Portail.Comptes.ClesApi;
using SuiviCourrier.Portail.Dossiers;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Portail.Reponses;

public enum ModeReponse
{
    Lettre,
    Courriel,
    Telephone,
    Entretien,
}

/// <summary>An answer given to the sender. Kept as it was given: a reopened courrier gets another one.</summary>
public sealed class Reponse
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid CourrierId { get; init; }
    public required ModeReponse Mode { get; init; }

    /// <summary>On the merits: stops the clock. Otherwise a holding reply, which never does.</summary>
    public required bool IsSurLeFond { get; init; }

    /// <summary>Day it left, in the site's zone.</summary>
    public required DateOnly ReponduLe { get; init; }

    /// <summary>The agent who gave or recorded it; null when a program did.</summary>
    public Guid? AuteurId { get; init; }

    /// <summary>The key of the program that recorded it.</summary>
    public Guid? CleApiId { get; init; }

    /// <summary>Who recorded it, account or key.</summary>
    public Guid ActeurId => AuteurId ?? CleApiId ?? throw new InvalidOperationException("An answer has an author");

    /// <summary>Who was reached, by telephone or in a meeting.</summary>
    public string? Personne { get; init; }

    /// <summary>Address written to, when it was sent from here.</summary>
    public string? Destinataire { get; init; }

    /// <summary>Subject of the message sent from here.</summary>
    public string? Objet { get; init; }

    public string? Texte { get; init; }
    public string? FichierSha256 { get; init; }
    public string? FichierNom { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where the message stands, when it was sent from here.</summary>
    public EtatCourriel? EtatEnvoi { get; set; }

    /// <summary>When the server it was accepted by, or the next one, returned it; null while nothing says so.</summary>
    public DateTimeOffset? NonRemiseLe { get; set; }
}

internal sealed class ReponseMapping : IEntityTypeConfiguration<Reponse>
{
    public void Configure(EntityTypeBuilder<Reponse> builder)
    {
        builder.ToTable("reponses", t =>
        {
            t.HasCheckConstraint("ck_reponses_contenu", "texte is not null or fichier_sha256 is not null");
            t.HasCheckConstraint("ck_reponses_auteur", "num_nonnulls(auteur_id, cle_api_id) = 1");
            t.HasCheckConstraint("ck_reponses_courriel", "(mode = 'Courriel') or (destinataire is null)");
        });
        builder.Property(r => r.Mode).HasConversion<string>();
        builder.Property(r => r.EtatEnvoi).HasConversion<string>();
        builder.HasOne<Dossier>().WithMany().HasForeignKey(r => r.CourrierId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Compte>().WithMany().HasForeignKey(r => r.AuteurId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<CleApi>().WithMany().HasForeignKey(r => r.CleApiId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Fichier>().WithMany().HasForeignKey(r => r.FichierSha256).OnDelete(DeleteBehavior.Restrict);
        builder.Ignore(r => r.ActeurId);
        builder.HasIndex(r => r.CourrierId);
    }
}
