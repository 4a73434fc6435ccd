using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SuiviCourrier.Ingestion.Annuaire.FranceServices;

/// <summary>
/// Where the people of one département find the list of their espaces France Services (minutes of 21 April 2021: « la liste sera rajoutée »).
/// The site keeps the list up to date; a link that nobody has checked is worth nothing, so its date is kept.
/// </summary>
public sealed class LienFranceServices
{
    /// <summary><c>37</c>, <c>2A</c>, <c>974</c>.</summary>
    public required string Departement { get; init; }

    public required string Libelle { get; set; }
    public required string Url { get; set; }

    /// <summary>Day on which it was last seen working, by a person or by the button; null when never.</summary>
    public DateOnly? VerifieLe { get; set; }

    /// <summary>When the button last tried it.</summary>
    public DateTimeOffset? EssayeLe { get; set; }

    /// <summary>Why the last try failed, in French; null when it worked.</summary>
    public string? Echec { get; set; }

    public uint Xmin { get; init; }
}

internal sealed class LienFranceServicesMapping : IEntityTypeConfiguration<LienFranceServices>
{
    public void Configure(EntityTypeBuilder<LienFranceServices> builder)
    {
        builder.ToTable("liens_france_services", t =>
        {
            t.HasCheckConstraint("ck_liens_france_services_departement", "departement ~ '^([0-9]{2,3}|2[AB])$'");
            t.HasCheckConstraint("ck_liens_france_services_url", "url ~ '^https?://'");
        });
        builder.HasKey(l => l.Departement);
        builder.Property(l => l.Xmin).IsRowVersion();
    }
}
