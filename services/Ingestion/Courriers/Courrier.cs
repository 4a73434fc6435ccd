using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Annuaire;

namespace SuiviCourrier.Ingestion.Courriers;

/// <summary>By which door the registration came.</summary>
public enum OrigineEnregistrement
{
    /// <summary>Typed by the mail room.</summary>
    Saisie,

    /// <summary>Collected from a mailbox.</summary>
    Boite,

    /// <summary>Open mail of a former system.</summary>
    Stock,

    /// <summary>The public contact form.</summary>
    Formulaire,

    /// <summary>Sent by a program.</summary>
    Api,
}

/// <summary>
/// The registration of one matter: its number, what arrived, when, from whom. The work on it is the portal's dossier. It can be
/// corrected or annulled with a reason; its number never changes and is never used again.
/// </summary>
public sealed class Courrier
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string SiteCode { get; init; }
    public required Sens Sens { get; init; }
    public required Canal Canal { get; set; }
    public required OrigineEnregistrement Origine { get; init; }

    /// <summary><c>ARR-2026-01931</c>: prefix of the site, year of registration in its zone, rank in that year.</summary>
    public required string NumeroChrono { get; init; }

    /// <summary>Year of registration in the site's zone.</summary>
    public required int Annee { get; init; }

    /// <summary>Rank 1…n without gap per (site, sens, year).</summary>
    public required int Rang { get; init; }

    public required string Objet { get; set; }

    /// <summary>Legal day of reception in the site's zone: day 0 of every clock.</summary>
    public required DateOnly RecuLe { get; set; }

    /// <summary>Date written on the letter.</summary>
    public DateOnly? DateCourrier { get; set; }

    /// <summary>Date of the postmark.</summary>
    public DateOnly? CachetLe { get; set; }

    public required DateTimeOffset EnregistreLe { get; init; }

    /// <summary>Account identifier, or name of the automatic process.</summary>
    public required string EnregistrePar { get; init; }

    /// <summary>What this courrier said of its sender.</summary>
    public required Expediteur Expediteur { get; set; }

    /// <summary>The sender in the directory; null for an anonymous one.</summary>
    public Guid? CorrespondantId { get; set; }

    public NatureCourrier? Nature { get; set; }
    public string? TypeCode { get; set; }
    public string? ServiceCode { get; set; }
    public bool IsPourInformation { get; set; }
    public bool IsRestreint { get; set; }
    public string? NumeroRecommande { get; set; }

    /// <summary>Where the paper is kept.</summary>
    public string? OriginalOu { get; set; }

    public string? Remarques { get; set; }

    /// <summary>Shared by the matters that came in one envelope.</summary>
    public Guid? EnveloppeId { get; set; }

    /// <summary>The same key is the same registration, however often it is sent.</summary>
    public required string CleIdempotence { get; init; }

    /// <summary>Opens the public follow-up (<see cref="Courriers.JetonSuivi"/>): a secret of whoever wrote.</summary>
    public string JetonSuivi { get; init; } = Courriers.JetonSuivi.New();

    public bool IsAnnule { get; set; }
    public string? MotifAnnulation { get; set; }

    /// <summary>Nobody is acknowledged, for the reason kept on the acknowledgement: told in facts, so that no clock waits for it.</summary>
    public bool IsSansAccuse { get; set; }

    /// <summary>Version of the last fact published about it.</summary>
    public int Version { get; set; } = 1;

    public uint Xmin { get; init; }

    public List<PieceAnnoncee> PiecesAnnoncees { get; init; } = [];
    public List<Piece> Pieces { get; init; } = [];

    public int NextVersion() => ++Version;

    /// <summary>The whole state others need to decide, as facts carry it.</summary>
    public EtatEnregistrement ToEtat() => new()
    {
        SiteCode = SiteCode,
        NumeroChrono = NumeroChrono,
        Sens = Sens,
        Canal = Canal,
        RecuLe = RecuLe,
        EnregistreLe = EnregistreLe,
        Categorie = Expediteur.Categorie,
        Nature = Nature,
        TypeCode = TypeCode,
        ServiceCode = ServiceCode,
        IsPourInformation = IsPourInformation,
        IsSansAccuse = IsSansAccuse,
        IsRestreint = IsRestreint,
        IsAnnule = IsAnnule,
    };
}

/// <summary>The sender as the courrier itself gives it.</summary>
public sealed record Expediteur
{
    public static readonly Expediteur Inconnu = new() { Categorie = CategorieExpediteur.Anonyme };

    /// <summary>Null when the sender is anonymous.</summary>
    public string? Nom { get; init; }

