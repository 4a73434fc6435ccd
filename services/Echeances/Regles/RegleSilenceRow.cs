using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Delais;

namespace SuiviCourrier.Echeances.Regles;

/// <summary>A silence rule as stored: see <see cref="RegleSilence"/>.</summary>
public sealed class RegleSilenceRow
{
    public required string Code { get; init; }

    /// <summary>Rank in which it is tried: the first that applies wins.</summary>
    public required int Ordre { get; init; }

    public required string Libelle { get; init; }
    public required string[] Canaux { get; init; }
    public required string[] Natures { get; init; }
    public required string[] Types { get; init; }
    public required string[] Categories { get; init; }
    public required string[] Services { get; init; }
    public required string[] CategoriesExclues { get; init; }
    public required EffetSilence Effet { get; init; }
    public required int Longueur { get; init; }
    public required UniteDelai Unite { get; init; }
    public required string Source { get; init; }
    public required string Recours { get; init; }

    public RegleSilence ToRegle() => new()
    {
        Code = Code,
        Libelle = Libelle,
        Conditions = new ConditionsRegime
        {
            Canaux = ConditionsRegime.Codes(Canaux),
            Natures = ConditionsRegime.Codes(Natures),
            Types = ConditionsRegime.Codes(Types),
            CategoriesExpediteur = ConditionsRegime.Codes(Categories),
            Services = ConditionsRegime.Codes(Services),
        },
        CategoriesExclues = ConditionsRegime.Codes(CategoriesExclues),
        Effet = Effet,
        Delai = new Delai(Longueur, Unite),
        Source = Source,
        Recours = Recours,
    };
}

/// <summary>An acknowledgement rule as stored: see <see cref="RegleAccuse"/>.</summary>
public sealed class RegleAccuseRow
{
    public required string Code { get; init; }
    public required string Libelle { get; init; }
    public required GenreAccuse Genre { get; init; }
    public required string[] Canaux { get; init; }
    public int? LegalLongueur { get; init; }
    public UniteDelai? LegalUnite { get; init; }
    public int? ObjectifLongueur { get; init; }
    public UniteDelai? ObjectifUnite { get; init; }
    public required string Source { get; init; }

    public RegleAccuse ToRegle() => new()
    {
        Code = Code,
        Libelle = Libelle,
        Genre = Genre,
        Canaux = ConditionsRegime.Codes(Canaux),
        Legal = LegalLongueur is { } legal && LegalUnite is { } unite ? new Delai(legal, unite) : null,
        Objectif = ObjectifLongueur is { } goal && ObjectifUnite is { } of ? new Delai(goal, of) : null,
        Source = Source,
    };
}

internal sealed class RegleSilenceRowMapping : IEntityTypeConfiguration<RegleSilenceRow>
{
    public void Configure(EntityTypeBuilder<RegleSilenceRow> builder)
    {
        builder.ToTable("regles_silence", t => t.HasCheckConstraint("ck_regles_silence_longueur", "longueur > 0"));
        builder.HasKey(r => r.Code);
        builder.Property(r => r.Effet).HasConversion<string>();
        builder.Property(r => r.Unite).HasConversion<string>();
    }
}

internal sealed class RegleAccuseRowMapping : IEntityTypeConfiguration<RegleAccuseRow>
{
    public void Configure(EntityTypeBuilder<RegleAccuseRow> builder)
    {
        builder.ToTable("regles_accuses", t =>
        {
            t.HasCheckConstraint("ck_regles_accuses_legal", "(legal_longueur is null) = (legal_unite is null)");
            t.HasCheckConstraint("ck_regles_accuses_objectif", "(objectif_longueur is null) = (objectif_unite is null)");
            t.HasCheckConstraint("ck_regles_accuses_delai", "legal_longueur is not null or objectif_longueur is not null");
        });
        builder.HasKey(r => r.Code);
        builder.Property(r => r.Genre).HasConversion<string>();
        builder.Property(r => r.LegalUnite).HasConversion<string>();
        builder.Property(r => r.ObjectifUnite).HasConversion<string>();
    }
}
