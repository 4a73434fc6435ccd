using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Fichiers.Antivirus;
using SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Ingestion.Demonstration;
using SuiviCourrier.Ingestion.Formulaires;
using SuiviCourrier.Ingestion.Stock;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Demonstration;
using SuiviCourrier.ServiceDefaults.Schemas;

namespace SuiviCourrier.Ingestion;

/// <summary>What this service brings to a process.</summary>
public static class IngestionService
{
    public static IHostApplicationBuilder AddIngestion(this IHostApplicationBuilder builder, ServiceRoles roles)
    {
        builder.Services.AddSchema<IngestionDbContext>(IngestionDbContext.SchemaName, IngestionDbContext.Role);
        builder.Services.AddScoped<ISeeder, SeedAnnuaire>();
        builder.Services.AddEnregistrement();
        builder.AddTextes(roles);
        builder.AddAntivirus(roles);
        builder.AddAnnuaire();
        builder.Services.AddAccuses();
        builder.AddBoites(roles);
        builder.AddFormulaires();
        builder.Services.AddScoped<TakeStock>();
        builder.Services.AddScoped<IDemoLoader, LoadDemoCourriers>();
        builder.Services.AddScoped<IDemoLoader, DropDemoCourriels>();
        return builder;
    }

    public static IEndpointRouteBuilder MapIngestion(this IEndpointRouteBuilder endpoints) => endpoints.MapEnregistrement().MapBoites().MapAccuses();
}
