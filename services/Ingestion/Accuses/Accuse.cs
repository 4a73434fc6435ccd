using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Ingestion.Courriers;

namespace SuiviCourrier.Ingestion.Accuses;

/// <summary>How an acknowledgement reaches its recipient.</summary>
public enum CanalAccuse
{
    Courriel,
    Courrier,
}

/// <summary>An acknowledgement owed, sent or set aside: at most one of a kind per courrier, decided with the registration, or when service and type are known.</summary>
public sealed class Accuse
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid CourrierId { get; init; }
    public required KindAccuse Kind { get; init; }
    public required EtatAccuse Etat { get; set; }

    /// <summary>Null when there is nobody to send it to.</summary>
    public CanalAccuse? Canal { get; set; }

    /// <summary>E-mail address, or name and postal address.</summary>
    public string? Destinataire { get; set; }

    /// <summary>Why it is not sent, or what became of it: a sentence in French.</summary>
    public string? Motif { get; set; }

    /// <summary>When it was decided: what the caps count by.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; set; }

    /// <summary>Address written to in lower case, and what follows its @; null on paper and while there is nobody to write to.</summary>
    public string? AdresseCle { get; private set; }

    public string? Domaine { get; private set; }

    /// <summary>The exact text sent or printed, kept as evidence.</summary>
    public Guid? PieceId { get; set; }

    /// <summary>Text it was written from, with <see cref="ModeleVersion"/>; null until it has left.</summary>
    public string? ModeleCode { get; set; }

    public int? ModeleVersion { get; set; }

    public uint Xmin { get; init; }

    /// <returns>False when it already is in this state.</returns>
    public bool ChangeState(EtatAccuse etat, string? motif, DateTimeOffset now)
    {
        if (Etat == etat)
        {
            return false;
        }

        (Etat, Motif, ChangedAt) = (etat, motif, now);
        return true;
    }
}

internal sealed class AccuseMapping : IEntityTypeConfiguration<Accuse>
{
    private const string ParCourriel = "canal = 'Courriel' AND etat <> 'SansObjet'";

    public void Configure(EntityTypeBuilder<Accuse> builder)
    {
        builder.ToTable("accuses", t =>
        {
            t.HasCheckConstraint("ck_accuses_motif", "etat <> 'SansObjet' OR motif IS NOT NULL");
            t.HasCheckConstraint("ck_accuses_modele", "(modele_code IS NULL) = (modele_version IS NULL)");
            t.HasCheckConstraint("ck_accuses_destinataire", "etat = 'SansObjet' OR (destinataire IS NOT NULL AND canal IS NOT NULL)");
        });
        builder.Property(a => a.Kind).HasConversion<string>();
        builder.Property(a => a.Etat).HasConversion<string>();
        builder.Property(a => a.Canal).HasConversion<string>();
        builder.Property(a => a.Xmin).IsRowVersion();
        builder.HasOne<Courrier>().WithMany().HasForeignKey(a => a.CourrierId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Piece>().WithMany().HasForeignKey(a => a.PieceId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(a => new { a.CourrierId, a.Kind }).IsUnique().HasDatabaseName("ux_accuses_courrier_kind");
        builder.Property(a => a.AdresseCle).HasComputedColumnSql("CASE WHEN canal = 'Courriel' THEN lower(destinataire) END", stored: true);
        builder.Property(a => a.Domaine).HasComputedColumnSql("CASE WHEN canal = 'Courriel' THEN lower(substring(destinataire from '[^@]*$')) END", stored: true);
        builder.HasIndex(a => new { a.AdresseCle, a.CreatedAt }).HasDatabaseName("ix_accuses_adresse").HasFilter(ParCourriel);
        builder.HasIndex(a => new { a.Domaine, a.CreatedAt }).HasDatabaseName("ix_accuses_domaine").HasFilter(ParCourriel);
        builder.HasIndex(a => a.CreatedAt).HasDatabaseName("ix_accuses_created_at").HasFilter(ParCourriel);
        builder.HasIndex(a => a.PieceId).HasDatabaseName("ix_accuses_piece_id");
        builder.HasIndex(a => a.ChangedAt).HasDatabaseName("ix_accuses_a_traiter")
            .HasFilter("etat IN ('AImprimer', 'Incertain', 'Refuse', 'NonRemis')");
        builder.HasIndex(a => a.ChangedAt, "ix_accuses_retenus").HasDatabaseName("ix_accuses_retenus")
            .HasFilter($"etat = 'SansObjet' AND motif LIKE '{PlafondsAccuses.Debut}%'");
    }
}
