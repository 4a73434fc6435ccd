using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.ServiceDefaults.Jobs;

namespace SuiviCourrier.ServiceDefaults.Fichiers;

public static class FichiersRegistration
{
    /// <summary>The store in <c>Donnees:Dossier</c>/fichiers, and the hourly collection of what nothing names.</summary>
    public static IServiceCollection AddFichiers(this IServiceCollection services, TimeProvider diskClock)
    {
        services.AddSingleton(provider =>
        {
            var folder = provider.GetRequiredService<IConfiguration>()["Donnees:Dossier"]
                ?? throw new InvalidOperationException("Le réglage « Donnees:Dossier » ne nomme pas le dossier des fichiers.");
            return new FileStore(Path.GetFullPath(Path.Combine(folder, "fichiers")), diskClock);
        });
        services.AddSingleton<IFileStore>(provider => provider.GetRequiredService<FileStore>());
        services.AddScoped<CollectOrphansJob>();
        services.AddSingleton(new RecurringJob("messagerie.fichiers-orphelins", "Effacer les fichiers que rien ne nomme", "17 * * * *", typeof(CollectOrphansJob)));
        return services;
    }
}
