using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Contracts.Echeances;
using SuiviCourrier.Delais;

namespace SuiviCourrier.Echeances.Clocks;

/// <summary>Why a clock no longer runs.</summary>
public enum MotifArret
{
    /// <summary>Answered on the merits.</summary>
    Repondu,

    /// <summary>Closed without an answer, forwarded or archived.</summary>
    Clos,

    /// <summary>Its registration was annulled.</summary>
    Annule,

    /// <summary>No answer is expected any more: for information, act transmitted, regime without delay.</summary>
    SansReponse,

    /// <summary>The acknowledgement has left.</summary>
    Accuse,

    /// <summary>An acknowledgement that is not owed, with its reason, or a silence without effect since the courrier was qualified anew.</summary>
    SansObjet,
}

/// <summary>A clock of a courrier: its rule, its last day, and how that day was found.</summary>
public sealed class Horloge
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid CourrierId { get; init; }
    public required KindEcheance Kind { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }

    public string RegimeCode { get; set; } = "";
    public int RegimeVersion { get; set; }
    public string RegimeLibelle { get; set; } = "";

    /// <summary>A person chose the regime, with a reason.</summary>
    public bool IsImpose { get; set; }

    /// <summary>Day 0.</summary>
    public DateOnly BaseLe { get; set; }

    /// <summary>Last day on which the answer is in time; it ends when that day ends in the site's zone. Of a silence: day of the implicit decision.</summary>
    public DateOnly DueOn { get; set; }

    /// <summary>Our goal, when it is earlier than <see cref="DueOn"/>: only acknowledgements have one.</summary>
    public DateOnly? ObjectifLe { get; set; }

    /// <summary>The computation in words, as it was made.</summary>
    public string Calcul { get; set; } = "";

    public int CalendrierVersion { get; set; }
    public bool IsProjection { get; set; }

    /// <summary>Null while it runs.</summary>
    public DateOnly? ClosedOn { get; set; }

    public MotifArret? MotifArret { get; set; }

    /// <summary>When the sweep saw the present due date pass without an answer.</summary>
    public DateTimeOffset? MissedAt { get; set; }

    public List<Etape> Etapes { get; } = [];

    public bool IsOpen => ClosedOn is null;
}

public enum EtatEtape
{
    Prevue,

    /// <summary>Its effect was written with this state: it never fires again.</summary>
    Declenchee,

    /// <summary>Already past when the clock opened or moved, below a higher one: never sent.</summary>
    Depassee,

    /// <summary>The clock closed or its due date moved.</summary>
    Annulee,
}

/// <summary>A reminder or escalation of a clock for one due date. Unique on (clock, due date, code): a moved date has steps of its own.</summary>
public sealed class Etape
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid HorlogeId { get; init; }
    public required Guid CourrierId { get; init; }
    public required DateOnly DueOn { get; init; }
    public required string Code { get; init; }
    public int Rang { get; set; }

    /// <summary>Working days from the due date; not negative: on the day or after it.</summary>
    public int Decalage { get; set; }

    public string Libelle { get; set; } = "";
    public DateOnly PrevueLe { get; set; }
    public DestinataireEtape Destinataire { get; set; }
    public EtatEtape Etat { get; set; }
    public DateTimeOffset? FiredAt { get; set; }
}

internal sealed class HorlogeMapping : IEntityTypeConfiguration<Horloge>
{
    public void Configure(EntityTypeBuilder<Horloge> builder)
    {
        builder.ToTable("horloges", t => t.HasCheckConstraint("ck_horloges_arret", "(closed_on is null) = (motif_arret is null)"));
        builder.Property(h => h.Id).ValueGeneratedNever();
        builder.Property(h => h.Kind).HasConversion<string>();
        builder.Property(h => h.MotifArret).HasConversion<string>();
        builder.HasOne<Suivi>().WithMany().HasForeignKey(h => h.CourrierId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(h => new { h.CourrierId, h.Kind }).IsUnique();
        builder.HasIndex(h => h.DueOn).HasFilter("kind = 'Reponse' and closed_on is null and missed_at is null");
        builder.HasIndex(h => h.CalendrierVersion).HasFilter("closed_on is null");
        builder.HasMany(h => h.Etapes).WithOne().HasForeignKey(e => e.HorlogeId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class EtapeMapping : IEntityTypeConfiguration<Etape>
{
    public void Configure(EntityTypeBuilder<Etape> builder)
    {
        builder.ToTable("etapes", t => t.HasCheckConstraint("ck_etapes_declenchee", "(etat = 'Declenchee') = (fired_at is not null)"));
        builder.Property(e => e.Id).ValueGeneratedNever();
        builder.Property(e => e.Etat).HasConversion<string>();
        builder.Property(e => e.Destinataire).HasConversion<string>();
        builder.HasIndex(e => new { e.HorlogeId, e.DueOn, e.Code }).IsUnique();
        builder.HasIndex(e => e.PrevueLe).HasFilter("etat = 'Prevue'");
        builder.HasIndex(e => e.CourrierId);
    }
}
