using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Echeances.Clocks.Imposer;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Echeances.Clocks;

public static class ClocksRegistration
{
    private const string Follower = "echeances.follow-courrier";

    public static IServiceCollection AddClocks(this IServiceCollection services) => services
        .AddScoped<FluxEcheances>()
        .AddScoped<RecomputeHorloge>()
        .AddScoped<ImposeRegime>()
        .AddConsumer<FollowCourrier, CourrierRegistered, EcheancesDbContext>(Follower, ServiceRoles.Echeances)
        .AddConsumer<FollowCourrier, CourrierCorrected, EcheancesDbContext>(Follower, ServiceRoles.Echeances)
        .AddConsumer<FollowCourrier, CourrierAnnulled, EcheancesDbContext>(Follower, ServiceRoles.Echeances)
        .AddConsumer<FollowCourrier, AccuseStateChanged, EcheancesDbContext>(Follower, ServiceRoles.Echeances)
        .AddConsumer<FollowCourrier, CourrierQualified, EcheancesDbContext>(Follower, ServiceRoles.Echeances)
        .AddConsumer<FollowCourrier, CourrierAssigned, EcheancesDbContext>(Follower, ServiceRoles.Echeances)
        .AddConsumer<FollowCourrier, CourrierAnswered, EcheancesDbContext>(Follower, ServiceRoles.Echeances)
        .AddConsumer<FollowCourrier, CourrierClosed, EcheancesDbContext>(Follower, ServiceRoles.Echeances)
        .AddConsumer<FollowCourrier, CourrierReopened, EcheancesDbContext>(Follower, ServiceRoles.Echeances);
}
