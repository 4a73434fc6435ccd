using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SuiviCourrier.Ingestion.BoitesFonctionnelles.Etat;
using SuiviCourrier.Ingestion.BoitesFonctionnelles.Gestion;
using SuiviCourrier.Ingestion.BoitesFonctionnelles.MisDeCote;
using SuiviCourrier.Ingestion.BoitesFonctionnelles.Releve;
using SuiviCourrier.Ingestion.BoitesFonctionnelles.Secrets;
using SuiviCourrier.ServiceDefaults;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

public static class BoitesRegistration
{
    public static IHostApplicationBuilder AddBoites(this IHostApplicationBuilder builder, ServiceRoles roles)
    {
        builder.Services.Configure<ReleveOptions>(builder.Configuration.GetSection("Releve"));
        builder.Services.Configure<List<BoiteOptions>>(builder.Configuration.GetSection("Boites"));
        builder.Services.AddSingleton<Coffre>();
        builder.Services.AddSingleton<MotsDePasseBoites>();
        builder.Services.AddSingleton<JetonsOAuth>();

        // A redirection would carry the secret of our application elsewhere.
        builder.Services.AddHttpClient(JetonsOAuth.Client, http => http.MaxResponseContentBufferSize = 64 << 10)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        builder.Services.AddScoped<DeclareBoites>();
        builder.Services.AddScoped<KeepJournees>();
        builder.Services.AddScoped<ArriveesBoites>();
        builder.Services.AddScoped<ComptesDuJour>();
        builder.Services.AddScoped<EssaiConnexion>();
        builder.Services.AddScoped<ConfigureBoite>();
        builder.Services.AddScoped<ReceiveMessage>();
        builder.Services.AddScoped<OpenMessage>();
        builder.Services.AddScoped<BoitesDuJour>();
        builder.Services.AddScoped<ImportMessage>();
        builder.Services.AddScoped<MessagesMisDeCote>();
        builder.Services.AddScoped<DiscardMessage>();
        if (roles.HasFlag(ServiceRoles.Ingestion))
        {
            builder.Services.AddHostedService<CollectBoites>();
        }

        return builder;
    }

    public static IEndpointRouteBuilder MapBoites(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMessagesBruts();
        return endpoints;
    }
}
