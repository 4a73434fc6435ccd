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

/// <summary>What the scanner has said of a file.</summary>
public enum AnalysePiece
{
    /// <summary>Nobody has looked yet, or there is no scanner: it may be anything.</summary>
    NonAnalysee,

    /// <summary>Looked at whole: nothing found that day.</summary>
    Saine,

    /// <summary>Something was found: it is given to nobody.</summary>
    Infectee,

    /// <summary>Too large, or closed by a password: it may be anything.</summary>
    NonAnalysable,
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

    public AnalysePiece EtatAnalyse { get; set; }

    /// <summary>When the scanner said so.</summary>
    public DateTimeOffset? AnalyseeLe { get; set; }

    /// <summary>The scanner's name for what it found.</summary>
    public string? Signature { get; set; }

    /// <summary>When it was last given to the scanner without a verdict.</summary>
    public DateTimeOffset? AnalysePriseLe { get; set; }
}

internal sealed class PieceMapping : IEntityTypeConfiguration<Piece>
{
    public void Configure(EntityTypeBuilder<Piece> builder)
    {
        builder.ToTable("pieces", t =>
        {
            t.HasCheckConstraint("ck_pieces_nom", "nom <> '' AND nom !~ '[/\\\\]'");
            t.HasCheckConstraint("ck_pieces_taille", "taille >= 0");
            t.HasCheckConstraint("ck_pieces_analyse", "(etat_analyse = 'NonAnalysee') = (analysee_le IS NULL)");
            t.HasCheckConstraint("ck_pieces_signature", "(etat_analyse = 'Infectee') = (signature IS NOT NULL)");
        });
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Property(p => p.Role).HasConversion<string>();
        builder.HasOne<Fichier>().WithMany().HasForeignKey(p => p.Sha256).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Echange>().WithMany(e => e.Pieces).HasForeignKey(p => p.EchangeId).OnDelete(DeleteBehavior.Restrict);
        builder.Property(p => p.Lecture).HasConversion<string>().HasDefaultValue(LecturePiece.EnAttente).ValueGeneratedNever();
        builder.Property(p => p.LectureTentatives).HasDefaultValue(0).ValueGeneratedNever();
        builder.Property(p => p.EtatAnalyse).HasConversion<string>().HasDefaultValue(AnalysePiece.NonAnalysee).ValueGeneratedNever();
        builder.HasIndex(p => new { p.AnalysePriseLe, p.Id }).HasDatabaseName("ix_pieces_a_analyser").HasFilter("etat_analyse = 'NonAnalysee' AND role <> 'Accuse'");
        builder.HasIndex(p => p.EtatAnalyse).HasDatabaseName("ix_pieces_infectees").HasFilter("etat_analyse = 'Infectee'");
        builder.HasIndex(p => p.Id).HasDatabaseName("ix_pieces_a_lire").HasFilter("lecture = 'EnAttente'");
        builder.HasIndex(p => p.CourrierId).HasDatabaseName("ix_pieces_courrier_id");
        builder.HasIndex(p => p.EchangeId).HasDatabaseName("ix_pieces_echange_id").HasFilter("echange_id IS NOT NULL");
        builder.HasIndex(p => p.Sha256).HasDatabaseName("ix_pieces_sha256");
    }
}
