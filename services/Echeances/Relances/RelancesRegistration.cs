using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.ServiceDefaults.Jobs;

namespace SuiviCourrier.Echeances.Relances;

public static class RelancesRegistration
{
    public static IServiceCollection AddRelances(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection("Relances");
        services.Configure<RelancesOptions>(section);
        services.AddScoped<QueueRelances>();
        services.AddScoped<RelancesJob>();
        services.AddSingleton<ICourrielComposer, RelancesComposer>();
        services.AddSingleton(new RecurringJob(
            "echeances.relances", "Relances, escalades et échéances dépassées", section["Cron"] ?? new RelancesOptions().Cron, typeof(RelancesJob)));
        return services;
    }
}
