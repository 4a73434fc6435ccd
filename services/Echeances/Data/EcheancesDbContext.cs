using Microsoft.EntityFrameworkCore;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Echeances.Data;

public sealed class EcheancesDbContext(DbContextOptions<EcheancesDbContext> options, OutboxSignal signal) : ServiceDbContext(options, signal)
{
    public const string SchemaName = "echeances";
    public const string Role = "courrier_echeances";

    public override string Schema => SchemaName;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(EcheancesDbContext).Assembly);
    }
}
