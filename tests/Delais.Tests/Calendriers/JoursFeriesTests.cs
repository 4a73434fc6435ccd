namespace SuiviCourrier.Delais.Tests;

public class JoursFeriesTests
{
    [Test, Combinatorial]
    public void OfficialData_EveryHolidayOfEveryZoneAndYear_IsTheLaw(
        [ValueSource(typeof(Zones), nameof(Zones.Toutes))] Zone zone,
        [Range(FichiersOfficiels.PremiereAnnee, FichiersOfficiels.DerniereAnnee)] int annee)
    {
        var officiels = FichiersOfficiels.ForYear(zone, annee);

        var law = DroitDesJoursFeries.ForYear(zone, annee).SelectMany(day => day.Value.Select(nom => (day.Key, nom)));
        Assert.That(officiels, Is.EquivalentTo(law));
    }

    [Test, Combinatorial]
    public void ForYear_EveryHolidayOfEveryZoneAndYear_IsTheOfficialOne(
        [ValueSource(typeof(Zones), nameof(Zones.Toutes))] Zone zone,
        [Range(FichiersOfficiels.PremiereAnnee, FichiersOfficiels.DerniereAnnee)] int annee)
    {
        var jours = JoursFeries.ForYear(zone, annee);

        Assert.Multiple(() =>
        {
            Assert.That(jours.SelectMany(jour => jour.Noms.Select(nom => (jour.Date, nom))), Is.EquivalentTo(FichiersOfficiels.ForYear(zone, annee)));
            Assert.That(jours.Select(jour => jour.Date), Is.Unique.And.Ordered);
            Assert.That(jours.Select(jour => jour.Origine), Is.All.EqualTo(OrigineJourFerie.JeuOfficiel));
        });
    }

    // Saint-Barthélemy 2006–2011: the file says 9 October, the decree only since 2012; the file prevails, the laws must not.
    [Test, Combinatorial]
    public void ForYear_WithoutOfficialData_FindsTheSameDaysByTheDatedLaws(
        [ValueSource(typeof(Zones), nameof(Zones.Toutes))] Zone zone,
        [Range(FichiersOfficiels.PremiereAnnee, FichiersOfficiels.DerniereAnnee)] int annee)
    {
        var byLaw = JoursFeries.ForYear(zone, annee, JeuOfficiel.Vide).SelectMany(jour => jour.Noms.Select(nom => (jour.Date, nom))).ToList();

        if (zone == Zone.SaintBarthelemy && annee < 2012)
        {
            Assert.That(byLaw, Does.Not.Contain((new DateOnly(annee, 10, 9), Fetes.AbolitionDeLEsclavage)));
            byLaw.RemoveAll(fete => fete.nom == Fetes.AbolitionDeLEsclavage);
            byLaw.Add((new DateOnly(annee, 10, 9), Fetes.AbolitionDeLEsclavage));
        }

        Assert.That(byLaw, Is.EquivalentTo(FichiersOfficiels.ForYear(zone, annee)));
    }

    [Test, Combinatorial]
    public void ForYear_BeforeAndAfterTheOfficialData_FollowsTheLaw(
        [ValueSource(typeof(Zones), nameof(Zones.Toutes))] Zone zone,
        [Values] bool after)
    {
        var (first, last) = after ? (FichiersOfficiels.DerniereAnnee + 1, 2199) : (1900, FichiersOfficiels.PremiereAnnee - 1);

        for (var annee = first; annee <= last; annee++)
        {
            var jours = JoursFeries.ForYear(zone, annee);

            Assert.That(jours.ToDictionary(jour => jour.Date, jour => jour.Noms.ToArray()), Is.EquivalentTo(DroitDesJoursFeries.ForYear(zone, annee)), $"{zone} {annee}");
            Assert.That(jours.Select(jour => jour.EstProjection), Is.All.EqualTo(after), $"{zone} {annee}");
            Assert.That(JoursFeries.IsProjection(zone, annee), Is.EqualTo(after), $"{zone} {annee}");
        }
    }

