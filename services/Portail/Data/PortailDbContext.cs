using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Comptes;
using SuiviCourrier.Portail.Comptes.ClesApi;
using SuiviCourrier.Portail.Dossiers;
using SuiviCourrier.Portail.Registre;
using SuiviCourrier.Portail.Reponses;
using SuiviCourrier.Portail.Taches;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Portail.Data;

public sealed class PortailDbContext(DbContextOptions<PortailDbContext> options, OutboxSignal signal)
    : ServiceDbContext(options, signal), IDataProtectionKeyContext
{
    public const string SchemaName = "portail";
    public const string Role = "courrier_portail";

    public override string Schema => SchemaName;

    public DbSet<Compte> Comptes => Set<Compte>();
    public DbSet<CleApi> ClesApi => Set<CleApi>();
    public DbSet<Dossier> Dossiers => Set<Dossier>();
    public DbSet<Reponse> Reponses => Set<Reponse>();
    public DbSet<Tache> Taches => Set<Tache>();

    /// <summary>What Ingestion publishes of the words of courriers; a right to see the courrier is asked of <see cref="Dossiers"/>.</summary>
    public DbSet<MotsLus> Mots => Set<MotsLus>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>
    /// The one definition of late, as every list and indicator calls it: open, not answered on the merits, past its date. Runs in
    /// the database (<c>portail.is_en_retard</c>).
    /// </summary>
    public static bool IsEnRetard(EtatCourrier etat, DateOnly? dueOn, DateOnly? reponduLe, DateOnly today) =>
        throw new NotSupportedException("Only inside a query");

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(PortailDbContext).Assembly);
        var isEnRetard = modelBuilder.HasDbFunction(() => IsEnRetard(default, default, default, default)).HasName("is_en_retard").HasSchema(SchemaName);
        isEnRetard.HasParameter("etat").HasStoreType("text");
        modelBuilder.Entity<IdentityUserClaim<Guid>>().ToTable("comptes_claims");
        modelBuilder.Entity<IdentityUserLogin<Guid>>(login =>
        {
            login.ToTable("comptes_logins");
            login.HasKey(l => new { l.LoginProvider, l.ProviderKey });
        });
        modelBuilder.Entity<IdentityUserToken<Guid>>(token =>
        {
            token.ToTable("comptes_tokens");
            token.HasKey(t => new { t.UserId, t.LoginProvider, t.Name });
        });
        modelBuilder.Entity<MotsLus>().HasNoKey().ToView("lecture_mots", "ingestion");
        modelBuilder.Entity<DataProtectionKey>().ToTable("cles_protection");
    }
}
