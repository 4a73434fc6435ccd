using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SuiviCourrier.ServiceDefaults.Messages.RabbitMq;

internal static class RabbitMqRegistration
{
    public static IServiceCollection AddRabbitMq(this IServiceCollection services, ServiceRoles roles)
    {
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RabbitMqBus>(provider, roles));
        services.AddSingleton<IBus>(provider => provider.GetRequiredService<RabbitMqBus>());
        services.AddSingleton<LostDeliveries>();

        // It tells each failed attempt of each of its channels with its stack; what matters of it our link and our consumers say once.
        services.Configure<LoggerFilterOptions>(options => options.AddFilter("MassTransit", LogLevel.Critical));
        if (roles != ServiceRoles.None)
        {
            services.AddHostedService<RabbitMqLink>();
        }

        return services;
    }
}