    public required CategorieExpediteur Categorie { get; init; }

    /// <summary>Position held or mandate.</summary>
    public string? Fonction { get; init; }

    public string? Courriel { get; init; }
    public string? Adresse { get; init; }
    public string? Telephone { get; init; }

    /// <summary>Whom this letter was written for, when the sender is a lawyer, an association, a relative.</summary>
    public string? PourLeCompteDe { get; init; }
}

internal sealed class CourrierMapping : IEntityTypeConfiguration<Courrier>
{
    /// <summary>Name of the unique index that makes a registration sent twice one registration.</summary>
    public const string CleIdempotenceIndex = "ux_courriers_cle_idempotence";

    public void Configure(EntityTypeBuilder<Courrier> builder)
    {
        builder.ToTable("courriers", t =>
        {
            t.HasCheckConstraint("ck_courriers_objet", $"char_length(objet) BETWEEN 1 AND {Limites.Objet}");
            t.HasCheckConstraint("ck_courriers_recu_le", "recu_le >= DATE '1900-01-01'");
            t.HasCheckConstraint("ck_courriers_date_courrier", "date_courrier BETWEEN DATE '1900-01-01' AND recu_le");
            t.HasCheckConstraint("ck_courriers_cachet_le", "cachet_le BETWEEN DATE '1900-01-01' AND recu_le");
            t.HasCheckConstraint("ck_courriers_rang", "rang > 0");
            t.HasCheckConstraint("ck_courriers_jeton_suivi", $"char_length(jeton_suivi) = {JetonSuivi.Longueur}");
            t.HasCheckConstraint("ck_courriers_annulation", "is_annule = (motif_annulation IS NOT NULL)");
            t.HasCheckConstraint("ck_courriers_anonyme", "(expediteur_categorie = 'Anonyme') = (expediteur_nom IS NULL)");
        });
        builder.Property(c => c.Sens).HasConversion<string>();
        builder.Property(c => c.Canal).HasConversion<string>();
        builder.Property(c => c.Origine).HasConversion<string>();
        builder.Property(c => c.Nature).HasConversion<string>();
        builder.Property(c => c.Xmin).IsRowVersion();
        builder.ComplexProperty(c => c.Expediteur, e =>
        {
            e.Property(x => x.Nom).HasColumnName("expediteur_nom");
            e.Property(x => x.Categorie).HasColumnName("expediteur_categorie").HasConversion<string>();
            e.Property(x => x.Fonction).HasColumnName("expediteur_fonction");
            e.Property(x => x.Courriel).HasColumnName("expediteur_courriel");
            e.Property(x => x.Adresse).HasColumnName("expediteur_adresse");
            e.Property(x => x.Telephone).HasColumnName("expediteur_telephone");
            e.Property(x => x.PourLeCompteDe).HasColumnName("pour_le_compte_de");
        });
        builder.HasOne<Site>().WithMany().HasForeignKey(c => c.SiteCode).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Correspondant>().WithMany().HasForeignKey(c => c.CorrespondantId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<TypeCourrier>().WithMany().HasForeignKey(c => c.TypeCode).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<ServicePrefecture>().WithMany().HasForeignKey(c => c.ServiceCode).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(c => c.PiecesAnnoncees).WithOne().HasForeignKey(p => p.CourrierId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(c => c.Pieces).WithOne().HasForeignKey(p => p.CourrierId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(c => c.CleIdempotence).IsUnique().HasDatabaseName(CleIdempotenceIndex);
        builder.HasIndex(c => c.JetonSuivi).IsUnique().HasDatabaseName("ux_courriers_jeton_suivi");
        builder.HasIndex(c => c.NumeroChrono).IsUnique().HasDatabaseName("ux_courriers_numero_chrono");
        builder.HasIndex(c => new { c.SiteCode, c.Sens, c.Annee, c.Rang }).IsUnique().HasDatabaseName("ux_courriers_rang");
        builder.HasIndex(c => c.CorrespondantId).HasDatabaseName("ix_courriers_correspondant_id");
        builder.HasIndex(c => c.EnregistreLe).HasDatabaseName("ix_courriers_enregistre_le");
        builder.HasIndex(c => c.TypeCode).HasDatabaseName("ix_courriers_type_code");
        builder.HasIndex(c => c.ServiceCode).HasDatabaseName("ix_courriers_service_code");
        builder.HasIndex(c => c.EnveloppeId).HasDatabaseName("ix_courriers_enveloppe_id").HasFilter("enveloppe_id IS NOT NULL");
    }
}
