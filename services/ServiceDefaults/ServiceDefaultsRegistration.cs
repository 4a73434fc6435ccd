using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Demonstration;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Health;
using SuiviCourrier.ServiceDefaults.Idempotence;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.ServiceDefaults.Messages.RabbitMq;
using SuiviCourrier.ServiceDefaults.Schemas;
using SuiviCourrier.ServiceDefaults.Telemetry;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.ServiceDefaults;

public static class ServiceDefaultsRegistration
{
    /// <summary>The plumbing every service shares. <paramref name="connectionStrings"/> is known by now: embedded or configured.</summary>
    public static IHostApplicationBuilder AddServiceDefaults(this IHostApplicationBuilder builder, ConnectionStrings connectionStrings, ServiceRoles roles)
    {
        var services = builder.Services;
        services.AddSingleton(connectionStrings);
        services.Configure<DemonstrationOptions>(builder.Configuration.GetSection("Demonstration"));
        services.Configure<MessagesOptions>(builder.Configuration.GetSection("Messages"));
        var shift = builder.Configuration.GetValue("Horloge:Decalage", TimeSpan.Zero);
        services.TryAddSingleton(shift == TimeSpan.Zero ? TimeProvider.System : new ShiftedTimeProvider(shift));
        services.AddSingleton(provider => new ClockGuard(TimeProvider.System, provider.GetRequiredService<ILogger<ClockGuard>>()));
        services.AddSingleton<SiteCourant>();
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<Pulse>();
        services.AddSchema<MessagerieDbContext>(MessagerieDbContext.SchemaName, MessagerieDbContext.Role);
        services.AddSingleton<SchemaMigrator>();
        services.AddSingleton<SeedRunner>();
        services.AddSingleton<ConsumerDispatcher>();
        services.AddSingleton<FailedDeliveries>();
        services.AddScoped<Echecs>();
        if (builder.Configuration["Messages:Transport"] == RabbitMqBus.TransportName)
        {
            services.AddRabbitMq(roles);
        }
        else
        {
            services.AddSingleton<IBus, InterneBus>();
        }

        services.AddFichiers(TimeProvider.System);
        services.AddIdempotence();
        builder.AddCourriels(roles);
        if (roles != ServiceRoles.None)
        {
            services.AddHostedService<OutboxRelay>();
        }

        builder.AddSante();
        builder.AddTelemetry(roles);
        return builder;
    }
}
