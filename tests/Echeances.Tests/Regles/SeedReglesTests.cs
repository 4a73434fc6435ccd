using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Echeances.Calendriers;
using SuiviCourrier.Echeances.Regles;
using SuiviCourrier.ServiceDefaults.Schemas;
using static SuiviCourrier.Echeances.Tests.Banc;

namespace SuiviCourrier.Echeances.Tests.Regles;

public sealed class SeedReglesTests
{
    private static string Seeds => Path.Combine(AppContext.BaseDirectory, "seeds");

    /// <summary>From Wednesday 6 May 2026, ten working days: Friday 22; twelve, with Whit Monday: Wednesday 27.</summary>
    [Test]
    public async Task Rules_Changed_MoveTheOpenClocksAndSayWhy()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        var open = await banc.RegisterAsync("2026-05-06");
        var closed = await banc.RegisterAsync("2026-05-06");
        await banc.AnswerAsync(closed, "2026-05-06");
        Assert.That((await banc.HorlogeAsync(open))!.DueOn, Is.EqualTo(Day("2026-05-22")));

        await SeedAsync(banc, WithTwelveDays());
        var after = await banc.RegisterAsync("2026-05-06");
        await RecomputeAsync(banc);

        Assert.That((await banc.HorlogeAsync(after))!.DueOn, Is.EqualTo(Day("2026-05-27")), "what comes after the change is under the new rule at once");
        Assert.That((await banc.HorlogeAsync(open))!.DueOn, Is.EqualTo(Day("2026-05-27")));
        Assert.That((await banc.HorlogeAsync(closed))!.DueOn, Is.EqualTo(Day("2026-05-22")));
        Assert.That(await banc.PublishedAsync(open), Is.EqualTo(new[] { "EcheanceOpened", "EcheanceMoved" }));
        Assert.That(
            await banc.Database.ScalarAsync<string>("SELECT motif FROM echeances.journal WHERE courrier_id = $1 AND action = 'EcheanceMoved'", open),
            Is.EqualTo("Règles de délai modifiées (version 2)"));
        Assert.That(
            await banc.Database.ScalarAsync<string>("SELECT examinees || ' ' || deplacees || ' ' || (termine_at IS NOT NULL) FROM echeances.recalculs WHERE version = 2"),
            Is.EqualTo("1 1 true"));
    }

    [Test]
    public async Task Rules_SeededAgainUnchanged_AskForNothing()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");

        await SeedAsync(banc, Seeds);

        Assert.That(await banc.Database.ScalarAsync<int>("SELECT version FROM echeances.calendriers"), Is.EqualTo(1));
        Assert.That(await banc.Database.ScalarAsync<long>("SELECT count(*) FROM echeances.recalculs"), Is.Zero);
    }

    private static async Task SeedAsync(Banc banc, string folder)
    {
        await using var scope = banc.Courrier.Scope();
        await scope.ServiceProvider.GetServices<ISeeder>().OfType<SeedRegles>().Single().SeedAsync(folder, CancellationToken.None);
    }

    private static async Task RecomputeAsync(Banc banc)
    {
        await using var scope = banc.Courrier.Scope();
        await scope.ServiceProvider.GetRequiredService<RecalculJob>().RunAsync(CancellationToken.None);
    }

    private static string WithTwelveDays()
    {
        var folder = Directory.CreateTempSubdirectory("courrier-seeds-").FullName;
        var reference = Directory.CreateDirectory(Path.Combine(folder, "reference")).FullName;
        foreach (var name in new[] { "etapes-relance.json", "silences.json", "delais-accuses.json" })
        {
            File.Copy(Path.Combine(Seeds, "reference", name), Path.Combine(reference, name));
        }

        var rules = File.ReadAllText(Path.Combine(Seeds, "reference", "regimes.json"));
        const string Ten = "\"longueur\": 10, \"unite\": \"JoursOuvres\"";
        Assert.That(rules, Does.Contain(Ten));
        File.WriteAllText(Path.Combine(reference, "regimes.json"), rules.Replace(Ten, "\"longueur\": 12, \"unite\": \"JoursOuvres\"", StringComparison.Ordinal));
        return folder;
    }
}
