using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace SuiviCourrier.ServiceDefaults.Courriels;

public static class CourrielsRegistration
{
    /// <summary>Outgoing mail: every process may queue, those with the role ingestion send.</summary>
    public static IHostApplicationBuilder AddCourriels(this IHostApplicationBuilder builder, ServiceRoles roles)
    {
        // Windows and ISO-2022 charsets are not part of .NET's own: without them half of the old mail is unreadable.
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        builder.Services.Configure<CourrielOptions>(builder.Configuration.GetSection("Courriel"));
        builder.Services.AddScoped<CourrielQueue>();
        builder.Services.AddSingleton<JetonsCourriel>();
        builder.Services.AddSingleton<Func<ICourrielTransport>>(provider => () => NewTransport(provider));
        if (roles.HasFlag(ServiceRoles.Ingestion))
        {
            builder.Services.AddHostedService<CourrielSender>();
        }

        return builder;
    }

    private static ICourrielTransport NewTransport(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<CourrielOptions>>().Value.Smtp is { } smtp
            ? new SmtpTransport(smtp)
            : new FolderTransport(Path.Combine(provider.GetRequiredService<IConfiguration>()["Donnees:Dossier"] ?? ".courrier", "courriels-sortants"));
}
