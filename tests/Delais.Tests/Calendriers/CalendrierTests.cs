namespace SuiviCourrier.Delais.Tests;

public class CalendrierTests
{
    private static readonly Calendrier Tours = new(Zone.Metropole);

    [TestCase("2026-05-14", false, "férié (Ascension)")]
    [TestCase("2026-05-15", true, null)]
    [TestCase("2026-05-16", false, "samedi")]
    [TestCase("2026-05-17", false, "dimanche")]
    [TestCase("2008-05-01", false, "férié (1er mai et Ascension)")]
    [TestCase("2026-08-15", false, "samedi", TestName = "A holiday on a Saturday is said to be a Saturday")]
    public void MotifNonOuvre_OfADay_SaysWhyItIsNotCounted(string jour, bool ouvre, string? motif)
    {
        var date = Day(jour);

        Assert.That((Tours.IsOuvre(date), Tours.MotifNonOuvre(date)), Is.EqualTo((ouvre, motif)));
    }

    [Test]
    public void JourAjoute_EveryYear_IsAHolidayFromItsDateOn()
    {
        var noumea = new Calendrier(new ReglageCalendrier
        {
            Zone = Zone.NouvelleCaledonie,
            JoursAjoutes = [new(new(2025, 9, 24), "Fête de la citoyenneté", ChaqueAnnee: true)],
        });

        Assert.Multiple(() =>
        {
            Assert.That(noumea.IsOuvre(Day("2024-09-24")), Is.True);
            Assert.That(noumea.MotifNonOuvre(Day("2025-09-24")), Is.EqualTo("férié (Fête de la citoyenneté)"));
            Assert.That(noumea.Ferie(Day("2026-09-24"))?.Origine, Is.EqualTo(OrigineJourFerie.Site));
        });
    }

    [Test]
    public void JourAjoute_Once_IsAHolidayThatYearOnly()
    {
        var mamoudzou = new Calendrier(new ReglageCalendrier { Zone = Zone.Mayotte, JoursAjoutes = [new(new(2026, 5, 27), "Idi-el-Kabir")] });

        Assert.That((mamoudzou.IsOuvre(Day("2026-05-27")), mamoudzou.IsOuvre(Day("2027-05-27"))), Is.EqualTo((false, true)));
    }

    [Test]
    public void JourAjoute_On29February_ComesInLeapYearsOnly()
    {
        var calendrier = new Calendrier(new ReglageCalendrier { Zone = Zone.Metropole, JoursAjoutes = [new(new(2028, 2, 29), "Fête bissextile", ChaqueAnnee: true)] });

        Assert.Multiple(() =>
        {
            Assert.That(calendrier.Ferie(Day("2028-02-29")), Is.Not.Null);
            Assert.That(calendrier.Ferie(Day("2029-02-28")), Is.Null);
            Assert.That(calendrier.Ferie(Day("2032-02-29")), Is.Not.Null);
        });
    }

    [Test]
    public void JourAjoute_OnAHoliday_KeepsBothNames()
    {
        var calendrier = new Calendrier(new ReglageCalendrier { Zone = Zone.Metropole, JoursAjoutes = [new(new(2026, 5, 14), "Fête du port"), new(new(2026, 7, 14), Fetes.QuatorzeJuillet)] });

        Assert.Multiple(() =>
        {
            Assert.That(calendrier.Ferie(Day("2026-05-14"))?.Nom, Is.EqualTo("Ascension et Fête du port"));
            Assert.That(calendrier.Ferie(Day("2026-07-14"))?.Nom, Is.EqualTo("14 juillet"));
        });
    }

    [Test]
    public void JourRetire_OfTheZone_IsWorked()
    {
        var calendrier = new Calendrier(new ReglageCalendrier { Zone = Zone.Metropole, JoursRetires = [new(new(2026, 11, 11))] });

        Assert.That((calendrier.IsOuvre(Day("2026-11-11")), calendrier.IsOuvre(Day("2027-11-11"))), Is.EqualTo((true, false)));
    }

