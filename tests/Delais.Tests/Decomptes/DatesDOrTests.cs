namespace SuiviCourrier.Delais.Tests;

/// <summary>
/// Golden dates. Counting: the delay starts the day after the event; jours ouvrés are Monday to Friday minus holidays; months go
/// from date to date. The defects are those measured in the register in use today (Maarch Courrier), with the right date.
/// </summary>
public class DatesDOrTests
{
    private static readonly Fermeture PontDeLAscension = new(new(2026, 5, 15), new(2026, 5, 15), "pont de l’Ascension");

    private static readonly Calendrier Tours = new(Zone.Metropole);

    [TestCase("2026-04-30", 5, "2026-05-11", TestName = "E-mail, label 5 working days: 1 and 8 May are public holidays")]
    [TestCase("2026-05-02", 5, "2026-05-11", TestName = "E-mail on a Saturday, 5 working days: Monday is day 1, 8 May a holiday")]
    [TestCase("2026-05-06", 10, "2026-05-22", TestName = "Letter, label 10 working days: 8 May and Ascension; the bridge of 15 May is worked")]
    [TestCase("2026-04-02", 10, "2026-04-17", TestName = "Letter in Tours before Easter: only the Monday is a holiday")]
    [TestCase("2026-05-20", 5, "2026-05-28", TestName = "E-mail over Whit Monday, a holiday by law")]
    [TestCase("2026-05-26", 5, "2026-06-02", TestName = "E-mail of 26 May in métropole")]
    [TestCase("2026-05-13", 1, "2026-05-15", TestName = "AEE of R112-11-2, 1 working day: Ascension is skipped")]
    [TestCase("2026-11-23", 5, "2026-11-30", TestName = "E-mail of 23 November 2026")]
    [TestCase("2026-11-23", 10, "2026-12-07", TestName = "Letter of 23 November 2026")]
    [TestCase("2026-05-11", 10, "2026-05-27", TestName = "Defect of the register in use: Ascension and Whit Monday unknown, 25 May is a holiday")]
    [TestCase("2027-03-24", 5, "2027-04-01", TestName = "Defect of the register in use: Easter Monday of another year, 5 days")]
    [TestCase("2027-03-22", 10, "2027-04-06", TestName = "Defect of the register in use: Easter Monday of another year, 10 days")]
    [TestCase("2027-05-03", 5, "2027-05-11", TestName = "Defect of the register in use: Ascension 2027")]
    [TestCase("2027-05-12", 5, "2027-05-20", TestName = "Defect of the register in use: Whit Monday 2027")]
    public void Date_InWorkingDays_IsTheGoldenDate(string recuLe, int jours, string attendu)
    {
        Check(Tours, recuLe, Delai.JoursOuvres(jours), attendu);
    }

    [TestCase("2026-11-23", 60, "2027-01-22", TestName = "60 days outside the label, from 23 November 2026")]
    [TestCase("2026-01-15", 60, "2026-03-16", TestName = "60 days from 15 January 2026: after the silence date")]
    [TestCase("2025-12-31", 60, "2026-03-01", TestName = "60 days from 31 December 2025: a Sunday, not moved")]
    public void Date_InCalendarDays_IsTheGoldenDate(string recuLe, int jours, string attendu)
    {
        Check(Tours, recuLe, Delai.JoursCalendaires(jours), attendu);
    }

    [TestCase("2026-11-23", 2, "2027-01-23", TestName = "CRPA L231-1: 2 months from 23 November 2026")]
    [TestCase("2026-01-15", 2, "2026-03-15", TestName = "CRPA L231-1: 2 months from 15 January are 59 days")]
    [TestCase("2025-12-31", 2, "2026-02-28", TestName = "CRPA L231-1: no 31 February, last day of the month")]
    [TestCase("2027-12-31", 2, "2028-02-29", TestName = "CRPA L231-1: last day of February in a leap year")]
    [TestCase("2026-01-30", 1, "2026-02-28", TestName = "CRPA R311-13: 1 month from 30 January")]
    [TestCase("2026-11-30", 3, "2027-02-28", TestName = "CGCT L1116-1: 3 months over the new year")]
    public void Date_InMonths_IsTheGoldenDate(string recuLe, int mois, string attendu)
    {
        Check(Tours, recuLe, Delai.Mois(mois), attendu);
    }

    [Test]
    public void Date_InStrasbourg_SkipsGoodFriday()
    {
        Check(new Calendrier(Zone.AlsaceMoselle), "2026-04-02", Delai.JoursOuvres(10), "2026-04-20");
    }

    [Test]
    public void Date_InACommuneOfAlsaceWithoutProtestantTemple_CountsGoodFriday()
    {
        var calendrier = new Calendrier(new ReglageCalendrier { Zone = Zone.AlsaceMoselle, VendrediSaintTravaille = true });

        Check(calendrier, "2026-04-02", Delai.JoursOuvres(10), "2026-04-17");
    }

    [Test]
    public void Date_InGuadeloupe_SkipsTheAbolitionDay()
    {
        Check(new Calendrier(Zone.Guadeloupe), "2026-05-26", Delai.JoursOuvres(5), "2026-06-03");
    }

    [Test]
    public void Date_WhereWhitMondayIsWorked_CountsIt()
    {
        var calendrier = new Calendrier(new ReglageCalendrier { Zone = Zone.Metropole, LundiPentecoteTravaille = true });

        Check(calendrier, "2026-05-20", Delai.JoursOuvres(5), "2026-05-27");
    }

    [TestCase(true, "2026-05-26", TestName = "The bridge of 15 May closed and counted: one working day more, Whit Monday on the way")]
    [TestCase(false, "2026-05-22", TestName = "The bridge of 15 May closed without stopping the count")]
    public void Date_OverAClosure_FollowsItsSetting(bool arreteLeDecompte, string attendu)
    {
        var calendrier = new Calendrier(new ReglageCalendrier
        {
            Zone = Zone.Metropole,
            Fermetures = [PontDeLAscension with { ArreteLeDecompte = arreteLeDecompte }],
        });

        Check(calendrier, "2026-05-06", Delai.JoursOuvres(10), attendu);
    }

    [TestCase(2026, 252)]
    [TestCase(2027, 254)]
    [TestCase(2028, 251)]
    public void JoursOuvresEntre_AWholeYear_IsItsNumberOfWorkingDays(int annee, int expected)
    {
        Assert.That(Tours.JoursOuvresEntre(new DateOnly(annee - 1, 12, 31), new DateOnly(annee, 12, 31)), Is.EqualTo(expected));
    }

    private static void Check(Calendrier calendrier, string recuLe, Delai delai, string attendu)
    {
        var depart = DateOnly.ParseExact(recuLe, "yyyy-MM-dd");
        var expected = DateOnly.ParseExact(attendu, "yyyy-MM-dd");

        Assert.Multiple(() =>
        {
            Assert.That(Decomptes.Date(calendrier, depart, delai), Is.EqualTo(expected));
            Assert.That(Decomptes.Compute(calendrier, depart, delai).Date, Is.EqualTo(expected));
        });
    }
}
