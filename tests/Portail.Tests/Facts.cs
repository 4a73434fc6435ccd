using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Portail.Tests;

/// <summary>Facts as the tests send and receive them.</summary>
public static class Facts
{
    /// <summary>Puts facts of another service in the outbox.</summary>
    public static async Task PublishAsync(RunningCourrier courrier, params IEnumerable<IFact> facts)
    {
        await using var scope = courrier.Scope();
        var db = scope.ServiceProvider.GetRequiredService<IngestionDbContext>();
        foreach (var fact in facts)
        {
            db.Outbox.Publish(fact);
        }

        await db.SaveChangesAsync();
    }

    /// <summary>Another service that listens to the portal: <see cref="UntilAsync"/> shows what it heard.</summary>
    public static void Listen(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Heard>();
        builder.Services.AddConsumer<Listener, CourrierQualified, PortailDbContext>("essais.ecoute", ServiceRoles.Portail);
        builder.Services.AddConsumer<Listener, CourrierAssigned, PortailDbContext>("essais.ecoute", ServiceRoles.Portail);
        builder.Services.AddConsumer<Listener, CourrierAnswered, PortailDbContext>("essais.ecoute", ServiceRoles.Portail);
        builder.Services.AddConsumer<Listener, CourrierClosed, PortailDbContext>("essais.ecoute", ServiceRoles.Portail);
        builder.Services.AddConsumer<Listener, CourrierReopened, PortailDbContext>("essais.ecoute", ServiceRoles.Portail);
    }

    /// <summary>Facts heard of a courrier, once <paramref name="version"/> of its stream has come; by version.</summary>
    public static async Task<IReadOnlyList<IFact>> UntilAsync(RunningCourrier courrier, Guid courrierId, int version)
    {
        var heard = courrier.App.Services.GetRequiredService<Heard>();
        await EventuallyAsync($"version {version} of the portal's stream never came", () =>
            Task.FromResult(heard.Facts.Any(f => f.CourrierId == courrierId && f.Version >= version)));
        return [.. heard.Facts.Where(f => f.CourrierId == courrierId).OrderBy(f => f.Version)];
    }

    private sealed class Heard
    {
        public ConcurrentQueue<IFact> Facts { get; } = [];
    }

    private sealed class Listener(Heard heard)
        : IHandle<CourrierQualified>, IHandle<CourrierAssigned>, IHandle<CourrierAnswered>, IHandle<CourrierClosed>, IHandle<CourrierReopened>
    {
        public Task HandleAsync(CourrierQualified fact, CancellationToken cancellationToken) => HearAsync(fact);

        public Task HandleAsync(CourrierAssigned fact, CancellationToken cancellationToken) => HearAsync(fact);

        public Task HandleAsync(CourrierAnswered fact, CancellationToken cancellationToken) => HearAsync(fact);

        public Task HandleAsync(CourrierClosed fact, CancellationToken cancellationToken) => HearAsync(fact);

        public Task HandleAsync(CourrierReopened fact, CancellationToken cancellationToken) => HearAsync(fact);

        private Task HearAsync(IFact fact)
        {
            heard.Facts.Enqueue(fact);
            return Task.CompletedTask;
        }
    }
}
