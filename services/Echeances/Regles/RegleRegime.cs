using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Delais;

namespace SuiviCourrier.Echeances.Regles;

/// <summary>A regime as stored: see <see cref="Regime"/>.</summary>
public sealed class RegleRegime
{
    public required string Code { get; init; }
    public required int Version { get; init; }

    /// <summary>Rank in which it is tried: the first that applies wins.</summary>
    public required int Ordre { get; init; }

    public required string Libelle { get; init; }
    public required string[] Canaux { get; init; }
    public required string[] Natures { get; init; }
    public required string[] Types { get; init; }
    public required string[] Categories { get; init; }
    public required string[] Services { get; init; }

    /// <summary>Null with <see cref="Unite"/>: no answer is expected.</summary>
    public int? Longueur { get; init; }

    public UniteDelai? Unite { get; init; }
    public DateOnly? ValideDu { get; init; }
    public DateOnly? ValideAu { get; init; }

    public Regime ToRegime() => new()
    {
        Code = Code,
        Version = Version,
        Libelle = Libelle,
        Conditions = new ConditionsRegime
        {
            Canaux = ConditionsRegime.Codes(Canaux),
            Natures = ConditionsRegime.Codes(Natures),
            Types = ConditionsRegime.Codes(Types),
            CategoriesExpediteur = ConditionsRegime.Codes(Categories),
            Services = ConditionsRegime.Codes(Services),
        },
        Delai = Longueur is { } longueur && Unite is { } unite ? new Delai(longueur, unite) : null,
        ValideDu = ValideDu,
        ValideAu = ValideAu,
    };
}

/// <summary>A step of the reminders of a regime as stored: see <see cref="EtapeRelance"/>.</summary>
public sealed class RegleEtape
{
    public required string RegimeCode { get; init; }
    public required string Code { get; init; }
    public required int Rang { get; init; }
    public required int JoursOuvres { get; init; }
    public required DestinataireEtape Destinataire { get; init; }

    public EtapeRelance ToEtape() => new() { Code = Code, Rang = Rang, Decalage = JoursOuvres, Destinataire = Destinataire };
}

internal sealed class RegleRegimeMapping : IEntityTypeConfiguration<RegleRegime>
{
    public void Configure(EntityTypeBuilder<RegleRegime> builder)
    {
        builder.ToTable("regimes", t => t.HasCheckConstraint("ck_regimes_delai", "(longueur is null) = (unite is null)"));
        builder.HasKey(r => new { r.Code, r.Version });
        builder.Property(r => r.Unite).HasConversion<string>();
    }
}

internal sealed class RegleEtapeMapping : IEntityTypeConfiguration<RegleEtape>
{
    public void Configure(EntityTypeBuilder<RegleEtape> builder)
    {
        builder.ToTable("etapes_regimes");
        builder.HasKey(e => new { e.RegimeCode, e.Code });
        builder.Property(e => e.Destinataire).HasConversion<string>();
    }
}
