using CsCheck;

namespace SuiviCourrier.Delais.Tests;

public class EtapesRelanceTests
{
    private static readonly Calendrier Tours = new(Zone.Metropole);

    private static readonly EtapeRelance[] Echelle =
    [
        new() { Code = "rappel", Rang = 1, Decalage = -2, Destinataire = DestinataireEtape.Agent },
        new() { Code = "jour", Rang = 2, Decalage = 0, Destinataire = DestinataireEtape.Agent },
        new() { Code = "chef", Rang = 3, Decalage = 1, Destinataire = DestinataireEtape.Chef },
        new() { Code = "superviseur", Rang = 4, Decalage = 3, Destinataire = DestinataireEtape.Superviseur },
    ];

    [TestCase("2026-05-22", "2026-05-20 2026-05-22 2026-05-26 2026-05-28", TestName = "Due on a Friday before Whit Monday")]
    [TestCase("2026-05-14", "2026-05-11 2026-05-13 2026-05-15 2026-05-19", TestName = "60 days ending on Ascension: the steps before it count back from the Wednesday")]
    [TestCase("2026-03-01", "2026-02-25 2026-02-27 2026-03-02 2026-03-04", TestName = "60 days ending on a Sunday: back from the Friday, on from the Sunday")]
    [TestCase("2026-05-25", "2026-05-20 2026-05-22 2026-05-26 2026-05-28", TestName = "Ending on Whit Monday: the step of the day is the Friday before")]
    public void DateSteps_AroundADeadline_FireOnWorkingDays(string echeance, string attendues)
    {
        var dated = EtapesRelance.DateSteps(Tours, Day(echeance), Echelle);

        Assert.That(dated.Select(etape => etape.Date), Is.EqualTo(attendues.Split(' ').Select(Day)));
        Assert.That(dated.Select(etape => etape.Etape.Code), Is.EqualTo(new[] { "rappel", "jour", "chef", "superviseur" }));
    }

    [Test]
    public void DateSteps_GivenInAnyOrder_ComeInTheOrderOfTheirDates()
    {
        var dated = EtapesRelance.DateSteps(Tours, Day("2026-05-22"), Echelle.Reverse());

        Assert.That(dated.Select(etape => etape.Etape.Rang), Is.EqualTo(new[] { 1, 2, 3, 4 }));
    }

    [Test]
    public void DateSteps_OfAnyDeadline_LeaveExactlyTheirOffsetInWorkingDays() =>
        Gen.Select(Gen.Int[new DateOnly(1970, 1, 1).DayNumber, new DateOnly(2100, 12, 31).DayNumber], Gen.Int[-20, 20])
            .Sample((day, decalage) =>
            {
                var echeance = DateOnly.FromDayNumber(day);
                var step = EtapesRelance.DateSteps(Tours, echeance, [Echelle[0] with { Decalage = decalage }]).Single().Date;

                return Tours.IsOuvre(step)
                    && Tours.JoursOuvresEntre(echeance, step) == decalage
                    && (decalage > 0 ? step > echeance : step <= echeance);
            }, iter: TestsLongs.Iterations);

    [TestCase("2026-05-19", null, "", "rappel jour chef superviseur", TestName = "Opened in time: nothing fires")]
    [TestCase("2026-05-20", "rappel", "", "jour chef superviseur", TestName = "Opened on the day of a step: it fires")]
    [TestCase("2026-05-25", "jour", "rappel", "chef superviseur", TestName = "Registered after the deadline: one step, the highest, the other is overtaken")]
    [TestCase("2027-01-04", "superviseur", "rappel jour chef", "", TestName = "Stock import, months late: one step, the supervisor's")]
    public void WhichFireOnOpening_OfALateRegistration_IsOneStepTheHighest(string today, string? declenchee, string depassees, string aVenir)
    {
        var steps = EtapesRelance.WhichFireOnOpening(EtapesRelance.DateSteps(Tours, Day("2026-05-22"), Echelle), Day(today));

        Assert.Multiple(() =>
        {
            Assert.That(steps.Declenchee?.Etape.Code, Is.EqualTo(declenchee));
            Assert.That(string.Join(' ', steps.Depassees.Select(etape => etape.Etape.Code)), Is.EqualTo(depassees));
            Assert.That(string.Join(' ', steps.AVenir.Select(etape => etape.Etape.Code)), Is.EqualTo(aVenir));
        });
    }

    [Test]
    public void WhichFireOnOpening_WhenTheHighestIsNotTheLatest_FiresTheHighest()
    {
        var steps = EtapesRelance.DateSteps(Tours, Day("2026-05-22"), [Echelle[1] with { Rang = 9 }, Echelle[2]]);

        Assert.That(EtapesRelance.WhichFireOnOpening(steps, Day("2026-06-30")).Declenchee?.Etape.Code, Is.EqualTo("jour"));
    }

    [Test]
    public void WhichFireOnOpening_WithoutSteps_FiresNothing()
    {
        Assert.That(EtapesRelance.WhichFireOnOpening([], Day("2026-06-30")).Declenchee, Is.Null);
    }

    [TestCase(-2, "2 jours ouvrés avant l’échéance")]
    [TestCase(-1, "1 jour ouvré avant l’échéance")]
    [TestCase(0, "le jour de l’échéance")]
    [TestCase(1, "1 jour ouvré après l’échéance")]
    [TestCase(3, "3 jours ouvrés après l’échéance")]
    public void Libelle_OfAStep_SaysWhen(int decalage, string attendu)
    {
        Assert.That((Echelle[0] with { Decalage = decalage }).Libelle, Is.EqualTo(attendu));
    }

    private static DateOnly Day(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd");
}
