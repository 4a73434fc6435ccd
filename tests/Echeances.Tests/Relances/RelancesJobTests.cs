using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SuiviCourrier.Echeances.Clocks;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.Echeances.Relances;
using static SuiviCourrier.Echeances.Tests.Banc;

namespace SuiviCourrier.Echeances.Tests.Relances;

[Category("Messages")]
public sealed class RelancesJobTests
{
    [Test]
    public async Task Sweep_DayByDay_TellsTheAgentThenTheHeadThenTheSupervisorOnce()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        var id = await banc.RegisterAsync("2026-05-06"); // due on Friday 22 May
        var told = new List<string>();

        for (var day = Day("2026-05-06"); day <= Day("2026-06-05"); day = day.AddDays(1))
        {
            banc.SetNow($"{day:yyyy-MM-dd} 09:00");
            var before = (await banc.LignesAsync(id)).Count;
            await banc.SweepAsync();
            await banc.SweepAsync();
            told.AddRange((await banc.LignesAsync(id)).Skip(before).Select(l => $"{day:dd/MM} {l.Destinataire}"));
        }

        Assert.That(told, Is.EqualTo(new[]
        {
            $"19/05 compte:{Nadia}", // 3 working days before
            $"21/05 compte:{Nadia}",
            $"22/05 compte:{Nadia}",
            $"26/05 compte:{Martine}", // the 25th is Whit Monday; the head of the direction above
            $"28/05 compte:{Marie}",
        }));
        Assert.That(await banc.PublishedAsync(id), Is.EqualTo(new[] { "EcheanceOpened", "EcheanceMissed" }));
    }

    /// <summary>The last day is in time until it ends.</summary>
    [Test]
    public async Task DueDate_IsMissedTheDayAfter_NotOnTheDayItself()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        var id = await banc.RegisterAsync("2026-05-06"); // due on Friday 22 May

        banc.SetNow("2026-05-22 23:59");
        await banc.SweepAsync();
        Assert.That(await banc.PublishedAsync(id), Has.None.EqualTo("EcheanceMissed"));

        banc.SetNow("2026-05-23 00:00");
        await banc.SweepAsync();
        Assert.That(await banc.PublishedAsync(id), Has.One.EqualTo("EcheanceMissed"));
    }

    /// <summary>A closing cancels the steps with the clock; one that was left would not fire all the same.</summary>
    [Test]
    public async Task Step_LeftPlannedOnAClosedClock_NeverFires()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        var id = await banc.RegisterAsync("2026-05-06");
        await banc.ExecuteAsync("UPDATE echeances.horloges SET closed_on = DATE '2026-05-07', motif_arret = 'Repondu' WHERE courrier_id = $1", id);
        Assert.That((await banc.HorlogeAsync(id))!.Etapes.Select(e => e.Etat), Has.Some.EqualTo(EtatEtape.Prevue));

        banc.SetNow("2026-06-05 09:00");
        await banc.SweepAsync();

        Assert.That(await banc.LignesAsync(id), Is.Empty);
        Assert.That(await banc.PublishedAsync(id), Is.EqualTo(new[] { "EcheanceOpened" }));
    }

    [Test]
    public async Task Sweep_AfterALateEntry_FiresOneStep()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        var id = await banc.RegisterAsync("2026-01-05");

        await banc.SweepAsync();
        await banc.SweepAsync();

        Assert.That((await banc.LignesAsync(id)).Select(l => l.Destinataire), Is.EqualTo(new[] { $"compte:{Marie}" }));
    }

    [Test]
    public async Task Sweep_AfterAWeekOfOutage_FiresEachStepOnceWithOneMessageAPerson()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        var one = await banc.RegisterAsync("2026-05-06");
        var other = await banc.RegisterAsync("2026-05-07");

        banc.SetNow("2026-05-29 09:30");
        await banc.SweepAsync();
        await banc.SweepAsync();

        Assert.That(await banc.LignesAsync(one), Has.Count.EqualTo(5));
        Assert.That(await banc.LignesAsync(other), Has.Count.EqualTo(5));
        Assert.That(
            await banc.Database.ScalarAsync<string>("SELECT string_agg(cle, ' ' ORDER BY cle) FROM messagerie.courriels_sortants"),
            Is.EqualTo($"relances:compte:{Nadia}:2026-05-29 relances:compte:{Martine}:2026-05-29 relances:compte:{Marie}:2026-05-29"));
    }

    [TestCase("2027-03-26", "2027-03-28 23:59:59", "2027-03-29 00:00:00", "2027-03-29", TestName = "The night when summer time begins")]
    [TestCase("2026-10-20", "2026-10-25 23:59:59", "2026-10-26 00:00:00", "2026-10-26", TestName = "The night when winter time begins")]
    public async Task Sweep_OnANightWhenTheClocksChange_FiresAtMidnightOfTheSite(string recuLe, string before, string after, string premierJour)
    {
        await using var banc = await Banc.StartAsync($"{recuLe} 09:00");
        var id = await banc.RegisterAsync(recuLe, Contracts.Courriers.Canal.Courriel);
        var step = (await banc.HorlogeAsync(id))!.Etapes.MinBy(e => e.Rang)!;
        await banc.ExecuteAsync("UPDATE echeances.etapes SET prevue_le = $2 WHERE id = $1", step.Id, Day(premierJour));

        banc.SetNow(before);
        await banc.SweepAsync();
        var early = await banc.LignesAsync(id);
        banc.SetNow(after);
        await banc.SweepAsync();

        Assert.That(early, Is.Empty);
        Assert.That(await banc.LignesAsync(id), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Sweep_ByFourAtOnce_FiresEachStepOnce()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        const int Courriers = 300;
        for (var i = 0; i < Courriers; i++)
        {
            await banc.RegisterAsync("2026-05-06");
        }

        banc.SetNow("2026-06-15 09:00");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => banc.SweepAsync()));

        // A clock that one sweep holds is skipped by the others: the next sweep, a minute later, takes what that left.
        await banc.SweepAsync();

        Assert.That(await banc.Database.ScalarAsync<long>("SELECT count(*) FROM echeances.lignes_relance"), Is.EqualTo(Courriers * 5));
        Assert.That(await banc.Database.ScalarAsync<long>("SELECT count(*) FROM echeances.journal WHERE action = 'RelanceDeclenchee'"), Is.EqualTo(Courriers * 5));
        Assert.That(await banc.Database.ScalarAsync<long>("SELECT count(*) FROM echeances.journal WHERE action = 'EcheanceMissed'"), Is.EqualTo(Courriers));
        Assert.That(await banc.Database.ScalarAsync<long>("SELECT count(*) FROM echeances.etapes WHERE etat <> 'Declenchee'"), Is.Zero);
        Assert.That(await banc.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.courriels_sortants"), Is.EqualTo(3));
    }

    [Test]
    public async Task Sweep_CutInTheMiddleOfABatch_LeavesNothingHalfDoneAndFiresOnceAfterwards()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        for (var i = 0; i < 40; i++)
        {
            await banc.RegisterAsync("2026-05-06");
        }

        banc.SetNow("2026-05-22 09:00");
        await banc.ExecuteAsync(
            """
            CREATE FUNCTION echeances.coupure() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                IF (SELECT count(*) FROM echeances.lignes_relance) >= 60 THEN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER coupure AFTER INSERT ON echeances.lignes_relance FOR EACH ROW EXECUTE FUNCTION echeances.coupure();
            """);
        Assert.That(banc.SweepAsync, Throws.InstanceOf<NpgsqlException>());
        Assert.That(await banc.Database.ScalarAsync<long>("SELECT count(*) FROM echeances.lignes_relance"), Is.Zero);
        Assert.That(await banc.Database.ScalarAsync<long>("SELECT count(*) FROM echeances.etapes WHERE etat = 'Declenchee'"), Is.Zero);

        await banc.ExecuteAsync("DROP TRIGGER coupure ON echeances.lignes_relance");
        await banc.SweepAsync();

        Assert.That(await banc.Database.ScalarAsync<long>("SELECT count(*) FROM echeances.lignes_relance"), Is.EqualTo(40 * 3));
    }

    [Test]
    public async Task Sweep_WhileTheAnswerArrives_NeverFiresAfterTheClosing()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        await using var scope = banc.Courrier.Scope();
        var job = scope.ServiceProvider.GetRequiredService<RelancesJob>();
        var annuaire = await AnnuaireRelances.ReadAsync(scope.ServiceProvider.GetRequiredService<EcheancesDbContext>(), CancellationToken.None);
        for (var round = 0; round < 200; round++)
        {
            var id = await banc.RegisterAsync("2026-05-06");

            await Task.WhenAll(
                banc.AnswerAsync(id, "2026-05-07"),
                job.FireBatchAsync(annuaire, Day("2026-05-19"), CancellationToken.None));
        }

        await job.FireBatchAsync(annuaire, Day("2026-05-19"), CancellationToken.None);

        // Both take the clock's row before they write their audit line: its order is the order in which they happened.
        Assert.That(
            await banc.Database.ScalarAsync<long>(
                """
                SELECT count(*) FROM echeances.journal fired JOIN echeances.journal closed USING (courrier_id)
                WHERE fired.action = 'RelanceDeclenchee' AND closed.action = 'EcheanceClosed' AND fired.id > closed.id
                """),
            Is.Zero);
        Assert.That(
            await banc.Database.ScalarAsync<long>(
                "SELECT count(*) FROM echeances.lignes_relance l JOIN echeances.etapes e ON e.id = l.etape_id WHERE e.etat <> 'Declenchee'"),
            Is.Zero);
        Assert.That(await banc.Database.ScalarAsync<long>("SELECT count(*) FROM echeances.horloges WHERE closed_on IS NULL"), Is.Zero);
    }

    [Test]
    public async Task Sweep_OfAMovedDueDate_FiresTheStepsOfTheNewOne()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        var id = await banc.RegisterAsync("2026-05-06");
        banc.SetNow("2026-05-19 09:00");
        await banc.SweepAsync();

        await banc.QualifyAsync(id, Contracts.Courriers.NatureCourrier.Recours); // 5 July
        banc.SetNow("2026-05-22 09:00");
        await banc.SweepAsync();
        var beforeTheNewDate = await banc.LignesAsync(id);
        banc.SetNow("2026-06-29 09:00");
        await banc.SweepAsync();

        Assert.That(beforeTheNewDate, Has.Count.EqualTo(1));
        Assert.That(await banc.LignesAsync(id), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Sweep_WithAMachineClockAMinuteAndAHalfOff_RefusesAndFiresNothing()
    {
        await using var banc = await Banc.StartAsync("2026-05-06 09:00");
        var id = await banc.RegisterAsync("2026-01-05");
        var skewed = new ServiceDefaults.Time.ClockGuard(
            new ServiceDefaults.Time.ShiftedTimeProvider(TimeSpan.FromSeconds(90)), Microsoft.Extensions.Logging.Abstractions.NullLogger<ServiceDefaults.Time.ClockGuard>.Instance);
        await using var scope = banc.Courrier.Scope();
        var job = ActivatorUtilities.CreateInstance<RelancesJob>(scope.ServiceProvider, skewed);

        Assert.That(async () => await job.RunAsync(CancellationToken.None), Throws.TypeOf<ServiceDefaults.Time.ClockSkewException>());
        Assert.That(await banc.LignesAsync(id), Is.Empty);
    }
}
