using Hangfire;
using Hangfire.Dashboard;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Schemas;

namespace SuiviCourrier.Echeances.Jobs;

/// <summary>
/// The scheduler of every recurring job. It hosts sweeps and holds no truth: what has been fired stands in the tables of its owner.
/// Settings: locks of a killed process expire after a minute, its running job comes back after five.
/// </summary>
public static class HangfireScheduling
{
    public const string Schema = "hangfire";
    public const string AdministratorsPolicy = "echeances.administrateurs";

    public static IServiceCollection AddHangfireScheduling(this IServiceCollection services, ServiceRoles roles)
    {
        services.AddSingleton<IMigrationStep, CreateHangfireStorage>();
        services.AddAuthorizationBuilder().AddPolicy(
            AdministratorsPolicy,
            policy => policy.RequireAuthenticatedUser().RequireClaim(AgentClaims.Role, nameof(RoleAgent.Administrateur)));

        // Our own instance: AddHangfire would otherwise share the static JobStorage.Current between applications of one process.
        services.AddSingleton<JobStorage>(provider => Storage(provider.GetRequiredService<ConnectionStrings>()));
        services.AddHangfire(hangfire => hangfire
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings());
        if (roles.HasFlag(ServiceRoles.Echeances))
        {
            services.AddHangfireServer((_, server) =>
            {
                server.WorkerCount = 4;
                server.SchedulePollingInterval = TimeSpan.FromSeconds(5);
                server.ServerTimeout = TimeSpan.FromMinutes(2);
                server.HeartbeatInterval = TimeSpan.FromSeconds(20);
                server.CancellationCheckInterval = TimeSpan.FromSeconds(5);
            });
            services.AddHostedService<RegisterRecurringJobs>();
        }

        return services;
    }

    /// <summary>Administrators only, read-only; by policy: the library's own filter lets in whoever comes through a proxy of the same machine.</summary>
    public static IEndpointRouteBuilder MapHangfireReadOnly(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHangfireDashboardWithAuthorizationPolicy(AdministratorsPolicy, "/hangfire", new DashboardOptions
        {
            IsReadOnlyFunc = _ => true,
            DashboardTitle = "Tâches récurrentes",
            AppPath = "/taches-recurrentes",
            DisplayStorageConnectionString = false,
        });
        return endpoints;
    }

    private static PostgreSqlStorage Storage(ConnectionStrings connectionStrings)
    {
        var options = new PostgreSqlStorageOptions
        {
            SchemaName = Schema,
            PrepareSchemaIfNecessary = false,
            EnableTransactionScopeEnlistment = false,
            QueuePollInterval = TimeSpan.FromSeconds(2),
            DistributedLockTimeout = TimeSpan.FromMinutes(1),
            UseSlidingInvisibilityTimeout = true,
            InvisibilityTimeout = TimeSpan.FromMinutes(5),
        };
        // What the library does in a session is its own: its connections are cleaned, and prepare nothing.
        var connection = new NpgsqlConnectionStringBuilder(connectionStrings.For(EcheancesDbContext.Role)) { Enlist = false, NoResetOnClose = false, MaxAutoPrepare = 0 };
        return new PostgreSqlStorage(new NpgsqlConnectionFactory(connection.ConnectionString, options), options);
    }

    private sealed class CreateHangfireStorage : IMigrationStep
    {
        public async Task RunAsync(string migrationConnectionString, CancellationToken cancellationToken)
        {
            await using var connection = new NpgsqlConnection(migrationConnectionString);
            await connection.OpenAsync(cancellationToken);
            PostgreSqlObjectsInstaller.Install(connection, Schema);
            await using var grant = new NpgsqlCommand(
                $"""
                GRANT USAGE ON SCHEMA {Schema} TO {EcheancesDbContext.Role};
                GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {Schema} TO {EcheancesDbContext.Role};
                GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {Schema} TO {EcheancesDbContext.Role};
                """,
                connection);
            await grant.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
