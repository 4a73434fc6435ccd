using SuiviCourrier.Echeances;
using SuiviCourrier.Ingestion;
using SuiviCourrier.Portail;
using SuiviCourrier.Presentation;
using SuiviCourrier.Presentation.Api;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Health;

namespace SuiviCourrier.Host;

/// <summary>Puts the services together in one process.</summary>
public static class CourrierApplication
{
    /// <param name="configure">Last word on configuration and services, for tests.</param>
    public static WebApplication Build(
        string[] args, ConnectionStrings connectionStrings, ServiceRoles roles, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = typeof(CourrierApplication).Assembly.GetName().Name,
        });

        // Without launch settings the environment is Production, where static assets of libraries are empty unless asked for.
        builder.WebHost.UseStaticWebAssets();
        builder.Configuration.AddSecretFiles();
        configure?.Invoke(builder);
        builder.AddServiceDefaults(connectionStrings, roles);
        builder.AddPresentation();
        builder.AddIngestion(roles);
        builder.AddEcheances(roles);
        builder.AddPortail(roles);

        // A feature is a folder that holds its page: pages are found from the root of each service, their URLs stand in @page.
        // The services are named: the build lists libraries with pages in a file that it does not renew when one gets its first page.
        builder.Services.AddRazorPages(options => options.RootDirectory = "/")
            .AddApplicationPart(typeof(IngestionService).Assembly)
            .AddApplicationPart(typeof(EcheancesService).Assembly)
            .AddApplicationPart(typeof(PortailService).Assembly);

        builder.WebHost.ConfigureKestrel(options => options.AddServerHeader = false);
        builder.Services.AddStrictHeaders();

        var app = builder.Build();
        app.UseNamedReverseProxies(app.Configuration);
        app.UseSecurityHeaders();
        app.UsePresentation();
        app.UseRouting();
        app.UseRoutesApi();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapStaticAssets().AllowAnonymous();
        app.MapSante();
        if (roles.HasFlag(ServiceRoles.Portail))
        {
            app.MapRazorPages();
            app.MapDocumentApi();
            app.MapIngestion();
            app.MapEcheances();
            app.MapPortail();
        }

        return app;
    }
}
