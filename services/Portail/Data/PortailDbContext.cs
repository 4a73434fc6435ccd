using Microsoft.EntityFrameworkCore;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Portail.Data;

public sealed class PortailDbContext(DbContextOptions<PortailDbContext> options, OutboxSignal signal) : ServiceDbContext(options, signal)
{
    public const string SchemaName = "portail";
    public const string Role = "courrier_portail";

    public override string Schema => SchemaName;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(PortailDbContext).Assembly);
    }
}
