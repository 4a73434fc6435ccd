using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace SuiviCourrier.ServiceDefaults.Data;

/// <summary>Lets <c>dotnet ef</c> write migrations without a server and without starting the Host.</summary>
public sealed class DesignTime : IDesignTimeDbContextFactory<MessagerieDbContext>
{
    public MessagerieDbContext CreateDbContext(string[] args)
    {
        var builder = new DbContextOptionsBuilder<MessagerieDbContext>();
        DbContexts.Configure(builder, "Host=localhost", MessagerieDbContext.SchemaName);
        return new MessagerieDbContext(builder.Options);
    }
}
