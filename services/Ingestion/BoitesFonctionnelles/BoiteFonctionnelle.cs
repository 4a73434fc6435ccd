using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Ingestion.Annuaire;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>Where the settings of a mailbox come from.</summary>
public enum OrigineBoite
{
    /// <summary>Written in the portal by an administrator, or reference data.</summary>
    Portail,

    /// <summary>Declared in the configuration of the program that collects: its access is shown, and changed there only.</summary>
    Configuration,
}

/// <summary>A mailbox of the préfecture that is collected: who it is, how it is reached, and where its collection stands.</summary>
public sealed class BoiteFonctionnelle
{
    /// <summary>A collection says that it is alive twice a minute: after so long without a word nobody collects.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(15);

    public required string Code { get; init; }
    public required string Libelle { get; set; }
    public required string Adresse { get; set; }

    /// <summary>Other addresses delivered into it.</summary>
    public List<string> Alias { get; set; } = [];

    /// <summary>Service of all that arrives there; null for the general mailbox.</summary>
    public string? ServiceCode { get; set; }

    /// <summary>Addresses of the site's own forms that write in a citizen's name (Reply-To).</summary>
    public List<string> ExpediteursFormulaire { get; set; } = [];

    /// <summary>Type of all that arrives there; null when somebody is to say it.</summary>
    public string? TypeCode { get; set; }

    public OrigineBoite Origine { get; set; }

    /// <summary>False: nobody collects it, and what waits there waits.</summary>
    public bool IsActif { get; set; } = true;

    /// <summary>Its IMAP server; null for a mailbox that has its drop folder only.</summary>
    public ImapOptions? Imap { get; set; }

    /// <summary>The password, or the secret of our application, encrypted by <see cref="Secrets.Coffre"/>; null when there is none, or when the configuration has it.</summary>
    public string? SecretChiffre { get; set; }

    /// <summary>Raised by every change of its settings: whoever collects starts again with the new ones.</summary>
    public int Revision { get; set; }

    /// <summary>Raised when another folder takes the place of the one collected: identifiers of the former say nothing of the messages of the new.</summary>
    public int Generation { get; set; }

    /// <summary>Identity of the inbox at the last collection (<see cref="Generation"/>, then UIDVALIDITY of RFC 3501): changed, every message has a new identifier.</summary>
    public long? UidValidity { get; set; }

    /// <summary>Highest identifier whose fate is committed.</summary>
    public long? DernierUid { get; set; }

    /// <summary>Last complete collection.</summary>
    public DateTimeOffset? ReleveeLe { get; set; }

    /// <summary>Since when it cannot be collected; null when all is well.</summary>
    public DateTimeOffset? EnPanneDepuis { get; set; }

    /// <summary>Since when it has been collected without interruption; null while it cannot be.</summary>
    public DateTimeOffset? ConnecteeDepuis { get; set; }

    /// <summary>What is wrong, in French, for the mailbox page.</summary>
    public string? Panne { get; set; }

    /// <summary>Gives it another server, or the same: identifiers keep their meaning only while server, account and folder stay.</summary>
    public void ReachBy(ImapOptions? imap)
    {
        if (Imap is not null && imap is not null && !Imap.IsSameFolder(imap))
        {
            Generation++;
        }

        Imap = imap;
    }
}

internal sealed class BoiteFonctionnelleMapping : IEntityTypeConfiguration<BoiteFonctionnelle>
{
    public void Configure(EntityTypeBuilder<BoiteFonctionnelle> builder)
    {
        builder.ToTable("boites", t => t.HasCheckConstraint("ck_boites_secret", "origine = 'Portail' OR secret_chiffre IS NULL"));
        builder.HasKey(b => b.Code);
        builder.Property(b => b.Origine).HasConversion<string>();
        builder.Property(b => b.Revision).IsConcurrencyToken();
        builder.ComplexProperty(b => b.Imap, i =>
        {
            i.Property(x => x.Hote).HasColumnName("imap_hote");
            i.Property(x => x.Port).HasColumnName("imap_port");
            i.Property(x => x.Securite).HasColumnName("imap_securite").HasConversion<string>();
            i.Property(x => x.Utilisateur).HasColumnName("imap_utilisateur");
            i.Property(x => x.Authentification).HasColumnName("imap_authentification").HasConversion<string>();
            i.Property(x => x.JetonUrl).HasColumnName("imap_jeton_url");
            i.Property(x => x.JetonIdentifiant).HasColumnName("imap_jeton_identifiant");
            i.Property(x => x.JetonPortee).HasColumnName("imap_jeton_portee");
            i.Property(x => x.EmpreinteCertificat).HasColumnName("imap_empreinte_certificat");
            i.Property(x => x.VerifierRevocation).HasColumnName("imap_verifier_revocation");
            i.Property(x => x.Dossier).HasColumnName("imap_dossier");
            i.Property(x => x.DossierTraites).HasColumnName("imap_dossier_traites");
            i.Property(x => x.DossierAnomalies).HasColumnName("imap_dossier_anomalies");
        });
        builder.HasOne<TypeCourrier>().WithMany().HasForeignKey(b => b.TypeCode).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(b => b.TypeCode).HasDatabaseName("ix_boites_type_code");
        builder.HasOne<ServicePrefecture>().WithMany().HasForeignKey(b => b.ServiceCode).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(b => b.ServiceCode).HasDatabaseName("ix_boites_service_code");
    }
}
