using System.Diagnostics;

namespace SuiviCourrier.Delais.Tests;

/// <summary>The bar is a million dates a second on one core without trace, 100,000 with: held in the long run, on a quiet
/// machine. In the everyday run, where other tests share the cores, a third of it, enough to see a change of order.</summary>
[NonParallelizable]
public class VitesseTests
{
    private static readonly Calendrier Tours = new(Zone.Metropole);

    private static int Crowd => Environment.GetEnvironmentVariable("COURRIER_LONG_TESTS") == "1" ? 1 : 3;

    [Test]
    public void Date_WithoutTrace_ReachesAMillionASecond()
    {
        Assert.That(BestRate(1_000_000, (depart, delai) => Decomptes.Date(Tours, depart, delai).DayNumber), Is.GreaterThan(1_000_000 / Crowd));
    }

    [Test]
    public void Compute_WithTrace_ReachesAHundredThousandASecond()
    {
        Assert.That(BestRate(50_000, (depart, delai) => Decomptes.Compute(Tours, depart, delai).Trace.Count), Is.GreaterThan(100_000 / Crowd));
    }

    private static double BestRate(int count, Func<DateOnly, Delai, int> compute)
    {
        Delai[] delais = [Delai.JoursOuvres(5), Delai.JoursOuvres(10), Delai.Mois(2)];
        var first = new DateOnly(2006, 1, 1);
        var best = 0d;
        for (var run = 0; run < 5; run++)
        {
            var checksum = 0L;
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < count; i++)
            {
                checksum += compute(first.AddDays(i % 9_000), delais[i % delais.Length]);
            }

            best = Math.Max(best, count / watch.Elapsed.TotalSeconds);
            Assert.That(checksum, Is.Positive);
        }

        TestContext.Out.WriteLine($"{best:N0} dates a second");

        return best;
    }
}
