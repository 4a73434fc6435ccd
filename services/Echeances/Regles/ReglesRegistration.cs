using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.ServiceDefaults.Schemas;

namespace SuiviCourrier.Echeances.Regles;

public static class ReglesRegistration
{
    public static IServiceCollection AddRegles(this IServiceCollection services) =>
        services.AddSingleton<RegimesCourants>().AddScoped<ISeeder, SeedRegles>();
}
