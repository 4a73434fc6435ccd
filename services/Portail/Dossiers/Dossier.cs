using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Comptes;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Dossiers;

/// <summary>
/// The work on one courrier. Its state, service, agent, qualification and dates are the truth, changed by commands only; what
/// stands under « copies » is copied for the lists from Ingestion and Echeances, and may be rebuilt at any time.
/// </summary>
public sealed class Dossier : IVisibleRow
{
    public required Guid CourrierId { get; init; }

    // The truth of the portal.
    public EtatCourrier Etat { get; set; }
    public string? ServiceInstructeurCode { get; set; }

    /// <summary>An agent has chosen the service: a correction of the registration no longer changes it.</summary>
    public bool IsAffecte { get; set; }

    public Guid? AgentId { get; set; }

    /// <summary>An agent has said what it is: a correction of the registration no longer changes nature and type.</summary>
    public bool IsQualifie { get; set; }

    public NatureCourrier? Nature { get; set; }
    public string? TypeCode { get; set; }
    public DateOnly? ReponduLe { get; set; }
    public DateOnly? ClosLe { get; set; }
    public MotifCloture? MotifCloture { get; set; }

    /// <summary>Version of this courrier in the portal's stream of facts; a page sends back the one it showed.</summary>
    public int StreamVersion { get; set; }

    // Copies of Ingestion.
    public int VersionIngestion { get; set; }
    public string SiteCode { get; set; } = "";
    public string NumeroChrono { get; set; } = "";
    public string Objet { get; set; } = "";
    public string ExpediteurNom { get; set; } = "";
    public string? ExpediteurFonction { get; set; }
    public CategorieExpediteur ExpediteurCategorie { get; set; }
    public Canal Canal { get; set; }
    public DateOnly RecuLe { get; set; }
    public DateTimeOffset EnregistreLe { get; set; }
    public bool IsRestreint { get; set; }
    public bool IsPourInformation { get; set; }

    /// <summary>State of the accusé de réception, else of that of the registration; null while there is none.</summary>
    public EtatAccuse? AccuseEtat { get; set; }
    public int VersionAccuse { get; set; }

    // Copies of Echeances.
    public int VersionEcheances { get; set; }

    /// <summary>Last day for the answer on the merits; null without an answer clock.</summary>
    public DateOnly? DueOn { get; set; }
    public string? RegimeCode { get; set; }

    /// <summary>Sort key of what is due: never null, so that a page follows a cursor.</summary>
    public DateOnly TriLe { get; private set; }

    public uint Version { get; private set; }

    /// <summary>
    /// Transaction that last wrote what the change feed tells of it (<c>pg_current_xact_id()</c>, by a trigger, whoever writes). Sequences are
    /// not in the order of commits; below the oldest transaction still running, transactions are all finished.
    /// </summary>
    public ulong TransactionId { get; private set; }

    public bool IsOuvert => EtatsCourrier.Ouverts.Contains(Etat);

    /// <summary>The next position in the portal's stream: one per fact published.</summary>
    public int NextVersion() => ++StreamVersion;

    /// <summary>A service has it; an agent of it works on it when one is named.</summary>
    public void AssignTo(string service, Guid? agentId)
    {
        (ServiceInstructeurCode, AgentId, IsAffecte) = (service, agentId, true);
        if (Etat != EtatCourrier.EnAttentePieces)
        {
            Etat = agentId is null ? EtatCourrier.Affecte : EtatCourrier.EnInstruction;
        }
    }

    /// <summary>An answer on the merits closes the work.</summary>
    public void AnswerOn(DateOnly day) => (Etat, ReponduLe, ClosLe) = (EtatCourrier.Repondu, day, day);

    public void CloseWithoutAnswer(MotifCloture motif, DateOnly day) =>
        (Etat, MotifCloture, ClosLe) = (EtatCourrier.ClasseSansSuite, motif, day);

    /// <summary>Back to work, where it stood; the answers given stay.</summary>
    public void Reopen()
    {
        (ReponduLe, ClosLe, MotifCloture) = (null, null, null);
        Etat = AgentId is not null ? EtatCourrier.EnInstruction
            : ServiceInstructeurCode is not null ? EtatCourrier.Affecte
            : EtatCourrier.Enregistre;
    }

