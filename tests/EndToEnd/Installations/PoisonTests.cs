using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Brokers;
using SuiviCourrier.TestSupport.Processes;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.EndToEnd.Installations;

/// <summary>A message on which the process dies, again and again, as its operator starts it again.</summary>
[Category("OwnBroker")]
public sealed class PoisonTests
{
    private const string Consumer = "portail.poison.CourrierQualified";
    private const int Neighbours = 20;

    [Test]
    public async Task Deliver_AMessageThatKillsItsProcess_ListsItAloneAndDeliversItsNeighbours()
    {
        var culprit = Guid.CreateVersion7();
        var program = Path.Combine(
            Repository.Root, "tests", "PoisonConsumer", "bin", Repository.Configuration, new DirectoryInfo(AppContext.BaseDirectory).Name, "PoisonConsumer.dll");
        await using var installation = await Installation.CreateAsync(
            new Dictionary<string, string?>
            {
                ["DOTNET_STARTUP_HOOKS"] = program,
                ["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = "PoisonConsumer",
                ["COURRIER_TESTS_POISON"] = culprit.ToString(),
            },
            await (await Transport.SharedServerAsync()).CreateHostAsync());
        var courriers = Enumerable.Range(0, Neighbours).Select(_ => Guid.CreateVersion7()).ToList();
        courriers.Insert(Neighbours / 2, culprit);
        foreach (var courrier in courriers)
        {
            await installation.Database.ScalarAsync<object>(
                "INSERT INTO messagerie.outbox (message_id, type, payload) VALUES ($1, $2, $3::jsonb)",
                Guid.CreateVersion7(), typeof(CourrierQualified).FullName!, FactJson.Write(new CourrierQualified
                {
                    Source = "portail",
                    CourrierId = courrier,
                    Version = 1,
                    Etat = new EtatDossier { Etat = EtatCourrier.Enregistre },
                }));
        }

        // Sent by a process that reads none of it: one that dies before its relay has ended sends everything again, and who dies of what is no longer counted.
        var sender = new Fleet.Member(installation, "ingestion");
        sender.Launch();
        await EventuallyAsync("the messages never left", async () => await installation.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.outbox") == 0);
        await sender.StopAsync();

        var deaths = 0;
        var host = installation.Launch();
        await EventuallyAsync("the message that kills was never listed, or its neighbours never delivered", async () =>
        {
            if (host.HasExited)
            {
                deaths++;
                await host.DisposeAsync();
                host = installation.Launch();
            }

            return await EchecsAsync(installation, "%") == 1 && await HandledAsync(installation) == Neighbours + 1 && await installation.IsIdleAsync();
        }, TimeSpan.FromMinutes(6)); // eight starts of a Host, side by side with other tests

        await TestContext.Out.WriteLineAsync($"the process died {deaths} times");
        Assert.Multiple(async () =>
        {
            Assert.That(await EchecsAsync(installation, $"%{culprit}%"), Is.EqualTo(1), "somebody else was listed");
            Assert.That(deaths, Is.EqualTo(7), "the delivery limit is 5, that is 6 deliveries, then one alone");
            Assert.That(host.HasExited, Is.False);
            Assert.That(await installation.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.livraisons"), Is.Zero);
        });
        await installation.UntilReadyAsync();
    }

    private static Task<long> EchecsAsync(Installation installation, string payload) =>
        installation.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.echecs WHERE consumer = $1 AND payload::text LIKE $2", Consumer, payload);

    /// <summary>The culprit is among them: what is listed is not delivered again.</summary>
    private static Task<long> HandledAsync(Installation installation) =>
        installation.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.inbox WHERE consumer = $1", Consumer);
}
