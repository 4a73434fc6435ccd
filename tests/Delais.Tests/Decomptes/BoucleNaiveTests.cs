namespace SuiviCourrier.Delais.Tests;

/// <summary>The engine against a loop that walks day by day over the law as the tests write it: every zone, 1970 to 2100.</summary>
public class BoucleNaiveTests
{
    private static readonly int[] Longueurs = [1, 2, 5, 10, 15, 60];

    [Test]
    public void AddJoursOuvres_From1970To2100_IsTheDayByDayLoop([ValueSource(typeof(Zones), nameof(Zones.Toutes))] Zone zone)
    {
        var calendrier = new Calendrier(zone);
        var feries = Enumerable.Range(1969, 134).SelectMany(annee => DroitDesJoursFeries.ForYear(zone, annee).Keys).ToHashSet();
        var end = new DateOnly(2100, 12, 31);

        for (var start = new DateOnly(1970, 1, 1); start <= end; start = start.AddDays(TestsLongs.Pas))
        {
            var (date, counted) = (start, 0);
            foreach (var longueur in Longueurs)
            {
                while (counted < longueur)
                {
                    date = date.AddDays(1);
                    if (date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !feries.Contains(date))
                    {
                        counted++;
                    }
                }

                if (calendrier.AddJoursOuvres(start, longueur) != date || calendrier.JoursOuvresEntre(start, date) != longueur)
                {
                    Assert.Fail($"{zone}, {start:yyyy-MM-dd} + {longueur}: {calendrier.AddJoursOuvres(start, longueur):yyyy-MM-dd} instead of {date:yyyy-MM-dd}");
                }
            }
        }
    }
}
