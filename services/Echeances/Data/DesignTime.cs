using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Echeances.Data;

/// <summary>Lets <c>dotnet ef</c> write migrations without a server and without starting the Host.</summary>
public sealed class DesignTime : IDesignTimeDbContextFactory<EcheancesDbContext>
{
    public EcheancesDbContext CreateDbContext(string[] args)
    {
        var builder = new DbContextOptionsBuilder<EcheancesDbContext>();
        DbContexts.Configure(builder, "Host=localhost", EcheancesDbContext.SchemaName);
        return new EcheancesDbContext(builder.Options, new OutboxSignal());
    }
}
