using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Ingestion.Data;

/// <summary>Lets <c>dotnet ef</c> write migrations without a server and without starting the Host.</summary>
public sealed class DesignTime : IDesignTimeDbContextFactory<IngestionDbContext>
{
    public IngestionDbContext CreateDbContext(string[] args)
    {
        var builder = new DbContextOptionsBuilder<IngestionDbContext>();
        DbContexts.Configure(builder, "Host=localhost", IngestionDbContext.SchemaName);
        return new IngestionDbContext(builder.Options, new OutboxSignal());
    }
}
