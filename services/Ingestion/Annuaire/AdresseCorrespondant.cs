using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SuiviCourrier.Ingestion.Annuaire;

public enum GenreAdresse
{
    Electronique,
    Postale,
}

/// <summary>
/// Another address of a correspondent, beside the preferred ones (<see cref="Correspondant.Courriel"/>, <see cref="Correspondant.Adresse"/>):
/// who writes from it is recognised.
/// </summary>
public sealed class AdresseCorrespondant
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid CorrespondantId { get; init; }
    public required GenreAdresse Genre { get; init; }
    public required string Valeur { get; init; }

    /// <summary><see cref="CleAnnuaire"/> of an e-mail address; a postal one as it stands.</summary>
    public required string Cle { get; init; }

    public static string CleOf(GenreAdresse genre, string valeur) => genre switch
    {
        GenreAdresse.Electronique => CleAnnuaire.Of(valeur),
        GenreAdresse.Postale => valeur,
    };
}

internal sealed class AdresseCorrespondantMapping : IEntityTypeConfiguration<AdresseCorrespondant>
{
    public void Configure(EntityTypeBuilder<AdresseCorrespondant> builder)
    {
        builder.ToTable("adresses_correspondants", t => t.HasCheckConstraint("ck_adresses_correspondants_valeur", "valeur <> ''"));
        builder.Property(a => a.Genre).HasConversion<string>();
        builder.HasOne<Correspondant>().WithMany().HasForeignKey(a => a.CorrespondantId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(a => new { a.CorrespondantId, a.Genre, a.Cle }).IsUnique().HasDatabaseName("ux_adresses_correspondants_cle");
    }
}
