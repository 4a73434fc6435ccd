using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SuiviCourrier.Echeances.Calendriers;
using SuiviCourrier.Echeances.Clocks;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.Echeances.Jobs;
using SuiviCourrier.Echeances.Regles;
using SuiviCourrier.Echeances.Relances;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Health;

namespace SuiviCourrier.Echeances;

/// <summary>What this service brings to a process.</summary>
public static class EcheancesService
{
    public static IHostApplicationBuilder AddEcheances(this IHostApplicationBuilder builder, ServiceRoles roles)
    {
        builder.Services.AddSchema<EcheancesDbContext>(EcheancesDbContext.SchemaName, EcheancesDbContext.Role);
        builder.Services.AddRegles();
        builder.Services.AddCalendriers();
        builder.Services.AddClocks();
        builder.Services.AddRelances(builder.Configuration);
        builder.Services.AddHangfireScheduling(roles);
        builder.Services.AddHealthChecks().AddControle<SchedulerCheck>("taches");
        return builder;
    }

    public static IEndpointRouteBuilder MapEcheances(this IEndpointRouteBuilder endpoints) => endpoints.MapHangfireReadOnly();
}
