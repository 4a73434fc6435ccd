using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Ingestion.Courriers;

public enum RolePiece
{
    /// <summary>The courrier itself: the scan.</summary>
    Document,
    PieceJointe,

    /// <summary>The message byte for byte, as evidence.</summary>
    Brut,

    /// <summary>The exact text of an acknowledgement we sent or printed.</summary>
    Accuse,
}

/// <summary>What the search knows of the words of a file.</summary>
public enum LecturePiece
{
    EnAttente,

    /// <summary>Its words are searched.</summary>
    Lue,

    /// <summary>It was opened and holds no word: a scan that is only an image.</summary>
    SansTexte,

    /// <summary>It opens with a password only.</summary>
    Protegee,

    /// <summary>More bytes, or more bytes once unpacked, than are opened.</summary>
    TropGrosse,

    /// <summary>Broken, or whoever opened it hung or died.</summary>
    Illisible,

    /// <summary>Of a kind that is not opened: an image, a program, the message byte for byte, an acknowledgement of ours.</summary>
    SansObjet,
}

/// <summary>A file of a courrier: a name for a content that is kept once.</summary>
public sealed class Piece
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid CourrierId { get; init; }

    /// <summary>Set when it came with a later exchange and not with the courrier.</summary>
    public Guid? EchangeId { get; init; }

    public required RolePiece Role { get; init; }

    /// <summary>Name to show and to save under; never a path.</summary>
    public required string Nom { get; init; }

    public required string Sha256 { get; init; }

    /// <summary>Bytes.</summary>
    public required long Taille { get; init; }

    /// <summary>Recognised from the content, never from the name.</summary>
    public required string TypeMime { get; init; }

    /// <summary>By which the HTML of the same message shows it as an image (RFC 2392); null for the others.</summary>
    public string? ContentId { get; init; }

    /// <summary>Position among the files of the courrier, from 1.</summary>
    public required int Ordre { get; init; }

    public LecturePiece Lecture { get; set; }

    /// <summary>How often its words have been looked for, counted before it is opened: whoever opens it may die of it.</summary>
    public int LectureTentatives { get; set; }

    /// <summary>Since when somebody looks for its words: nobody else does for a while.</summary>
    public DateTimeOffset? LecturePriseLe { get; set; }
}

internal sealed class PieceMapping : IEntityTypeConfiguration<Piece>
{
    public void Configure(EntityTypeBuilder<Piece> builder)
    {
        builder.ToTable("pieces", t =>
        {
            t.HasCheckConstraint("ck_pieces_nom", "nom <> '' AND nom !~ '[/\\\\]'");
            t.HasCheckConstraint("ck_pieces_taille", "taille >= 0");
        });
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Property(p => p.Role).HasConversion<string>();
        builder.HasOne<Fichier>().WithMany().HasForeignKey(p => p.Sha256).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Echange>().WithMany(e => e.Pieces).HasForeignKey(p => p.EchangeId).OnDelete(DeleteBehavior.Restrict);
        builder.Property(p => p.Lecture).HasConversion<string>().HasDefaultValue(LecturePiece.EnAttente).ValueGeneratedNever();
        builder.Property(p => p.LectureTentatives).HasDefaultValue(0).ValueGeneratedNever();
        builder.HasIndex(p => p.Id).HasDatabaseName("ix_pieces_a_lire").HasFilter("lecture = 'EnAttente'");
        builder.HasIndex(p => p.CourrierId).HasDatabaseName("ix_pieces_courrier_id");
        builder.HasIndex(p => p.EchangeId).HasDatabaseName("ix_pieces_echange_id").HasFilter("echange_id IS NOT NULL");
        builder.HasIndex(p => p.Sha256).HasDatabaseName("ix_pieces_sha256");
    }
}
