using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SuiviCourrier.Echeances.Calendriers;

public enum KindEntree
{
    /// <summary>Local feast.</summary>
    JourAjoute,

    /// <summary>Holiday of the zone that the site works.</summary>
    JourRetire,

    /// <summary>Bridge or yearly closure.</summary>
    Fermeture,

    /// <summary>Alsace-Moselle, communes without protestant temple or mixed church.</summary>
    VendrediSaintTravaille,

    /// <summary>Solidarity day placed on Whit Monday.</summary>
    LundiPentecoteTravaille,
}

/// <summary>
/// What the site adds to or takes from the holidays of its zone. An entry is never changed: it holds from one version of the calendar to
/// another, so that any version can be built again.
/// </summary>
public sealed class EntreeCalendrier
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required KindEntree Kind { get; init; }
    public DateOnly? Du { get; init; }

    /// <summary>Last day, included; closures only.</summary>
    public DateOnly? Au { get; init; }

    public required string Libelle { get; init; }
    public bool ChaqueAnnee { get; init; }

    /// <summary>Closures: whether the days are not counted. Only the Prime Minister may grant a bridge: no by default.</summary>
    public bool ArreteLeDecompte { get; init; }

    /// <summary>First version of the calendar that knows it.</summary>
    public required int DepuisVersion { get; init; }

    /// <summary>First version that no longer does; null: it still holds.</summary>
    public int? JusquaVersion { get; set; }
}

/// <summary>The present version of the calendar and of the rules, all that dates are computed with; one row.</summary>
public sealed class EtatCalendrier
{
    public const int Seul = 1;

    public int Id { get; init; } = Seul;
    public int Version { get; set; } = 1;
}

/// <summary>Computing the open clocks again after a change of the calendar or of the rules: what was done and what it moved.</summary>
public sealed class Recalcul
{
    public required int Version { get; init; }
    public required DateTimeOffset DemandeAt { get; init; }
    public required string Acteur { get; init; }
    public required string Motif { get; init; }
    public int Examinees { get; set; }
    public int Deplacees { get; set; }
    public DateTimeOffset? TermineAt { get; set; }
}

/// <summary>One due date moved by such a change.</summary>
public sealed class LigneRecalcul
{
    public long Id { get; init; }
    public required int Version { get; init; }
    public required Guid CourrierId { get; init; }
    public required DateOnly Avant { get; init; }
    public required DateOnly Apres { get; init; }
}

internal sealed class EntreeCalendrierMapping : IEntityTypeConfiguration<EntreeCalendrier>
{
    public void Configure(EntityTypeBuilder<EntreeCalendrier> builder)
    {
        builder.ToTable("entrees_calendrier", t => t.HasCheckConstraint("ck_entrees_calendrier_dates", "au is null or du <= au"));
        builder.Property(e => e.Id).ValueGeneratedNever();
        builder.Property(e => e.Kind).HasConversion<string>();
    }
}

internal sealed class EtatCalendrierMapping : IEntityTypeConfiguration<EtatCalendrier>
{
    public void Configure(EntityTypeBuilder<EtatCalendrier> builder)
    {
        builder.ToTable("calendriers", t => t.HasCheckConstraint("ck_calendriers_seul", "id = 1"));
        builder.Property(c => c.Id).ValueGeneratedNever();
        builder.HasData(new EtatCalendrier());
    }
}

internal sealed class RecalculMapping : IEntityTypeConfiguration<Recalcul>
{
    public void Configure(EntityTypeBuilder<Recalcul> builder)
    {
        builder.ToTable("recalculs");
        builder.HasKey(r => r.Version);
        builder.Property(r => r.Version).ValueGeneratedNever();
    }
}

internal sealed class LigneRecalculMapping : IEntityTypeConfiguration<LigneRecalcul>
{
    public void Configure(EntityTypeBuilder<LigneRecalcul> builder)
    {
        builder.ToTable("lignes_recalcul");
        builder.Property(l => l.Id).UseIdentityAlwaysColumn();
        builder.HasOne<Recalcul>().WithMany().HasForeignKey(l => l.Version).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(l => new { l.Version, l.Id });
    }
}
