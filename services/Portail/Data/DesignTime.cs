using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Portail.Data;

/// <summary>Lets <c>dotnet ef</c> write migrations without a server and without starting the Host.</summary>
public sealed class DesignTime : IDesignTimeDbContextFactory<PortailDbContext>
{
    public PortailDbContext CreateDbContext(string[] args)
    {
        var builder = new DbContextOptionsBuilder<PortailDbContext>();
        DbContexts.Configure(builder, "Host=localhost", PortailDbContext.SchemaName);
        return new PortailDbContext(builder.Options, new OutboxSignal());
    }
}
