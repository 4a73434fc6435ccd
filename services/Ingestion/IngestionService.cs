using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.Ingestion;

/// <summary>What this service brings to a process.</summary>
public static class IngestionService
{
    public static IHostApplicationBuilder AddIngestion(this IHostApplicationBuilder builder, ServiceRoles roles)
    {
        builder.Services.AddSchema<IngestionDbContext>(IngestionDbContext.SchemaName, IngestionDbContext.Role);
        return builder;
    }

    public static IEndpointRouteBuilder MapIngestion(this IEndpointRouteBuilder endpoints) => endpoints;
}
