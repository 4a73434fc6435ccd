using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Echeances.Calendriers;
using SuiviCourrier.Presentation.Rights;
using static SuiviCourrier.Echeances.Tests.Banc;

namespace SuiviCourrier.Echeances.Tests.Calendriers;

public sealed class RecalculJobTests
{
    private static readonly Agent s_administrator = new(Guid.CreateVersion7(), "Yann Guillou", RoleAgent.Administrateur, "SIDSIC", ["SIDSIC"]);

    [Test]
    public async Task Change_OfTheCalendar_MovesTheOpenClocksAndKeepsWhatMoved()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        var open = await banc.RegisterAsync("2026-05-06");
        var untouched = await banc.RegisterAsync("2026-04-20");
        var closed = await banc.RegisterAsync("2026-05-06");
        await banc.AnswerAsync(closed, "2026-05-06");

        await AddAsync(banc, version => new EntreeCalendrier
        {
            Kind = KindEntree.Fermeture,
            Du = Day("2026-05-15"),
            Au = Day("2026-05-15"),
            Libelle = "Pont de l’Ascension",
            ArreteLeDecompte = true,
            DepuisVersion = version,
        });
        await RunAsync(banc);

        var horloge = (await banc.HorlogeAsync(open))!;
        Assert.That(horloge.DueOn, Is.EqualTo(Day("2026-05-26"))); // domain.md §4: the bridge is closed and counted
        Assert.That(horloge.CalendrierVersion, Is.EqualTo(2));
        Assert.That((await banc.HorlogeAsync(untouched))!.CalendrierVersion, Is.EqualTo(2));
        Assert.That((await banc.HorlogeAsync(closed))!.CalendrierVersion, Is.EqualTo(1));
        Assert.That(
            await banc.Database.ScalarAsync<string>("SELECT examinees || ' ' || deplacees || ' ' || (termine_at IS NOT NULL) FROM echeances.recalculs WHERE version = 2"),
            Is.EqualTo("2 1 true"));
        Assert.That(
            await banc.Database.ScalarAsync<string>("SELECT avant || ' ' || apres FROM echeances.lignes_recalcul WHERE courrier_id = $1", open),
            Is.EqualTo("2026-05-22 2026-05-26"));
        Assert.That(await banc.PublishedAsync(open), Is.EqualTo(new[] { "EcheanceOpened", "EcheanceMoved" }));
    }

    [Test]
    public async Task Removal_OfAnEntry_GivesTheOldDateBack()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        var id = await banc.RegisterAsync("2026-05-06");
        await AddAsync(banc, version => new EntreeCalendrier
        {
            Kind = KindEntree.JourAjoute,
            Du = Day("2026-05-18"),
            Libelle = "Fête locale",
            DepuisVersion = version,
        });
        await RunAsync(banc);
        var withTheFeast = (await banc.HorlogeAsync(id))!.DueOn;

        await using (var scope = banc.Courrier.Scope())
        {
            var entree = await banc.Database.ScalarAsync<Guid>("SELECT id FROM echeances.entrees_calendrier");
            Assert.That(
                await scope.ServiceProvider.GetRequiredService<ChangeCalendrier>().RemoveAsync(s_administrator, entree, CancellationToken.None),
                Is.EqualTo(ChangeCalendrier.Outcome.Changed));
        }

        await RunAsync(banc);
        Assert.That((withTheFeast, (await banc.HorlogeAsync(id))!.DueOn), Is.EqualTo((Day("2026-05-26"), Day("2026-05-22"))));
    }

    [Test]
    public async Task Change_ByAnAgent_IsForbidden()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        await using var scope = banc.Courrier.Scope();

        var outcome = await scope.ServiceProvider.GetRequiredService<ChangeCalendrier>()
            .RemoveAsync(s_administrator with { Role = RoleAgent.Agent }, Guid.CreateVersion7(), CancellationToken.None);

        Assert.That(outcome, Is.EqualTo(ChangeCalendrier.Outcome.Forbidden));
    }

    private static async Task AddAsync(Banc banc, Func<int, EntreeCalendrier> entree)
    {
        await using var scope = banc.Courrier.Scope();
        Assert.That(
            await scope.ServiceProvider.GetRequiredService<ChangeCalendrier>().AddAsync(s_administrator, entree, CancellationToken.None),
            Is.EqualTo(ChangeCalendrier.Outcome.Changed));
    }

    private static async Task RunAsync(Banc banc)
    {
        await using var scope = banc.Courrier.Scope();
        await scope.ServiceProvider.GetRequiredService<RecalculJob>().RunAsync(CancellationToken.None);
    }
}
