using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SuiviCourrier.Portail.Changements;
using SuiviCourrier.Portail.Comptes;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Demonstration;
using SuiviCourrier.Portail.Dossiers;
using SuiviCourrier.Portail.Dossiers.Answer;
using SuiviCourrier.Portail.Dossiers.Assign;
using SuiviCourrier.Portail.Dossiers.Show;
using SuiviCourrier.Portail.Listes;
using SuiviCourrier.Portail.Reponses;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Demonstration;

namespace SuiviCourrier.Portail;

/// <summary>What this service brings to a process.</summary>
public static class PortailService
{
    public static IHostApplicationBuilder AddPortail(this IHostApplicationBuilder builder, ServiceRoles roles)
    {
        builder.Services.AddSchema<PortailDbContext>(PortailDbContext.SchemaName, PortailDbContext.Role, plansEachTime: true);
        builder.Services.AddScoped<IDemoLoader, LoadDemoComptes>();
        builder.Services.AddScoped<IDemoLoader, PlayDemoSuites>();
        return builder.AddComptes().AddDossiers();
    }

    public static IEndpointRouteBuilder MapPortail(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapList();
        endpoints.MapRead();
        endpoints.MapAssign();
        endpoints.MapAnswer();
        endpoints.MapFeed();
        return endpoints.MapReponses();
    }
}
