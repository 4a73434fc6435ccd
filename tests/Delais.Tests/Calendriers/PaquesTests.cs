namespace SuiviCourrier.Delais.Tests;

public class PaquesTests
{
    [Test]
    public void Dimanche_From1900To2199_IsThatOfThePublishedTable([Range(1900, 2199)] int annee)
    {
        Assert.That(Paques.Dimanche(annee), Is.EqualTo(TableDePaques.Dimanche(annee)));
    }

    // Extremes and exceptions, well known from almanacs: they hold the table itself to account.
    [TestCase("1818-03-22", TestName = "Easter 1818: the earliest possible")]
    [TestCase("1886-04-25", TestName = "Easter 1886: the latest possible")]
    [TestCase("1913-03-23", TestName = "Easter 1913: one day from the earliest")]
    [TestCase("1943-04-25", TestName = "Easter 1943: the latest possible")]
    [TestCase("1954-04-18", TestName = "Easter 1954: epact 25 corrected")]
    [TestCase("1981-04-19", TestName = "Easter 1981: epact 24 corrected")]
    [TestCase("1999-04-04", TestName = "Easter 1999")]
    [TestCase("2000-04-23", TestName = "Easter 2000: leap century")]
    [TestCase("2008-03-23", TestName = "Easter 2008: Ascension on 1 May")]
    [TestCase("2024-03-31", TestName = "Easter 2024")]
    [TestCase("2025-04-20", TestName = "Easter 2025")]
    [TestCase("2026-04-05", TestName = "Easter 2026")]
    [TestCase("2027-03-28", TestName = "Easter 2027")]
    [TestCase("2038-04-25", TestName = "Easter 2038: the latest possible")]
    [TestCase("2049-04-18", TestName = "Easter 2049: epact 25 corrected")]
    [TestCase("2076-04-19", TestName = "Easter 2076: epact 24 corrected")]
    [TestCase("2100-03-28", TestName = "Easter 2100: century without leap day")]
    public void Dimanche_OfAWellKnownYear_IsTheOneOfTheAlmanacs(string attendu)
    {
        var date = DateOnly.ParseExact(attendu, "yyyy-MM-dd");

        Assert.That(Paques.Dimanche(date.Year), Is.EqualTo(date));
    }

    [TestCase(1582)]
    [TestCase(10_000)]
    public void Dimanche_OutsideTheGregorianCalendar_IsRefused(int annee)
    {
        Assert.That(() => Paques.Dimanche(annee), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
