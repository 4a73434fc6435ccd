namespace SuiviCourrier.Delais;

/// <summary>
/// Easter Sunday in the Gregorian calendar, by the anonymous algorithm published in Nature (20 April 1876) and by Meeus,
/// « Astronomical Algorithms », chapter 8: exact for every Gregorian year.
/// </summary>
public static class Paques
{
    /// <summary>First whole year of the Gregorian calendar in France (adopted in December 1582).</summary>
    public const int PremiereAnnee = 1583;

    /// <exception cref="ArgumentOutOfRangeException">The year is before 1583 or after 9999.</exception>
    public static DateOnly Dimanche(int annee)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(annee, PremiereAnnee);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(annee, DateOnly.MaxValue.Year);

        var goldenNumber = annee % 19;
        var (century, yearOfCentury) = Math.DivRem(annee, 100);
        var (leapCenturies, centuryRest) = Math.DivRem(century, 4);
        var lunarCorrection = (century - ((century + 8) / 25) + 1) / 3;
        var epact = ((19 * goldenNumber) + century - leapCenturies - lunarCorrection + 15) % 30;
        var (leapYears, yearRest) = Math.DivRem(yearOfCentury, 4);
        var daysToSunday = (32 + (2 * centuryRest) + (2 * leapYears) - epact - yearRest) % 7;
        var lateMoonCorrection = (goldenNumber + (11 * epact) + (22 * daysToSunday)) / 451;
        var (month, day) = Math.DivRem(epact + daysToSunday - (7 * lateMoonCorrection) + 114, 31);

        return new DateOnly(annee, month, day + 1);
    }
}
