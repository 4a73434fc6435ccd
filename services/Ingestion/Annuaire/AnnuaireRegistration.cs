using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SuiviCourrier.Ingestion.Annuaire.Fiche;
using SuiviCourrier.Ingestion.Annuaire.Fiche.Fonctions;
using SuiviCourrier.Ingestion.Annuaire.FranceServices;
using SuiviCourrier.Ingestion.Annuaire.Services;

namespace SuiviCourrier.Ingestion.Annuaire;

public static class AnnuaireRegistration
{
    /// <summary>The pages of the directory.</summary>
    public static IHostApplicationBuilder AddAnnuaire(this IHostApplicationBuilder builder)
    {
        builder.Services.AddScoped<SaveCorrespondant>();
        builder.Services.AddScoped<SaveFonction>();
        builder.Services.AddScoped<SaveService>();
        builder.Services.AddScoped<SaveLien>();
        builder.Services.AddScoped<CheckLien>();
        builder.Services.Configure<LiensOptions>(builder.Configuration.GetSection(LiensOptions.Section));
        builder.Services.AddHttpClient(CheckLien.Client, client => client.DefaultRequestHeaders.UserAgent.ParseAdd("Courrier"))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { UseCookies = false, MaxAutomaticRedirections = 5 });
        return builder;
    }
}
