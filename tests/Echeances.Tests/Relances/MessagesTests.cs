using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.Echeances.Relances;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.ServiceDefaults.Courriels;
using static SuiviCourrier.Echeances.Tests.Banc;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Echeances.Tests.Relances;

[Category("Messages")]
public sealed class MessagesTests
{
    [Test]
    public async Task Digest_OfTheMorning_LeavesFromEightOnWorkingDaysAndGroupsThePerson()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        await banc.RegisterAsync("2026-05-06");
        await banc.RegisterAsync("2026-05-06");
        banc.SetNow("2026-05-19 07:59");
        await banc.SweepAsync();
        Assert.That(await KeysAsync(banc), Is.Empty);

        banc.SetNow("2026-05-19 08:00");
        await banc.SweepAsync();

        Assert.That(await KeysAsync(banc), Is.EqualTo(new[] { $"relances:compte:{Nadia}:2026-05-19" }));
        var message = (await ComposeAsync(banc, $"relances:compte:{Nadia}:2026-05-19"))!.Message;
        Assert.That(message.Subject, Is.EqualTo("2 courriers à suivre"));
        Assert.That(message.To.Mailboxes.Single().Address, Is.EqualTo("nadia.belkacem@indre-et-loire.invalid"));
        Assert.That(message.TextBody, Does.Contain("à répondre avant le vendredi 22 mai 2026, DCL-ETR"));
        Assert.That(message.HtmlBody, Does.Contain("vendredi 22 mai 2026"));
    }

    [Test]
    public async Task Digest_OnASaturday_WaitsForMonday()
    {
        await using var banc = await Banc.StartAsync("2026-05-09 10:00");
        await banc.RegisterAsync("2026-01-05");
        await banc.SweepAsync();
        Assert.That(await KeysAsync(banc), Is.Empty);

        banc.SetNow("2026-05-11 08:00");
        await banc.SweepAsync();

        Assert.That(await KeysAsync(banc), Is.EqualTo(new[] { $"relances:compte:{Marie}:2026-05-11" }));
    }

    [Test]
    public async Task Digest_WhoseCourriersAreAnsweredWhenClaimed_IsNotSent()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        var id = await banc.RegisterAsync("2026-05-06");
        banc.SetNow("2026-05-19 09:00");
        await banc.SweepAsync();

        await banc.AnswerAsync(id, "2026-05-19");

        Assert.That(await ComposeAsync(banc, $"relances:compte:{Nadia}:2026-05-19"), Is.Null);
        Assert.That((await banc.LignesAsync(id)).Single().DroppedAt, Is.Not.Null);
    }

    [Test]
    public async Task Digest_ComposedAgainAfterACrash_HoldsTheSameLines()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        await banc.RegisterAsync("2026-05-06");
        banc.SetNow("2026-05-19 09:00");
        await banc.SweepAsync();
        var key = $"relances:compte:{Nadia}:2026-05-19";

        var first = await ComposeAsync(banc, key);
        var second = await ComposeAsync(banc, key);

        Assert.That(second!.Message.TextBody, Is.EqualTo(first!.Message.TextBody));
    }

    [Test]
    public async Task Lines_AfterTheDigestHasGone_LeaveAtOnceWhenDueAndOtherwiseWithTheNextOne()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        await banc.RegisterAsync("2026-05-06");
        banc.SetNow("2026-05-19 09:00");
        await banc.SweepAsync();
        var morning = $"relances:compte:{Nadia}:2026-05-19";
        await SendAsync(banc, morning);

        var early = await banc.RegisterAsync("2026-05-07", service: "DCL-ETR"); // first step on 20 May
        var due = await banc.RegisterAsync("2026-05-05", service: "DCL-ETR"); // due on 21 May: its first step, of the 18th, is already past
        var late = await banc.RegisterAsync("2026-05-11", Contracts.Courriers.Canal.Courriel); // due today
        banc.SetNow("2026-05-19 15:00");
        await banc.SweepAsync();
        var afternoon = await KeysAsync(banc);
        banc.SetNow("2026-05-20 08:00");
        await banc.SweepAsync();
        var nextMorning = await ComposeAsync(banc, $"relances:compte:{Nadia}:2026-05-20");

        var horloge = (await banc.HorlogeAsync(late))!;
        Assert.That(afternoon, Is.EquivalentTo(new[] { morning, $"relance:{horloge.Id}:jour-echeance:2026-05-19:compte:{Nadia}" }));
        Assert.That(nextMorning!.Message.Subject, Is.EqualTo("2 courriers à suivre"));
        Assert.That((await banc.LignesAsync(early)).Concat(await banc.LignesAsync(due)).Select(l => l.CourrielCle), Has.All.EqualTo($"relances:compte:{Nadia}:2026-05-20"));
    }

    [Test]
    public async Task Digest_InAWholeApplication_ArrivesInTheMailboxOnceAndAnAnsweredCourrierIsNeverReminded()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00", ServiceRoles.All);
        var open = await banc.RegisterAsync("2026-05-06");
        var elsewhere = await banc.RegisterAsync("2026-05-06", service: "DCL-NAT");
        banc.SetNow("2026-05-19 08:30");
        await using (var scope = banc.Courrier.Scope())
        {
            var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
            var annuaire = await AnnuaireRelances.ReadAsync(db, CancellationToken.None);
            await scope.ServiceProvider.GetRequiredService<RelancesJob>().FireBatchAsync(annuaire, Day("2026-05-19"), CancellationToken.None);
        }

        await banc.AnswerAsync(elsewhere, "2026-05-19");
        await banc.SweepAsync();

        await EventuallyAsync("The line never became sent", async () => (await banc.LignesAsync(open)).Single().SentAt is not null);
        await EventuallyAsync(
            "The message of an answered courrier was never suppressed",
            async () => await banc.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.courriels_sortants WHERE etat = 'Supprime'") == 1);
        var message = await MimeMessage.LoadAsync(Directory.GetFiles(Path.Combine(banc.Courrier.Folder, "courriels-sortants")).Single());
        Assert.That(message.To.Mailboxes.Single().Address, Is.EqualTo("nadia.belkacem@indre-et-loire.invalid"));
        Assert.That(message.TextBody, Does.Contain("ARR-2026-"));
        Assert.That(message.Headers["Auto-Submitted"], Is.EqualTo("auto-generated"));
    }

    /// <summary>Nadia, the agent, has left between the firing of the step and the sending of her message: her head of service is told.</summary>
    [Test]
    public async Task Lines_OfAnAccountClosedMeanwhile_GoToTheHeadOfServiceThenToTheSupervisor()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        var id = await banc.RegisterAsync("2026-05-06");
        var answered = await banc.RegisterAsync("2026-05-06");
        banc.SetNow("2026-05-19 08:00");
        await banc.SweepAsync();
        await banc.AnswerAsync(answered, "2026-05-19");
        await CloseAccountAsync(banc, Nadia);

        Assert.That(await ComposeAsync(banc, $"relances:compte:{Nadia}:2026-05-19"), Is.Null);
        Assert.That(await RecipientsAsync(banc, id), Is.EqualTo(new[] { $"compte:{Martine}" }));
        Assert.That(await RecipientsAsync(banc, answered), Is.Empty, "what is answered is owed to nobody");

        await banc.SweepAsync();
        Assert.That((await ComposeAsync(banc, $"relances:compte:{Martine}:2026-05-19"))!.Message.TextBody, Does.Contain("vendredi 22 mai 2026"));

        await CloseAccountAsync(banc, Martine);
        Assert.That(await ComposeAsync(banc, $"relances:compte:{Martine}:2026-05-19"), Is.Null);
        Assert.That(await RecipientsAsync(banc, id), Is.EqualTo(new[] { $"compte:{Marie}" }));
        await banc.SweepAsync();
        Assert.That((await ComposeAsync(banc, $"relances:compte:{Marie}:2026-05-19"))!.Message.To.Mailboxes.Single().Address, Is.EqualTo("marie.castel@indre-et-loire.invalid"));
        Assert.That(
            await banc.Database.ScalarAsync<long>("SELECT count(*) FROM echeances.journal WHERE action = 'RelanceTransmise' AND courrier_id = $1", id), Is.EqualTo(2));
    }

    [Test]
    public async Task Lines_OfAMessageTheServerRefused_GoToTheNextInLine()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        var id = await banc.RegisterAsync("2026-05-06");
        banc.SetNow("2026-05-19 08:00");
        await banc.SweepAsync();

        await SendAsync(banc, $"relances:compte:{Nadia}:2026-05-19", EtatCourriel.Refuse);

        Assert.That(await RecipientsAsync(banc, id), Is.EqualTo(new[] { $"compte:{Martine}" }));
    }

    private static Task CloseAccountAsync(Banc banc, Guid id) => banc.ExecuteAsync("UPDATE portail.comptes SET is_actif = false WHERE id = $1", id);

    /// <returns>Who is still to be told.</returns>
    private static async Task<List<string>> RecipientsAsync(Banc banc, Guid courrierId) =>
        [.. (await banc.LignesAsync(courrierId)).Where(l => l.DroppedAt is null).Select(l => l.Destinataire)];

    private static async Task<List<string>> KeysAsync(Banc banc)
    {
        await using var scope = banc.Courrier.Scope();
        var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
        return await db.Set<CourrielSortant>().Select(c => c.Cle).OrderBy(c => c).ToListAsync();
    }

    private static async Task<CourrielCompose?> ComposeAsync(Banc banc, string key)
    {
        await using var scope = banc.Courrier.Scope();
        var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
        var courriel = await db.Set<CourrielSortant>().SingleAsync(c => c.Cle == key);
        return await Composer(scope).ComposeAsync(courriel, CancellationToken.None);
    }

    /// <summary>Claimed, composed, accepted or not, settled: what the sender does, without a server.</summary>
    private static async Task SendAsync(Banc banc, string key, EtatCourriel etat = EtatCourriel.Accepte)
    {
        await using var scope = banc.Courrier.Scope();
        var db = scope.ServiceProvider.GetRequiredService<EcheancesDbContext>();
        var courriel = await db.Set<CourrielSortant>().SingleAsync(c => c.Cle == key);
        await Composer(scope).ComposeAsync(courriel, CancellationToken.None);
        courriel.Etat = etat;
        await db.SaveChangesAsync();
        await Composer(scope).SettledAsync(courriel, CancellationToken.None);
    }

    private static ICourrielComposer Composer(AsyncServiceScope scope) =>
        scope.ServiceProvider.GetServices<ICourrielComposer>().Single(c => c.Kind == QueueRelances.Kind);
}
