using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Ingestion.Accuses.ATraiter;
using SuiviCourrier.Ingestion.Accuses.ATraiter.Decide;
using SuiviCourrier.Ingestion.Accuses.Impression;
using SuiviCourrier.Ingestion.Accuses.Modeles;
using SuiviCourrier.ServiceDefaults.Courriels;

namespace SuiviCourrier.Ingestion.Accuses;

public static class AccusesRegistration
{
    /// <summary>Acknowledgements, by e-mail and on paper.</summary>
    public static IServiceCollection AddAccuses(this IServiceCollection services)
    {
        services.AddSingleton<IReadOnlyList<Modele>>(_ => Modele.Load(Path.Combine(AppContext.BaseDirectory, "seeds", "modeles")));
        services.AddSingleton<ModeleRenderer>(_ => new ModeleRenderer());
        services.AddScoped<TexteAccuse>();
        services.AddScoped<PlafondsAccuses>();
        services.AddScoped<ICourrielComposer, AccuseComposer>();
        services.AddScoped<AccusesATraiter>();
        services.AddScoped<ResendAccuse>();
        services.AddScoped<LotsImpression>();
        services.AddScoped<PrepareLot>();
        services.AddScoped<MarkPrinted>();
        return services;
    }

    public static IEndpointRouteBuilder MapAccuses(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapLettres();
        return endpoints;
    }
}
