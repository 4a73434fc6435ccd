using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SuiviCourrier.ServiceDefaults;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

public static class BoitesRegistration
{
    public static IHostApplicationBuilder AddBoites(this IHostApplicationBuilder builder, ServiceRoles roles)
    {
        builder.Services.Configure<ReleveOptions>(builder.Configuration.GetSection("Releve"));
        builder.Services.Configure<List<BoiteOptions>>(builder.Configuration.GetSection("Boites"));
        builder.Services.AddScoped<ReceiveMessage>();
        if (roles.HasFlag(ServiceRoles.Ingestion))
        {
            builder.Services.AddHostedService<CollectBoites>();
        }

        return builder;
    }
}