    [Test]
    public void LundiPentecoteTravaille_WhereAnotherFeastFallsOnIt_StaysAHoliday()
    {
        var cayenne = new Calendrier(new ReglageCalendrier { Zone = Zone.Guyane, LundiPentecoteTravaille = true });

        Assert.Multiple(() =>
        {
            Assert.That(cayenne.IsOuvre(Day("2018-05-21")), Is.True);
            Assert.That(cayenne.Ferie(Day("2019-06-10"))?.Nom, Is.EqualTo("Abolition de l’esclavage"));
        });
    }

    [Test]
    public void Fermeture_WithoutStoppingTheCount_IsNotADayOff()
    {
        var calendrier = new Calendrier(new ReglageCalendrier { Zone = Zone.Metropole, Fermetures = [new(new(2026, 5, 15), new(2026, 5, 15), "pont")] });

        Assert.That((calendrier.IsOuvre(Day("2026-05-15")), calendrier.FermetureDecomptee(Day("2026-05-15"))), Is.EqualTo((true, default(Fermeture))));
    }

    [Test]
    public void Fermeture_EndingBeforeItBegins_IsRefused()
    {
        var reglage = new ReglageCalendrier { Zone = Zone.Metropole, Fermetures = [new(new(2026, 5, 15), new(2026, 5, 14), "pont", ArreteLeDecompte: true)] };

        Assert.That(() => new Calendrier(reglage), Throws.ArgumentException);
    }

    [Test]
    public void Fermeture_WithoutEnd_StopsWithTheCalendar()
    {
        var calendrier = new Calendrier(new ReglageCalendrier { Zone = Zone.Metropole, Fermetures = [new(new(2190, 1, 1), DateOnly.MaxValue, "site fermé", ArreteLeDecompte: true)] });

        Assert.That(calendrier.JoursOuvresEntre(Day("2190-01-01"), Day("2199-12-31")), Is.Zero);
    }

    [TestCase("2026-05-22", 0, "2026-05-22")]
    [TestCase("2026-05-24", 0, "2026-05-24", TestName = "Zero working days from a Sunday is that Sunday")]
    [TestCase("2026-05-26", -1, "2026-05-22", TestName = "One working day back over Whit Monday")]
    [TestCase("2026-05-24", -1, "2026-05-22", TestName = "One working day back from a Sunday")]
    [TestCase("2026-05-24", 1, "2026-05-26", TestName = "One working day on from the Sunday before Whit Monday")]
    public void AddJoursOuvres_FromADay_CountsStrictlyFromIt(string depart, int nombre, string attendu)
    {
        Assert.That(Tours.AddJoursOuvres(Day(depart), nombre), Is.EqualTo(Day(attendu)));
    }

    [TestCase("2026-05-22", "2026-05-26", 1)]
    [TestCase("2026-05-22", "2026-05-25", 0)]
    [TestCase("2026-05-26", "2026-05-22", -1)]
    [TestCase("2026-05-22", "2026-05-22", 0)]
    public void JoursOuvresEntre_TwoDays_CountsAfterTheFirstUpToTheSecond(string de, string a, int expected)
    {
        Assert.That(Tours.JoursOuvresEntre(Day(de), Day(a)), Is.EqualTo(expected));
    }

    [Test]
    public void AddJoursOuvres_OutsideTheCalendar_IsRefused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => Tours.AddJoursOuvres(Day("1899-12-31"), 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => Tours.AddJoursOuvres(Day("2200-01-01"), 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => Tours.AddJoursOuvres(Day("2199-12-31"), 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => Tours.AddJoursOuvres(Day("1900-01-01"), -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => Tours.AddJoursOuvres(Day("2026-01-01"), int.MaxValue), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => Tours.AddJoursOuvres(Day("2026-01-01"), int.MinValue), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(Tours.IsOuvre(Day("1900-01-02")), Is.True);
            Assert.That(Tours.IsOuvre(Day("1900-01-01")), Is.False);
        });
    }

    private static DateOnly Day(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd");
}
