using Microsoft.EntityFrameworkCore;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Ingestion.Data;

public sealed class IngestionDbContext(DbContextOptions<IngestionDbContext> options, OutboxSignal signal) : ServiceDbContext(options, signal)
{
    public const string SchemaName = "ingestion";
    public const string Role = "courrier_ingestion";

    public override string Schema => SchemaName;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(IngestionDbContext).Assembly);
    }
}
