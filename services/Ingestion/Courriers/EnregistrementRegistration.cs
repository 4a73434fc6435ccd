using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Annuaire.Fonctions;
using SuiviCourrier.Ingestion.Courriers.Annul;
using SuiviCourrier.Ingestion.Courriers.Correct;
using SuiviCourrier.Ingestion.Courriers.Fichiers;
using SuiviCourrier.Ingestion.Courriers.Register;

namespace SuiviCourrier.Ingestion.Courriers;

public static class EnregistrementRegistration
{
    /// <summary>Registering, correcting and annulling, whatever the door.</summary>
    public static IServiceCollection AddEnregistrement(this IServiceCollection services)
    {
        services.AddScoped<AnnuaireExpediteurs>();
        services.AddScoped<ListesAnnuaire>();
        services.AddScoped<TitresTenus>();
        services.AddScoped<CourriersEnregistres>();
        services.AddScoped<EcheancesPubliees>();
        services.AddScoped<ScansRecus>();
        services.AddScoped<CodesAnnuaire>();
        services.AddScoped<ActeursEnMots>();
        services.AddScoped<RegisterCourrier>();
        services.AddScoped<DelaiAnnonce>();
        services.AddSingleton<ReglesPubliees>();
        services.AddScoped<CorrectCourrier>();
        services.AddScoped<AnnulerEnregistrement>();
        services.AddScoped<RedirectAccuse>();
        return services;
    }

    public static IEndpointRouteBuilder MapEnregistrement(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapFichiers();
        endpoints.MapRegister();
        return endpoints;
    }
}
