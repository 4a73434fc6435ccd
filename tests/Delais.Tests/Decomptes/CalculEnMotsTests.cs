using System.Globalization;

namespace SuiviCourrier.Delais.Tests;

public class CalculEnMotsTests
{
    private static readonly Calendrier Tours = new(Zone.Metropole);

    [TestCase("2026-05-06", 10, "reçu le mercredi 6 mai 2026, 10 jours ouvrés, 8 et 14 mai fériés : vendredi 22 mai 2026")]
    [TestCase("2026-04-30", 5, "reçu le jeudi 30 avril 2026, 5 jours ouvrés, 1er et 8 mai fériés : lundi 11 mai 2026")]
    [TestCase("2026-05-02", 5, "reçu le samedi 2 mai 2026, 5 jours ouvrés, 8 mai férié : lundi 11 mai 2026")]
    [TestCase("2026-11-23", 10, "reçu le lundi 23 novembre 2026, 10 jours ouvrés : lundi 7 décembre 2026")]
    [TestCase("2026-08-10", 5, "reçu le lundi 10 août 2026, 5 jours ouvrés : lundi 17 août 2026", TestName = "A holiday on a Saturday is not worth a word")]
    public void Calcul_InWorkingDays_NamesTheHolidaysThatCostADay(string recuLe, int jours, string attendu)
    {
        Assert.That(Compute(Tours, recuLe, Delai.JoursOuvres(jours)).Calcul, Is.EqualTo(attendu));
    }

    [Test]
    public void Calcul_OverTheNewYear_NamesBothHolidays()
    {
        Assert.That(
            Compute(Tours, "2025-12-23", Delai.JoursOuvres(10)).Calcul,
            Is.EqualTo("reçu le mardi 23 décembre 2025, 10 jours ouvrés, 25 décembre et 1er janvier fériés : jeudi 8 janvier 2026"));
    }

    [Test]
    public void Calcul_OverManyHolidays_GroupsThemByMonth()
    {
        Assert.That(
            Compute(Tours, "2026-04-30", Delai.JoursOuvres(60)).Calcul,
            Is.EqualTo("reçu le jeudi 30 avril 2026, 60 jours ouvrés, 1er, 8, 14 et 25 mai, 14 juillet fériés : jeudi 30 juillet 2026"));
    }

    [TestCase("2026-11-23", UniteDelai.JoursCalendaires, 60, "reçu le lundi 23 novembre 2026, 60 jours : vendredi 22 janvier 2027")]
    [TestCase("2026-11-23", UniteDelai.Mois, 2, "reçu le lundi 23 novembre 2026, 2 mois : samedi 23 janvier 2027")]
    [TestCase("2025-12-31", UniteDelai.Mois, 2, "reçu le mercredi 31 décembre 2025, 2 mois, dernier jour du mois : samedi 28 février 2026")]
    [TestCase("2026-05-13", UniteDelai.JoursOuvres, 1, "reçu le mercredi 13 mai 2026, 1 jour ouvré, 14 mai férié : vendredi 15 mai 2026")]
    public void Calcul_InEveryUnit_SaysIt(string recuLe, UniteDelai unite, int longueur, string attendu)
    {
        Assert.That(Compute(Tours, recuLe, new Delai(longueur, unite)).Calcul, Is.EqualTo(attendu));
    }

    [Test]
    public void Calcul_OverClosures_NamesThem()
    {
        var calendrier = new Calendrier(new ReglageCalendrier
        {
            Zone = Zone.Metropole,
            Fermetures =
            [
                new(new(2026, 5, 15), new(2026, 5, 15), "pont de l’Ascension", ArreteLeDecompte: true),
                new(new(2026, 5, 18), new(2026, 5, 19), "déménagement", ArreteLeDecompte: true),
            ],
        });

        Assert.That(
            Compute(calendrier, "2026-05-06", Delai.JoursOuvres(10)).Calcul,
            Is.EqualTo("reçu le mercredi 6 mai 2026, 10 jours ouvrés, 8, 14 et 25 mai fériés, 15 mai fermé (pont de l’Ascension), fermé du 18 mai au 19 mai (déménagement) : jeudi 28 mai 2026"));
    }

