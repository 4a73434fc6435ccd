using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Ingestion.Courriers.Register;

namespace SuiviCourrier.Ingestion.Courriers;

public static class EnregistrementRegistration
{
    /// <summary>Registering, correcting and annulling, whatever the door.</summary>
    public static IServiceCollection AddEnregistrement(this IServiceCollection services)
    {
        services.AddScoped<RegisterCourrier>();
        return services;
    }
}
