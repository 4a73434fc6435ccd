using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Echeances.Clocks;

/// <summary>
/// What this service knows of one courrier: the newest state told by each source. A row may begin as a stub, when the portal speaks
/// before the registration is known; nothing is computed before the day of reception is.
/// </summary>
public sealed class Suivi : IVisibleRow
{
    public required Guid CourrierId { get; init; }

    /// <summary>Newest version applied of Ingestion's stream; 0: none yet.</summary>
    public int VersionIngestion { get; private set; }

    /// <summary>Newest version applied of Portail's stream; 0: none yet.</summary>
    public int VersionPortail { get; private set; }

    /// <summary>Last version of our own stream; written by <see cref="FluxEcheances"/> alone.</summary>
    public int VersionPubliee { get; private set; }

    public string? NumeroChrono { get; private set; }
    public Sens? Sens { get; private set; }
    public Canal? Canal { get; private set; }

    /// <summary>Day 0. Null: stub.</summary>
    public DateOnly? RecuLe { get; private set; }

    public CategorieExpediteur? Categorie { get; private set; }
    public NatureCourrier? NatureEnregistree { get; private set; }
    public string? TypeEnregistre { get; private set; }
    public string? ServiceEnregistre { get; private set; }
    public bool IsPourInformation { get; private set; }
    public bool IsSansAccuse { get; private set; }
    public bool IsRestreint { get; private set; }
    public bool IsAnnule { get; private set; }

    /// <summary>State of the accusé d'enregistrement; null until something has become of it.</summary>
    public EtatAccuse? AccuseEnregistrement { get; private set; }

    /// <summary>Day of that state, in the site's zone.</summary>
    public DateOnly? AccuseEnregistrementLe { get; private set; }

    public EtatAccuse? AccuseReception { get; private set; }
    public DateOnly? AccuseReceptionLe { get; private set; }

    /// <summary>Newest version applied that told of each acknowledgement: no other fact of the stream carries its state.</summary>
    public int VersionAccuseEnregistrement { get; private set; }

    public int VersionAccuseReception { get; private set; }

    public EtatCourrier? Etat { get; private set; }
    public string? ServiceDossier { get; private set; }
    public Guid? AgentId { get; private set; }
    public bool IsQualifie { get; private set; }
    public NatureCourrier? NatureQualifiee { get; private set; }
    public string? TypeQualifie { get; private set; }
    public DateOnly? ReponduLe { get; private set; }
    public DateOnly? ClosLe { get; private set; }

    /// <summary>The portal's word, else the service named at registration: whom reminders go to and who sees the pages. No clock depends on it.</summary>
    public string? ServiceInstructeurCode { get; private set; }

    /// <summary>Regime chosen by a person, with a reason; null: the rules choose.</summary>
    public string? RegimeImposeCode { get; private set; }

    public int? RegimeImposeVersion { get; private set; }
    public string? RegimeImposeMotif { get; private set; }

    /// <summary>What an agent has said, else what was said at registration; null while nobody has said anything.</summary>
    public NatureCourrier? Nature =>
        IsQualifie ? NatureQualifiee
        : IsPourInformation ? NatureCourrier.PourInformation
        : NatureEnregistree;

    public string? TypeCode => IsQualifie ? TypeQualifie : TypeEnregistre;

    /// <returns>False when a newer state of this stream has been applied already.</returns>
    public bool Apply(EtatEnregistrement etat, int version)
    {
        if (version <= VersionIngestion)
        {
            return false;
        }

        VersionIngestion = version;
        NumeroChrono = etat.NumeroChrono;
        Sens = etat.Sens;
        Canal = etat.Canal;
        RecuLe = etat.RecuLe;
        Categorie = etat.Categorie;
        NatureEnregistree = etat.Nature;
        TypeEnregistre = etat.TypeCode;
        ServiceEnregistre = etat.ServiceCode;
        IsPourInformation = etat.IsPourInformation;
        IsSansAccuse = etat.IsSansAccuse;
        IsRestreint = etat.IsRestreint;
        IsAnnule = etat.IsAnnule;
        ServiceInstructeurCode = ServiceDossier ?? ServiceEnregistre;
        return true;
    }

    /// <returns>False when a newer state of this stream has been applied already.</returns>
    public bool Apply(EtatDossier etat, int version)
    {
        if (version <= VersionPortail)
        {
            return false;
        }

        VersionPortail = version;
        Etat = etat.Etat;
        ServiceDossier = etat.ServiceInstructeurCode;
        AgentId = etat.AgentId;
        IsQualifie = etat.IsQualifie;
        NatureQualifiee = etat.Nature;
        TypeQualifie = etat.TypeCode;
        ReponduLe = etat.ReponduLe;
        ClosLe = etat.ClosLe;
        ServiceInstructeurCode = ServiceDossier ?? ServiceEnregistre;
        return true;
    }

    /// <returns>False when a newer state of this acknowledgement has been applied already.</returns>
    public bool Apply(KindAccuse kind, EtatAccuse etat, DateOnly le, int version)
    {
        switch (kind)
        {
            case KindAccuse.Enregistrement when version > VersionAccuseEnregistrement:
                (VersionAccuseEnregistrement, AccuseEnregistrement, AccuseEnregistrementLe) = (version, etat, le);
                return true;
            case KindAccuse.Reception when version > VersionAccuseReception:
                (VersionAccuseReception, AccuseReception, AccuseReceptionLe) = (version, etat, le);
                return true;
            case KindAccuse.Enregistrement or KindAccuse.Reception:
                return false;
        }

        throw new System.Diagnostics.UnreachableException();
    }

    public void Impose(string code, int version, string motif)
    {
        RegimeImposeCode = code;
        RegimeImposeVersion = version;
        RegimeImposeMotif = motif;
    }

    public void LetTheRulesChoose()
    {
        RegimeImposeCode = null;
        RegimeImposeVersion = null;
        RegimeImposeMotif = null;
    }
}

internal sealed class SuiviMapping : IEntityTypeConfiguration<Suivi>
{
    public void Configure(EntityTypeBuilder<Suivi> builder)
    {
        builder.ToTable("suivis");
        builder.HasKey(s => s.CourrierId);
        builder.Property(s => s.CourrierId).ValueGeneratedNever();
        builder.Property(s => s.VersionPubliee).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
        builder.Property(s => s.Sens).HasConversion<string>();
        builder.Property(s => s.Canal).HasConversion<string>();
        builder.Property(s => s.Categorie).HasConversion<string>();
        builder.Property(s => s.NatureEnregistree).HasConversion<string>();
        builder.Property(s => s.NatureQualifiee).HasConversion<string>();
        builder.Property(s => s.Etat).HasConversion<string>();
        builder.Property(s => s.AccuseEnregistrement).HasConversion<string>();
        builder.Property(s => s.AccuseReception).HasConversion<string>();
    }
}