    public EtatDossier ToEtat() => new()
    {
        Etat = Etat,
        ServiceInstructeurCode = ServiceInstructeurCode,
        AgentId = AgentId,
        IsQualifie = IsQualifie,
        Nature = Nature,
        TypeCode = TypeCode,
        ReponduLe = ReponduLe,
        ClosLe = ClosLe,
    };
}

/// <summary>Why a courrier is closed without an answer.</summary>
public enum MotifCloture
{
    /// <summary>Already registered under another number.</summary>
    Doublon,

    /// <summary>The sender no longer asks for anything.</summary>
    DemandeRetiree,

    /// <summary>Nothing is asked.</summary>
    SansDemande,

    /// <summary>Neither name nor address to answer to (CRPA, L112-10 does not oblige).</summary>
    SansAdresse,

    /// <summary>Abusive by number or repetition (CRPA, L112-11, last paragraph).</summary>
    Abusif,

    /// <summary>Dealt with otherwise: a decision or a meeting took its place.</summary>
    TraiteAutrement,
}

internal sealed class DossierMapping : IEntityTypeConfiguration<Dossier>
{
    private const string Ouvert = "etat in ('Enregistre', 'Affecte', 'EnInstruction', 'EnAttentePieces')";

    public void Configure(EntityTypeBuilder<Dossier> builder)
    {
        builder.ToTable("dossiers", t =>
        {
            t.HasCheckConstraint("ck_dossiers_repondu", "(etat <> 'Repondu') or (repondu_le is not null)");
            t.HasCheckConstraint("ck_dossiers_ouvert", $"not ({Ouvert}) or (repondu_le is null and clos_le is null)");
            t.HasCheckConstraint("ck_dossiers_motif", "(etat = 'ClasseSansSuite') = (motif_cloture is not null)");
        });
        builder.HasKey(d => d.CourrierId);
        builder.Property(d => d.CourrierId).ValueGeneratedNever();
        builder.Property(d => d.Etat).HasConversion<string>();
        builder.Property(d => d.Nature).HasConversion<string>();
        builder.Property(d => d.MotifCloture).HasConversion<string>();
        builder.Property(d => d.ExpediteurCategorie).HasConversion<string>();
        builder.Property(d => d.Canal).HasConversion<string>();
        builder.Property(d => d.AccuseEtat).HasConversion<string>();
        builder.Property(d => d.TriLe).HasComputedColumnSql("coalesce(due_on, '9999-12-31'::date)", stored: true);
        builder.Property(d => d.Version).IsRowVersion();
        builder.Property(d => d.TransactionId).HasColumnType("xid8").HasDefaultValueSql("pg_current_xact_id()").ValueGeneratedOnAddOrUpdate();
        builder.Ignore(d => d.IsOuvert);
        builder.HasOne<Compte>().WithMany().HasForeignKey(d => d.AgentId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(d => d.NumeroChrono).HasDatabaseName("ix_dossiers_chrono");
        builder.HasIndex(d => d.EnregistreLe).HasDatabaseName("ix_dossiers_enregistre_le");
        builder.HasIndex(d => new { d.TriLe, d.CourrierId }).HasDatabaseName("ix_dossiers_ouverts_par_echeance").HasFilter(Ouvert);
        builder.HasIndex(d => new { d.ServiceInstructeurCode, d.TriLe, d.CourrierId }).HasDatabaseName("ix_dossiers_ouverts_par_service").HasFilter(Ouvert);
        builder.HasIndex(d => new { d.AgentId, d.TriLe }).HasDatabaseName("ix_dossiers_ouverts_par_agent").HasFilter(Ouvert);
        builder.HasIndex(d => new { d.TriLe, d.CourrierId }, "ix_dossiers_par_echeance");
        builder.HasIndex(d => new { d.TransactionId, d.CourrierId }).HasDatabaseName("ix_dossiers_changements");
        builder.HasIndex(d => d.DueOn).HasDatabaseName("ix_dossiers_due_on");
    }
}