    [TestCase(Zone.Metropole, 11)]
    [TestCase(Zone.AlsaceMoselle, 13)]
    [TestCase(Zone.Guadeloupe, 12)]
    [TestCase(Zone.Guyane, 12)]
    [TestCase(Zone.Martinique, 12)]
    [TestCase(Zone.Mayotte, 12)]
    [TestCase(Zone.LaReunion, 12)]
    [TestCase(Zone.SaintBarthelemy, 12)]
    [TestCase(Zone.SaintMartin, 12)]
    [TestCase(Zone.SaintPierreEtMiquelon, 11)]
    [TestCase(Zone.NouvelleCaledonie, 11)]
    [TestCase(Zone.PolynesieFrancaise, 11)]
    [TestCase(Zone.WallisEtFutuna, 11)]
    public void ForYear_EveryYearSince1984_HasTheCountOfItsZone(Zone zone, int feasts)
    {
        for (var annee = 1984; annee <= 2199; annee++)
        {
            var jours = JoursFeries.ForYear(zone, annee);
            var doubles = jours.Sum(jour => jour.Noms.Count - 1);

            Assert.That(jours.Count + doubles, Is.EqualTo(feasts), $"feasts of {zone} in {annee}");
            Assert.That(doubles, Is.EqualTo(ExpectedDoubles(zone, annee)), $"days with two feasts, {zone} in {annee}");
        }
    }

    [TestCase(1900, 8)]
    [TestCase(1921, 8)]
    [TestCase(1922, 9, TestName = "11 November since the law of 24 October 1922")]
    [TestCase(1946, 9)]
    [TestCase(1947, 10, TestName = "1 May since the law of 30 April 1947")]
    [TestCase(1952, 10)]
    [TestCase(1953, 11, TestName = "8 May by the law of 20 March 1953")]
    [TestCase(1958, 11)]
    [TestCase(1959, 10, TestName = "8 May no more, decree of 11 April 1959")]
    [TestCase(1965, 11, TestName = "8 May once, decree of 1 April 1965")]
    [TestCase(1966, 10)]
    [TestCase(1981, 10)]
    [TestCase(1982, 11, TestName = "8 May again since the law of 2 October 1981")]
    [TestCase(1997, 10, TestName = "8 May and Ascension 1997 on one day")]
    public void ForYear_InMetropoleBeforeTheOfficialData_HasTheDaysOfItsTime(int annee, int expected)
    {
        Assert.That(JoursFeries.ForYear(Zone.Metropole, annee), Has.Count.EqualTo(expected));
    }

    [TestCase(1801, 0)]
    [TestCase(1803, 4, TestName = "Four feasts of the Concordat")]
    [TestCase(1811, 5, TestName = "1 January since 1810")]
    [TestCase(1880, 6, TestName = "14 July since the law of 6 July 1880")]
    [TestCase(1885, 6)]
    [TestCase(1886, 8, TestName = "Easter and Whit Mondays since the law of 8 March 1886")]
    public void ForYear_InTheNineteenthCentury_HasTheDaysOfItsTime(int annee, int expected)
    {
        Assert.That(JoursFeries.ForYear(Zone.Metropole, annee), Has.Count.EqualTo(expected));
    }

