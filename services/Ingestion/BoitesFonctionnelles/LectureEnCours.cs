using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>
/// A message being opened, written down before: one on which the process dies or hangs is known when it comes again. A message that has been
/// read has no row.
/// </summary>
public sealed class LectureEnCours
{
    public required string BoiteCode { get; init; }

    /// <summary>What identifies the message in its mailbox: UIDVALIDITY and UID, or the key of the file.</summary>
    public required string Cle { get; init; }

    /// <summary>How often it has been opened without anybody having seen the end of it.</summary>
    public required int Tentatives { get; init; }

    public required DateTimeOffset CommenceeLe { get; init; }

    public static string CleOf(string? cleFichier, long? uidValidity, long? uid) => cleFichier ?? FormattableString.Invariant($"{uidValidity}:{uid}");
}

internal sealed class LectureEnCoursMapping : IEntityTypeConfiguration<LectureEnCours>
{
    public void Configure(EntityTypeBuilder<LectureEnCours> builder)
    {
        builder.ToTable("lectures_en_cours", t => t.HasCheckConstraint("ck_lectures_en_cours_tentatives", "tentatives > 0"));
        builder.HasKey(l => new { l.BoiteCode, l.Cle });
        builder.HasOne<BoiteFonctionnelle>().WithMany().HasForeignKey(l => l.BoiteCode).OnDelete(DeleteBehavior.Cascade);
    }
}
