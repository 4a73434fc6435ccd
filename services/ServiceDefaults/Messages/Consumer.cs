using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Telemetry;

namespace SuiviCourrier.ServiceDefaults.Messages;

/// <summary>One handler of one fact. Its name is prefixed by its service and never changes: it is half of the inbox key.</summary>
public sealed record Consumer(string Name, ServiceRoles Role, Type FactType, Type HandlerType, Func<IServiceProvider, Guid, IFact, CancellationToken, Task> ApplyAsync)
{
    public string Service => Name[..Name.IndexOf('.', StringComparison.Ordinal)];
}

public static class ConsumerRegistration
{
    /// <param name="name">Prefixed by the service: <c>echeances.open-clocks</c>.</param>
    public static IServiceCollection AddConsumer<THandler, TFact, TContext>(this IServiceCollection services, string name, ServiceRoles role)
        where THandler : class, IHandle<TFact>
        where TFact : class, IFact
        where TContext : ServiceDbContext
    {
        services.AddScoped<THandler>();
        services.AddSingleton(new Consumer($"{name}.{typeof(TFact).Name}", role, typeof(TFact), typeof(THandler), ApplyOnceAsync<THandler, TFact, TContext>));
        return services;
    }

    /// <summary>
    /// The effect and its inbox row commit together. The lock lets a service apply one fact at a time to one courrier, whatever
    /// the transport delivers side by side.
    /// </summary>
    private static async Task ApplyOnceAsync<THandler, TFact, TContext>(
        IServiceProvider provider, Guid messageId, IFact fact, CancellationToken cancellationToken)
        where THandler : class, IHandle<TFact>
        where TFact : class, IFact
        where TContext : ServiceDbContext
    {
        var db = provider.GetRequiredService<TContext>();
        var name = provider.GetServices<Consumer>().Single(c => c.FactType == typeof(TFact) && c.HandlerType == typeof(THandler)).Name;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockCourrierAsync(fact.CourrierId, cancellationToken);
        var isNew = await db.Database.ExecuteSqlAsync(
            $"INSERT INTO messagerie.inbox (message_id, consumer, handled_at) VALUES ({messageId}, {name}, now()) ON CONFLICT DO NOTHING",
            cancellationToken);
        if (isNew == 0)
        {
            return;
        }

        await provider.GetRequiredService<THandler>().HandleAsync((TFact)fact, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Until the current transaction ends, this service alone works on this courrier. Pages that publish facts take it too.</summary>
    public static Task LockCourrierAsync(this ServiceDbContext db, Guid courrierId, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtextextended({db.Schema + ":" + courrierId}, 0))", cancellationToken);
}

/// <summary>Reads a message from its wire form and gives it to a consumer, in a scope and a span of its own.</summary>
public sealed class ConsumerDispatcher(IServiceScopeFactory scopes, IEnumerable<Consumer> consumers)
{
    private readonly ILookup<string, Consumer> _byType = consumers.ToLookup(c => FactJson.NameOf(c.FactType));

    /// <summary>Consumers of a wire name.</summary>
    public IEnumerable<Consumer> ConsumersOf(string type) => _byType[type];

    /// <exception cref="JsonException">The payload is not this fact.</exception>
    public async Task DispatchAsync(Consumer consumer, Guid messageId, string payload, string? traceParent, CancellationToken cancellationToken)
    {
        using var activity = Traces.Source.StartActivity(consumer.Name, ActivityKind.Consumer, traceParent);
        await using var scope = scopes.CreateAsyncScope();
        await consumer.ApplyAsync(scope.ServiceProvider, messageId, FactJson.Read(consumer.FactType, payload), cancellationToken);
    }
}
