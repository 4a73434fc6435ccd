using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Echeances.Calendriers;
using SuiviCourrier.Echeances.Clocks;
using SuiviCourrier.Echeances.Regles;
using SuiviCourrier.Echeances.Relances;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Echeances.Data;

public sealed class EcheancesDbContext(DbContextOptions<EcheancesDbContext> options, OutboxSignal signal) : ServiceDbContext(options, signal)
{
    public const string SchemaName = "echeances";
    public const string Role = "courrier_echeances";

    public override string Schema => SchemaName;

    public DbSet<Suivi> Suivis => Set<Suivi>();
    public DbSet<Horloge> Horloges => Set<Horloge>();
    public DbSet<Etape> Etapes => Set<Etape>();
    public DbSet<LigneRelance> LignesRelance => Set<LigneRelance>();
    public DbSet<RegleRegime> Regimes => Set<RegleRegime>();
    public DbSet<RegleEtape> EtapesRegimes => Set<RegleEtape>();
    public DbSet<RegleSilenceRow> ReglesSilence => Set<RegleSilenceRow>();
    public DbSet<RegleAccuseRow> ReglesAccuse => Set<RegleAccuseRow>();
    public DbSet<EtatCalendrier> Calendriers => Set<EtatCalendrier>();
    public DbSet<EntreeCalendrier> EntreesCalendrier => Set<EntreeCalendrier>();
    public DbSet<Recalcul> Recalculs => Set<Recalcul>();
    public DbSet<LigneRecalcul> LignesRecalcul => Set<LigneRecalcul>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(EcheancesDbContext).Assembly);
    }
}
