using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.ServiceDefaults.Schemas;

namespace SuiviCourrier.ServiceDefaults.Data;

public static class DbContexts
{
    /// <summary>Registers a context that opens its connections under its own database role, and the schema it owns.</summary>
    /// <param name="plansEachTime">See <see cref="ConnectionStrings.For"/>.</param>
    public static IServiceCollection AddSchema<TContext>(this IServiceCollection services, string schema, string role, bool plansEachTime = false)
        where TContext : DbContext
    {
        services.AddSingleton(new OwnedSchema(schema, role, typeof(TContext)));
        services.AddDbContext<TContext>(
            (provider, options) => Configure(options, provider.GetRequiredService<ConnectionStrings>().For(role, plansEachTime), schema),
            optionsLifetime: ServiceLifetime.Singleton);
        return services;
    }

    /// <summary>The one way a context is configured, for the services as for the migrations.</summary>
    public static DbContextOptionsBuilder Configure(DbContextOptionsBuilder options, string connectionString, string schema) =>
        options
            .UseNpgsql(connectionString, npgsql => npgsql.MigrationsHistoryTable("__migrations", schema))
            .UseSnakeCaseNamingConvention()
            .AddInterceptors(AnnounceAfterCommit.Instance)
            // Counts that stop at a ceiling, and batches of which any rows will do, have no order to keep.
            .ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning, CoreEventId.RowLimitingOperationWithoutOrderByWarning));

    /// <summary>A fact saved inside an explicit transaction is announced when that transaction commits.</summary>
    private sealed class AnnounceAfterCommit : DbTransactionInterceptor
    {
        public static readonly AnnounceAfterCommit Instance = new();

        public override Task TransactionCommittedAsync(
            System.Data.Common.DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            (eventData.Context as ServiceDbContext)?.Announce();
            return Task.CompletedTask;
        }
    }
}
