using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;

public static class TextesRegistration
{
    private const string Noter = "ingestion.note-mots";

    /// <summary>Words by which courriers are found.</summary>
    public static IHostApplicationBuilder AddTextes(this IHostApplicationBuilder builder, ServiceRoles roles)
    {
        builder.Services.Configure<TextesOptions>(builder.Configuration.GetSection("Textes"));
        builder.Services.AddScoped<ReadPiece>();
        builder.Services
            .AddConsumer<NoteMots, CourrierRegistered, IngestionDbContext>(Noter, ServiceRoles.Ingestion)
            .AddConsumer<NoteMots, CourrierCorrected, IngestionDbContext>(Noter, ServiceRoles.Ingestion);
        if (roles.HasFlag(ServiceRoles.Ingestion))
        {
            builder.Services.AddHostedService<ReadPieces>();
        }

        return builder;
    }
}
