using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses.ATraiter;
using SuiviCourrier.Ingestion.Accuses.ATraiter.Decide;
using SuiviCourrier.Ingestion.Accuses.Impression;
using SuiviCourrier.Ingestion.Accuses.Modeles;
using SuiviCourrier.Ingestion.Accuses.PiecesDemandees;
using SuiviCourrier.Ingestion.Accuses.Recepisses;
using SuiviCourrier.Ingestion.Accuses.Reception;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.ServiceDefaults.Schemas;

namespace SuiviCourrier.Ingestion.Accuses;

public static class AccusesRegistration
{
    private const string Acknowledger = "ingestion.acknowledge-reception";

    /// <summary>Acknowledgements, by e-mail and on paper.</summary>
    public static IServiceCollection AddAccuses(this IServiceCollection services)
    {
        services.AddSingleton<IReadOnlyList<Modele>>(_ => Modele.Load(Path.Combine(AppContext.BaseDirectory, "seeds", "modeles")));
        services.AddScoped<ISeeder, SeedModeles>();
        services.AddScoped<ModelesEnVigueur>();
        services.AddScoped<WriteModele>();
        services.AddScoped<ApproveModele>();
        services.AddScoped<RequestChange>();
        services.AddScoped<ApercuModele>();
        services.AddSingleton<ModeleRenderer>(_ => new ModeleRenderer());
        services.AddScoped<SituationsTraitees>();
        services.AddScoped<SilencesAnnonces>();
        services.AddScoped<TexteAccuse>();
        services.AddScoped<PlafondsAccuses>();
        services.AddScoped<ICourrielComposer, AccuseComposer>();
        services.AddScoped<AccusesATraiter>();
        services.AddScoped<ResendAccuse>();
        services.AddScoped<LotsImpression>();
        services.AddScoped<PrepareLot>();
        services.AddScoped<MarkPrinted>();
        services.AddScoped<MarkPosted>();
        services.AddScoped<ReprintLettres>();
        services.AddScoped<ListeACocher>();
        services.AddScoped<HandRecepisse>();
        services.AddScoped<RequestPieces>();
        services
            .AddConsumer<AcknowledgeReception, CourrierQualified, IngestionDbContext>(Acknowledger, ServiceRoles.Ingestion)
            .AddConsumer<AcknowledgeReception, CourrierAssigned, IngestionDbContext>(Acknowledger, ServiceRoles.Ingestion)
            .AddConsumer<AcknowledgeReception, CourrierAnswered, IngestionDbContext>(Acknowledger, ServiceRoles.Ingestion)
            .AddConsumer<AcknowledgeReception, CourrierClosed, IngestionDbContext>(Acknowledger, ServiceRoles.Ingestion)
            .AddConsumer<AcknowledgeReception, CourrierReopened, IngestionDbContext>(Acknowledger, ServiceRoles.Ingestion)
            .AddConsumer<AcknowledgeReception, CourrierCorrected, IngestionDbContext>(Acknowledger, ServiceRoles.Ingestion);
        return services;
    }

    public static IEndpointRouteBuilder MapAccuses(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapLettres();
        return endpoints;
    }
}