    [Test]
    public void Calcul_AfterTheOfficialData_SaysThatHolidaysAreProjected()
    {
        var projected = Compute(Tours, "2032-05-04", Delai.JoursOuvres(5));
        var official = Compute(Tours, "2031-05-06", Delai.JoursOuvres(5));

        Assert.Multiple(() =>
        {
            Assert.That(projected.EstProjection, Is.True);
            Assert.That(projected.Calcul, Is.EqualTo("reçu le mardi 4 mai 2032, 5 jours ouvrés, 6 mai férié, jours fériés projetés : mercredi 12 mai 2032"));
            Assert.That(official.EstProjection, Is.False);
            Assert.That(official.Calcul, Does.Not.Contain("projeté"));
        });
    }

    [Test]
    public void Calcul_ForAnotherEvent_BeginsWithIt()
    {
        var echeance = Decomptes.Compute(Tours, new DateOnly(2026, 11, 23), Delai.JoursOuvres(10), "service compétent saisi le");

        Assert.That(echeance.Calcul, Does.StartWith("service compétent saisi le lundi 23 novembre 2026, 10 jours ouvrés"));
    }

    [Test]
    public void Trace_InWorkingDays_NumbersTheCountedAndExplainsTheSkipped()
    {
        var calendrier = new Calendrier(new ReglageCalendrier
        {
            Zone = Zone.Metropole,
            Version = 7,
            Fermetures = [new(new(2026, 5, 15), new(2026, 5, 15), "pont de l’Ascension", ArreteLeDecompte: true)],
        });

        var echeance = Compute(calendrier, "2026-05-07", Delai.JoursOuvres(5));

        Assert.That(echeance.VersionCalendrier, Is.EqualTo(7));
        Assert.That(echeance.Trace, Is.EqualTo(new JourTrace[]
        {
            new(new(2026, 5, 7), 0, null),
            new(new(2026, 5, 8), null, "férié (8 mai)"),
            new(new(2026, 5, 9), null, "samedi"),
            new(new(2026, 5, 10), null, "dimanche"),
            new(new(2026, 5, 11), 1, null),
            new(new(2026, 5, 12), 2, null),
            new(new(2026, 5, 13), 3, null),
            new(new(2026, 5, 14), null, "férié (Ascension)"),
            new(new(2026, 5, 15), null, "fermeture (pont de l’Ascension)"),
            new(new(2026, 5, 16), null, "samedi"),
            new(new(2026, 5, 17), null, "dimanche"),
            new(new(2026, 5, 18), 4, null),
            new(new(2026, 5, 19), 5, null),
        }));
    }

    [Test]
    public void Trace_InMonths_ShowsEachMonthCountedFromTheFirstDay()
    {
        var echeance = Compute(Tours, "2025-12-31", Delai.Mois(3));

        Assert.That(echeance.Trace, Is.EqualTo(new JourTrace[]
        {
            new(new(2025, 12, 31), 0, null),
            new(new(2026, 1, 31), 1, null),
            new(new(2026, 2, 28), 2, "dernier jour du mois"),
            new(new(2026, 3, 31), 3, null),
        }));
    }

    [TestCase(0)]
    [TestCase(-5)]
    [TestCase(10_001)]
    public void Delai_OfAnImpossibleLength_IsRefused(int longueur)
    {
        Assert.That(() => Delai.JoursOuvres(longueur), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [TestCase("tr-TR")]
    [TestCase("ar-SA")]
    [TestCase("th-TH")]
    [TestCase("en-US")]
    [TestCase("")]
    public void Calcul_InAnyCultureOfTheMachine_StaysFrench(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo(culture);
        try
        {
            Assert.That(
                Compute(Tours, "2026-05-06", Delai.JoursOuvres(10)).Calcul,
                Is.EqualTo("reçu le mercredi 6 mai 2026, 10 jours ouvrés, 8 et 14 mai fériés : vendredi 22 mai 2026"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static Echeance Compute(Calendrier calendrier, string recuLe, Delai delai) =>
        Decomptes.Compute(calendrier, DateOnly.ParseExact(recuLe, "yyyy-MM-dd", CultureInfo.InvariantCulture), delai);
}
