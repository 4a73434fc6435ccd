using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Benchmarks.Rows;

/// <summary>
/// The registration fact applied by the service of deadlines, one transaction (inbox, clock, steps, audit, outgoing fact), beside the same rows
/// in one prepared batch. One consumer.
/// </summary>
internal static class Consumption
{
    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var bench = await Bench.StartAsync();
        var first = await DeliverOneAsync(bench);
        var rows = await SameRows.ReadAsync(
            bench.Connection,
            first,
            [
                ("messagerie.inbox", "consumer LIKE 'echeances.%' AND $1::uuid IS NOT NULL"),
                ("echeances.suivis", "courrier_id = $1"),
                ("echeances.horloges", "courrier_id = $1"),
                ("echeances.etapes", "courrier_id = $1"),
                ("echeances.journal", "courrier_id = $1"),
                ("messagerie.outbox", "payload->>'courrierId' = $1::text"),
            ],
            "SELECT pg_advisory_xact_lock(hashtextextended('mesure', 0))");
        var measures = await Duel.RunAsync(
            [
                new("consumer", async () =>
                {
                    await DeliverOneAsync(bench);
                    return 1;
                }),
                new("bare Npgsql", async () =>
                {
                    await using var transaction = await bench.Connection.BeginTransactionAsync();
                    await rows.WriteAsync(transaction);
                    await transaction.CommitAsync();
                    return 1;
                }),
            ],
            TimeSpan.FromSeconds(1.5));
        return [Row.Share("a fact consumed (inbox, clock, steps, audit, fact), one consumer", measures[0], measures[1], bar: null)];
    }

    /// <summary>The fact of a letter received today: its clock runs, none of its steps is past.</summary>
    /// <returns>The letter.</returns>
    public static async Task<Guid> DeliverOneAsync(Bench bench)
    {
        var dispatcher = bench.Courrier.App.Services.GetRequiredService<ConsumerDispatcher>();
        var consumer = dispatcher.ConsumersOf(FactJson.NameOf(typeof(CourrierRegistered))).Single(c => c.Role == ServiceRoles.Echeances);
        var now = TimeProvider.System.GetUtcNow();
        var fact = new CourrierRegistered
        {
            Source = "ingestion",
            CourrierId = Guid.CreateVersion7(),
            Version = 1,
            Etat = new EtatEnregistrement
            {
                SiteCode = "37",
                NumeroChrono = "ARR-2026-00001",
                Sens = Sens.Arrivee,
                Canal = Canal.Lettre,
                RecuLe = DateOnly.FromDateTime(now.UtcDateTime),
                EnregistreLe = now,
                Categorie = CategorieExpediteur.Particulier,
                ServiceCode = "DCL-ETR",
            },
        };
        await dispatcher.DispatchAsync(consumer, Guid.CreateVersion7(), FactJson.Write(fact), null, CancellationToken.None);
        return fact.CourrierId;
    }
}
