using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>
/// One day of the site of one mailbox, in identifiers: those the server gave to messages since the day before. Each of them has its fate, waits for
/// it, or has gone before we read it.
/// </summary>
public sealed class JourneeBoite
{
    public required string BoiteCode { get; init; }

    /// <summary>Date of the site.</summary>
    public required DateOnly Jour { get; init; }

    /// <summary>As in <see cref="MessageRecu.UidValidity"/>: a folder with new identifiers starts another account of its day.</summary>
    public required long UidValidity { get; init; }

    /// <summary>First identifier of the day: the end of the day before or, of a folder never seen, UIDNEXT at the first look.</summary>
    public required long Debut { get; init; }

    /// <summary>UIDNEXT at the last look of the day: the first identifier that is not of this day.</summary>
    public required long Fin { get; init; }

    /// <summary>Messages of the day that were in the folder at the last look and had no fate yet.</summary>
    public required int EnAttente { get; init; }
}

internal sealed class JourneeBoiteMapping : IEntityTypeConfiguration<JourneeBoite>
{
    public void Configure(EntityTypeBuilder<JourneeBoite> builder)
    {
        builder.ToTable("journees_boites", t => t.HasCheckConstraint("ck_journees_boites_uid", "debut > 0 AND fin >= debut AND en_attente >= 0"));
        builder.HasKey(j => new { j.BoiteCode, j.Jour, j.UidValidity });
        builder.HasOne<BoiteFonctionnelle>().WithMany().HasForeignKey(j => j.BoiteCode).OnDelete(DeleteBehavior.Restrict);
    }
}