    [TestCase(Zone.LaReunion, "1983-12-20", true, TestName = "Décret 83-1003 of 23 November 1983: La Réunion is first, 20 December 1983")]
    [TestCase(Zone.LaReunion, "1982-12-20", false, TestName = "Before the law of 30 June 1983: no abolition day")]
    [TestCase(Zone.Guadeloupe, "1983-05-27", false, TestName = "27 May 1983 precedes the law")]
    [TestCase(Zone.Guadeloupe, "1984-05-27", true, TestName = "Guadeloupe 27 May")]
    [TestCase(Zone.Mayotte, "1984-04-27", true, TestName = "Mayotte 27 April")]
    [TestCase(Zone.Martinique, "1984-05-22", true, TestName = "Martinique 22 May")]
    [TestCase(Zone.Guyane, "1984-06-10", true, TestName = "Guyane 10 June")]
    [TestCase(Zone.SaintMartin, "2005-05-27", true, TestName = "Saint-Martin 27 May as a commune of Guadeloupe")]
    [TestCase(Zone.SaintMartin, "2017-05-27", true, TestName = "Saint-Martin 27 May until 2017")]
    [TestCase(Zone.SaintMartin, "2018-05-27", false, TestName = "Saint-Martin leaves 27 May in 2018")]
    [TestCase(Zone.SaintMartin, "2018-05-28", true, TestName = "Saint-Martin 28 May since the circular of 4 May 2018")]
    [TestCase(Zone.SaintMartin, "2032-05-28", true, TestName = "Saint-Martin: later years continue the file, 28 May")]
    [TestCase(Zone.SaintMartin, "2032-05-27", false, TestName = "Saint-Martin: later years do not return to L3422-2")]
    [TestCase(Zone.SaintBarthelemy, "2005-05-27", true, TestName = "Saint-Barthélemy 27 May as a commune of Guadeloupe")]
    [TestCase(Zone.SaintBarthelemy, "2006-10-09", true, TestName = "Saint-Barthélemy 9 October since the file")]
    [TestCase(Zone.SaintBarthelemy, "2032-10-09", true, TestName = "Saint-Barthélemy 9 October projected")]
    [TestCase(Zone.AlsaceMoselle, "1970-12-26", true, TestName = "Alsace-Moselle 26 December, ordonnance of 16 August 1892")]
    [TestCase(Zone.AlsaceMoselle, "2026-04-03", true, TestName = "Alsace-Moselle Good Friday")]
    [TestCase(Zone.Metropole, "2026-04-03", false, TestName = "Good Friday is worked elsewhere")]
    public void ForYear_ByZone_FollowsTheDatedLaw(Zone zone, string jour, bool expected)
    {
        var date = DateOnly.ParseExact(jour, "yyyy-MM-dd");

        Assert.That(JoursFeries.ForYear(zone, date.Year).Any(ferie => ferie.Date == date), Is.EqualTo(expected));
    }

    [TestCase(Zone.Metropole, "2008-05-01", "1er mai et Ascension")]
    [TestCase(Zone.Guyane, "2019-06-10", "Abolition de l’esclavage et Lundi de Pentecôte")]
    [TestCase(Zone.Guyane, "2030-06-10", "Abolition de l’esclavage et Lundi de Pentecôte")]
    [TestCase(Zone.Martinique, "2031-05-22", "Abolition de l’esclavage et Ascension")]
    public void ForYear_TwoFeastsOnOneDay_IsOneHolidayWithBothNames(Zone zone, string jour, string nom)
    {
        var date = DateOnly.ParseExact(jour, "yyyy-MM-dd");

        Assert.That(JoursFeries.ForYear(zone, date.Year).Where(ferie => ferie.Date == date).Select(ferie => ferie.Nom), Is.EqualTo(new[] { nom }));
    }

    private static int ExpectedDoubles(Zone zone, int annee)
    {
        var ascension = TableDePaques.Dimanche(annee).AddDays(39);
        var pentecote = ascension.AddDays(11);
        (int Month, int Day)[] fixedFeasts = zone switch
        {
            Zone.Guyane => [(5, 1), (5, 8), (6, 10)],
            Zone.Martinique => [(5, 1), (5, 8), (5, 22)],
            Zone.Mayotte => [(5, 1), (5, 8), (4, 27)],
            Zone.Guadeloupe => [(5, 1), (5, 8), (5, 27)],
            Zone.SaintMartin => [(5, 1), (5, 8), annee < 2018 ? (5, 27) : (5, 28)],
            Zone.SaintBarthelemy when annee < 2006 => [(5, 1), (5, 8), (5, 27)],
            _ => [(5, 1), (5, 8)],
        };

        return fixedFeasts.Count(feast => new DateOnly(annee, feast.Month, feast.Day) is var date && (date == ascension || date == pentecote));
    }
}
