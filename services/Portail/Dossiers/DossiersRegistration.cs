using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Contracts.Echeances;
using SuiviCourrier.Portail.Accueil;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Dossiers.Answer;
using SuiviCourrier.Portail.Dossiers.Assign;
using SuiviCourrier.Portail.Dossiers.Close;
using SuiviCourrier.Portail.Dossiers.Qualify;
using SuiviCourrier.Portail.Dossiers.Reopen;
using SuiviCourrier.Portail.Dossiers.Show;
using SuiviCourrier.Portail.Envois;
using SuiviCourrier.Portail.Listes;
using SuiviCourrier.Portail.Registre;
using SuiviCourrier.Portail.Reponses;
using SuiviCourrier.Portail.Taches;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.ServiceDefaults.Jobs;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Portail.Dossiers;

internal static class DossiersRegistration
{
    public static IHostApplicationBuilder AddDossiers(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddConsumer<CopyRegistration, CourrierRegistered, PortailDbContext>("portail.copy-registration", ServiceRoles.Portail);
        services.AddConsumer<CopyRegistration, CourrierCorrected, PortailDbContext>("portail.copy-registration", ServiceRoles.Portail);
        services.AddConsumer<CopyRegistration, CourrierAnnulled, PortailDbContext>("portail.copy-registration", ServiceRoles.Portail);
        services.AddConsumer<CopyAccuse, AccuseStateChanged, PortailDbContext>("portail.copy-accuse", ServiceRoles.Portail);
        services.AddConsumer<OpenTacheOfEchange, EchangeReceived, PortailDbContext>("portail.open-tache", ServiceRoles.Portail);
        services.AddConsumer<CopyEcheance, EcheanceOpened, PortailDbContext>("portail.copy-echeance", ServiceRoles.Portail);
        services.AddConsumer<CopyEcheance, EcheanceMoved, PortailDbContext>("portail.copy-echeance", ServiceRoles.Portail);
        services.AddConsumer<CopyEcheance, EcheanceClosed, PortailDbContext>("portail.copy-echeance", ServiceRoles.Portail);
        services.AddConsumer<CopyEcheance, EcheanceMissed, PortailDbContext>("portail.copy-echeance", ServiceRoles.Portail);

        services.AddScoped<ServicesPrefecture>();
        services.AddSingleton<CalendrierDuSite>();
        services.AddScoped<Compteurs>();
        services.AddScoped<DossierOpener>();
        services.AddScoped<Recherche>();
        services.AddScoped<DossierLock>();
        services.AddScoped<CourrierLecture>();
        services.AddScoped<ICourrierAccess, CourrierAccess>();
        services.AddScoped<RebuildDossiers>();
        services.AddScoped<QualifyCourrier>();
        services.AddScoped<AssignCourrier>();
        services.AddScoped<AnswerCourrier>();
        services.AddScoped<CloseCourrier>();
        services.AddScoped<ReopenCourrier>();
        services.AddScoped<OpenTaches>();
        services.AddScoped<CompleteTache>();
        services.AddScoped<OpenTachesAccusesJob>();
        services.AddSingleton(new RecurringJob("portail.accuses-non-partis", "Signaler les accusés qui ne sont pas partis en un jour ouvré", "*/15 * * * *", typeof(OpenTachesAccusesJob)));
        services.AddScoped<OpenTachesInfectionsJob>();
        services.AddSingleton(new RecurringJob("portail.pieces-infectees", "Signaler les fichiers infectés", "*/2 * * * *", typeof(OpenTachesInfectionsJob)));
        services.AddScoped<ICourrielComposer, ReponseComposer>();
        services.AddScoped<EnvoisBloques>();
        services.AddScoped<DecideEnvois>();
        return builder;
    }
}
