using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Portail.Comptes;

/// <summary>A person who signs in: one role, one service. Never deleted, because the audit names it: deactivated.</summary>
public sealed class Compte : IdentityUser<Guid>
{
    public Compte() => Id = Guid.CreateVersion7();

    /// <summary>First name and name, as colleagues read it.</summary>
    public required string Nom { get; set; }

    public required RoleAgent Role { get; set; }

    /// <summary>Service of the person; the perimeter is this service and what is below it.</summary>
    public required string ServiceCode { get; set; }

    public bool IsActif { get; set; } = true;

    /// <summary>Of the demonstration, with a password known to all: signs in only where the demonstration runs.</summary>
    public bool IsDemonstration { get; init; }
}

internal sealed class CompteMapping : IEntityTypeConfiguration<Compte>
{
    public void Configure(EntityTypeBuilder<Compte> builder)
    {
        builder.ToTable("comptes", t => t.HasCheckConstraint("ck_comptes_role", "role <> 'Programme'"));
        builder.Property(c => c.Nom).HasMaxLength(200);
        builder.Property(c => c.Role).HasConversion<string>();
        builder.Property(c => c.ServiceCode).HasMaxLength(30);
        builder.Property(c => c.UserName).HasMaxLength(256);
        builder.Property(c => c.NormalizedUserName).HasMaxLength(256);
        builder.Property(c => c.Email).HasMaxLength(256);
        builder.Property(c => c.NormalizedEmail).HasMaxLength(256);
        builder.Property(c => c.ConcurrencyStamp).IsConcurrencyToken();
        builder.HasIndex(c => c.NormalizedUserName).IsUnique();
        builder.HasIndex(c => c.NormalizedEmail).IsUnique();
        builder.HasIndex(c => c.ServiceCode);
        builder.HasMany<IdentityUserClaim<Guid>>().WithOne().HasForeignKey(c => c.UserId);
        builder.HasMany<IdentityUserLogin<Guid>>().WithOne().HasForeignKey(l => l.UserId);
        builder.HasMany<IdentityUserToken<Guid>>().WithOne().HasForeignKey(t => t.UserId);
    }
}
