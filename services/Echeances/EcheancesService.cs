using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.Echeances;

/// <summary>What this service brings to a process.</summary>
public static class EcheancesService
{
    public static IHostApplicationBuilder AddEcheances(this IHostApplicationBuilder builder, ServiceRoles roles)
    {
        builder.Services.AddSchema<EcheancesDbContext>(EcheancesDbContext.SchemaName, EcheancesDbContext.Role);
        return builder;
    }

    public static IEndpointRouteBuilder MapEcheances(this IEndpointRouteBuilder endpoints) => endpoints;
}
