namespace SuiviCourrier.Delais.Tests;

/// <summary>
/// Easter by the published « Table to find Easter-day from the Year 1900 to the Year 2199 inclusive » of the Calendar (New Style)
/// Act 1750 (24 Geo. II c. 23; Ruffhead, Statutes at Large, vol. 7, p. 371; the same in the Book of Common Prayer): the golden number
/// of the year points at the Paschal full moon, Easter is the Sunday after it. Shares no arithmetic with the library.
/// </summary>
internal static class TableDePaques
{
    // Golden numbers in the order of the days they are printed against.
    private static readonly (int GoldenNumber, int Month, int Day)[] FullMoons =
    [
        (14, 3, 22), (3, 3, 23), (11, 3, 25), (19, 3, 27), (8, 3, 28), (16, 3, 30), (5, 3, 31),
        (13, 4, 2), (2, 4, 3), (10, 4, 5), (18, 4, 7), (7, 4, 8), (15, 4, 10), (4, 4, 11), (12, 4, 13), (1, 4, 14), (9, 4, 16), (17, 4, 17), (6, 4, 18),
    ];

    public static DateOnly Dimanche(int annee)
    {
        var (_, month, day) = FullMoons.Single(moon => moon.GoldenNumber == (annee % 19) + 1);
        var fullMoon = new DateOnly(annee, month, day);

        return fullMoon.AddDays(7 - (int)fullMoon.DayOfWeek);
    }
}
