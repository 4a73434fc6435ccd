namespace SuiviCourrier.Delais.Tests;

public class DatesEnFrancaisTests
{
    private static readonly Calendrier Tours = new(Zone.Metropole);

    [TestCase("2026-05-01", "vendredi 1er mai 2026")]
    [TestCase("2026-05-06", "mercredi 6 mai 2026")]
    [TestCase("2026-02-28", "samedi 28 février 2026")]
    [TestCase("2026-08-11", "mardi 11 août 2026")]
    [TestCase("2026-12-31", "jeudi 31 décembre 2026")]
    [TestCase("2027-01-03", "dimanche 3 janvier 2027")]
    public void DateComplete_OfADay_IsInFrench(string jour, string attendu)
    {
        Assert.That(DatesEnFrancais.DateComplete(Day(jour)), Is.EqualTo(attendu));
    }

    [Test]
    public void DateCourte_OfADay_IsDayMonthYear()
    {
        Assert.That((DatesEnFrancais.DateCourte(Day("2026-05-06")), DatesEnFrancais.JourMoisCourt(Day("2026-05-06"))), Is.EqualTo(("06/05/2026", "06/05")));
    }

    [TestCase("2026-05-22", UniteDelai.JoursOuvres, "aujourd’hui")]
    [TestCase("2026-05-21", UniteDelai.JoursOuvres, "demain")]
    [TestCase("2026-05-20", UniteDelai.JoursOuvres, "dans 2 jours ouvrés")]
    [TestCase("2026-05-05", UniteDelai.JoursOuvres, "dans 11 jours ouvrés", TestName = "8 and 14 May are not counted")]
    [TestCase("2026-05-20", UniteDelai.JoursCalendaires, "dans 2 jours")]
    [TestCase("2026-03-23", UniteDelai.Mois, "dans 60 jours")]
    [TestCase("2026-05-23", UniteDelai.JoursOuvres, "en retard de 1 jour", TestName = "Due on Friday, late on Saturday")]
    [TestCase("2026-05-25", UniteDelai.JoursOuvres, "en retard de 3 jours")]
    public void Dire_ADeadlineSeenFromToday_UsesTheWordsOfTheList(string aujourdhui, UniteDelai unite, string attendu)
    {
        Assert.That(EcartEnFrancais.Dire(Tours, Day(aujourdhui), Day("2026-05-22"), unite), Is.EqualTo(attendu));
    }

    [TestCase("2026-05-23", "2026-05-26", "dans 1 jour ouvré", TestName = "From the Saturday to the Tuesday after Whit Monday")]
    [TestCase("2026-05-22", "2026-05-24", "dans 2 jours", TestName = "No working day left before a date that was moved off the calendar")]
    public void Dire_OverAWeekend_CountsWorkingDaysWhenThereAreAny(string aujourdhui, string echeance, string attendu)
    {
        Assert.That(EcartEnFrancais.Dire(Tours, Day(aujourdhui), Day(echeance), UniteDelai.JoursOuvres), Is.EqualTo(attendu));
    }

    private static DateOnly Day(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd");
}
