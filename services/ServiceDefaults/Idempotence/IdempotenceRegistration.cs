using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.ServiceDefaults.Jobs;

namespace SuiviCourrier.ServiceDefaults.Idempotence;

public static class IdempotenceRegistration
{
    public static IServiceCollection AddIdempotence(this IServiceCollection services)
    {
        services.AddScoped<PurgeClesIdempotenceJob>();
        services.AddSingleton(new RecurringJob("messagerie.cles-idempotence", "Oublier les clés d’idempotence de plus de 90 jours", "41 3 * * *", typeof(PurgeClesIdempotenceJob)));
        return services;
    }
}
