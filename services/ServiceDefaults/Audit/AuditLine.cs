using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SuiviCourrier.ServiceDefaults.Audit;

/// <summary>One change: who, when, what, before, after, why. Written in the transaction of the change; never updated nor deleted.</summary>
public sealed class AuditLine
{
    public long Id { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Identifier of the account, or the name of the automatic process.</summary>
    public required string Acteur { get; init; }

    public required string Action { get; init; }

    /// <summary>Null for what concerns no courrier (a calendar, an account).</summary>
    public Guid? CourrierId { get; init; }

    /// <summary>Kind and identifier of the row changed, as <c>dossier:0193…</c>.</summary>
    public required string Objet { get; init; }

    public string? Avant { get; init; }
    public string? Apres { get; init; }
    public string? Motif { get; init; }
}

internal sealed class AuditLineMapping : IEntityTypeConfiguration<AuditLine>
{
    public void Configure(EntityTypeBuilder<AuditLine> builder)
    {
        builder.ToTable("journal");
        builder.Property(l => l.Id).UseIdentityAlwaysColumn();
        builder.HasIndex(l => new { l.CourrierId, l.Id });
    }
}
