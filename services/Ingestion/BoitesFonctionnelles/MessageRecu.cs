using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>What became of a message: exactly one of these.</summary>
public enum SortMessage
{
    Courrier,
    Rattache,

    /// <summary>Set aside with its reason; one click registers it.</summary>
    Ecarte,
}

/// <summary>
/// Every message found in a mailbox, written in the transaction of its fate. Found again (UIDVALIDITY changed, a move was lost, the
/// same message delivered twice), it is recognised by its keys and gets no second fate.
/// </summary>
public sealed class MessageRecu
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string BoiteCode { get; init; }

    /// <summary>RFC 3501: with <see cref="Uid"/> identifies a message of the folder for ever; null for a dropped file.</summary>
    public long? UidValidity { get; init; }

    public long? Uid { get; init; }

    /// <summary>Name, length, date and content of a dropped file: found again after a crash, it is the same one; null for a mailbox.</summary>
    public string? CleFichier { get; init; }

    /// <summary>SHA-256 of the raw message without its trace headers (Received, Return-Path…).</summary>
    public required string Sha256Canonique { get; init; }

    /// <summary>The bytes as collected, in the files.</summary>
    public required string Sha256Brut { get; init; }

    /// <summary>RFC 5322 Message-ID: an index, not a key (absent, reused, forged).</summary>
    public string? MessageId { get; init; }

    /// <summary>Bytes of the whole message, even when only its headers were collected.</summary>
    public required long Taille { get; init; }

    /// <summary>INTERNALDATE of the server, never the Date header.</summary>
    public required DateTimeOffset RecuA { get; init; }

    /// <summary>Sender and subject as far as they can be read, for the list of what is set aside.</summary>
    public string? De { get; init; }

    public string? Objet { get; init; }

    /// <summary>Address of <see cref="De"/> in lower case: whoever answers in the thread of a message must be its author.</summary>
    public string? AdresseDe { get; init; }

    /// <summary>How its author has protected it; null for a message like any other.</summary>
    public ProtectionMessage? Protection { get; init; }

    /// <summary>Day of the event of the invitation that came with it, in the zone of the site.</summary>
    public DateOnly? EvenementLe { get; init; }

    /// <summary>Who seems to have written what it forwards: proposed, never taken.</summary>
    public string? AuteurTransfere { get; init; }

    public required SortMessage Sort { get; set; }

    /// <summary>Why it was set aside, or registered in spite of its form: a sentence in French.</summary>
    public string? Motif { get; set; }

    public Guid? CourrierId { get; set; }
    public Guid? EchangeId { get; set; }
    public required DateTimeOffset TraiteLe { get; init; }

    /// <summary>Account that gave a set-aside message its later fate; null while the automatic one stands.</summary>
    public string? ReprisPar { get; set; }

    public DateTimeOffset? ReprisLe { get; set; }

    /// <summary>Why a person has decided that it is no courrier; the message stays to be read, and may still be registered.</summary>
    public string? MotifEcart { get; set; }

    public uint Xmin { get; init; }
}

internal sealed class MessageRecuMapping : IEntityTypeConfiguration<MessageRecu>
{
    public const string UidIndex = "ux_messages_recus_uid";
    public const string FichierIndex = "ux_messages_recus_cle_fichier";

    public void Configure(EntityTypeBuilder<MessageRecu> builder)
    {
        builder.ToTable("messages_recus", t =>
        {
            t.HasCheckConstraint("ck_messages_recus_sort", "(sort = 'Ecarte') = (courrier_id IS NULL)");
            t.HasCheckConstraint("ck_messages_recus_echange", "(sort = 'Rattache') = (echange_id IS NOT NULL)");
            t.HasCheckConstraint("ck_messages_recus_motif", "sort <> 'Ecarte' OR motif IS NOT NULL");
            t.HasCheckConstraint("ck_messages_recus_ecart", "(motif_ecart IS NOT NULL) = (sort = 'Ecarte' AND repris_par IS NOT NULL)");
            t.HasCheckConstraint("ck_messages_recus_reprise", "(repris_par IS NULL) = (repris_le IS NULL)");
            t.HasCheckConstraint("ck_messages_recus_uid", "(uid IS NULL) = (uid_validity IS NULL)");
        });
        builder.Property(m => m.Sort).HasConversion<string>();
        builder.Property(m => m.Protection).HasConversion<string>();
        builder.Property(m => m.Sha256Canonique).HasColumnName("sha256_canonique");
        builder.Property(m => m.Sha256Brut).HasColumnName("sha256_brut");
        builder.Property(m => m.Xmin).IsRowVersion();
        builder.HasOne<BoiteFonctionnelle>().WithMany().HasForeignKey(m => m.BoiteCode).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Fichier>().WithMany().HasForeignKey(m => m.Sha256Brut).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Courrier>().WithMany().HasForeignKey(m => m.CourrierId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Echange>().WithMany().HasForeignKey(m => m.EchangeId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(m => new { m.BoiteCode, m.UidValidity, m.Uid }).IsUnique().HasDatabaseName(UidIndex).HasFilter("uid IS NOT NULL");
        builder.HasIndex(m => new { m.BoiteCode, m.CleFichier }).IsUnique().HasDatabaseName(FichierIndex).HasFilter("cle_fichier IS NOT NULL");

        // Not unique: the same message delivered twice is attached, visibly. One content gives one courrier by its idempotency key.
        builder.HasIndex(m => m.Sha256Canonique).HasDatabaseName("ix_messages_recus_sha256_canonique");
        builder.HasIndex(m => new { m.BoiteCode, m.TraiteLe }).HasDatabaseName("ix_messages_recus_boite_traite_le");
        builder.HasIndex(m => m.MessageId).HasDatabaseName("ix_messages_recus_message_id");
        builder.HasIndex(m => m.Sha256Brut).HasDatabaseName("ix_messages_recus_sha256_brut");
        builder.HasIndex(m => m.CourrierId).HasDatabaseName("ix_messages_recus_courrier_id");
        builder.HasIndex(m => m.EchangeId).HasDatabaseName("ix_messages_recus_echange_id");
        builder.HasIndex(m => new { m.RecuA, m.Id }, "ix_messages_recus_mis_de_cote").HasFilter("sort = 'Ecarte' AND repris_par IS NULL");
        builder.HasIndex(m => new { m.RecuA, m.Id }, "ix_messages_recus_ecartes").HasFilter("sort = 'Ecarte' AND repris_par IS NOT NULL");
    }
}
