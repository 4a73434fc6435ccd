using CsCheck;

namespace SuiviCourrier.Delais.Tests;

/// <summary>Laws of counting, on any day of 1970–2100, in every zone and at sites with entries of their own.</summary>
public class ProprietesTests
{
    private static readonly Calendrier[] Calendriers =
    [
        .. Zones.Toutes.Select(zone => new Calendrier(zone)),
        new(new ReglageCalendrier { Zone = Zone.AlsaceMoselle, VendrediSaintTravaille = true, LundiPentecoteTravaille = true }),
        new(new ReglageCalendrier
        {
            Zone = Zone.NouvelleCaledonie,
            JoursAjoutes = [new(new(1970, 9, 24), "Fête de la citoyenneté", ChaqueAnnee: true)],
            JoursRetires = [new(new(1970, 8, 15), ChaqueAnnee: true)],
            Fermetures =
            [
                new(new(2026, 12, 21), new(2027, 1, 8), "fermeture annuelle", ArreteLeDecompte: true),
                new(new(2028, 7, 1), new(2028, 8, 31), "travaux", ArreteLeDecompte: true),
                new(new(2029, 7, 1), new(2029, 8, 31), "été, sans arrêt du décompte"),
            ],
        }),
    ];

    private static readonly Gen<Calendrier> AnyCalendrier = Gen.Int[0, Calendriers.Length - 1].Select(index => Calendriers[index]);

    private static readonly Gen<DateOnly> AnyDate =
        Gen.Int[new DateOnly(1970, 1, 1).DayNumber, new DateOnly(2100, 12, 31).DayNumber].Select(DateOnly.FromDayNumber);

    private static readonly Gen<int> AnyLength = Gen.Int[1, 120];

    private static readonly Gen<Delai> AnyDelai =
        Gen.Select(AnyLength, Gen.Enum<UniteDelai>()).Select((longueur, unite) => new Delai(longueur, unite));

    [Test]
    public void AddJoursOuvres_OfALaterDay_IsNeverEarlier() =>
        Gen.Select(AnyCalendrier, AnyDate, Gen.Int[0, 40], AnyLength)
            .Sample((calendrier, date, later, n) => calendrier.AddJoursOuvres(date, n) <= calendrier.AddJoursOuvres(date.AddDays(later), n), iter: TestsLongs.Iterations);

    [Test]
    public void AddJoursOuvres_OneMore_IsStrictlyLater() =>
        Gen.Select(AnyCalendrier, AnyDate, AnyLength)
            .Sample((calendrier, date, n) => calendrier.AddJoursOuvres(date, n) < calendrier.AddJoursOuvres(date, n + 1), iter: TestsLongs.Iterations);

    [Test]
    public void AddJoursOuvres_InTwoParts_IsTheSame() =>
        Gen.Select(AnyCalendrier, AnyDate, AnyLength, AnyLength)
            .Sample((calendrier, date, n, m) => calendrier.AddJoursOuvres(calendrier.AddJoursOuvres(date, n), m) == calendrier.AddJoursOuvres(date, n + m), iter: TestsLongs.Iterations);

    [Test]
    public void AddJoursOuvres_ForthAndBackFromAWorkingDay_ReturnsToIt() =>
        Gen.Select(AnyCalendrier, AnyDate, AnyLength)
            .Sample((calendrier, date, n) =>
            {
                var start = calendrier.JourOuvreAuPlusTot(date);

                return calendrier.AddJoursOuvres(calendrier.AddJoursOuvres(start, n), -n) == start;
            }, iter: TestsLongs.Iterations);

    [Test]
    public void AddJoursOuvres_ForwardOrBack_LandsOnAWorkingDay() =>
        Gen.Select(AnyCalendrier, AnyDate, AnyLength)
            .Sample((calendrier, date, n) => calendrier.IsOuvre(calendrier.AddJoursOuvres(date, n)) && calendrier.IsOuvre(calendrier.AddJoursOuvres(date, -n)), iter: TestsLongs.Iterations);

    [Test]
    public void JoursOuvresEntre_TheStartAndItsDeadline_IsTheLength() =>
        Gen.Select(AnyCalendrier, AnyDate, AnyLength)
            .Sample((calendrier, date, n) =>
            {
                var due = calendrier.AddJoursOuvres(date, n);

                return calendrier.JoursOuvresEntre(date, due) == n && calendrier.JoursOuvresEntre(due, date) == -n;
            }, iter: TestsLongs.Iterations);

    [Test]
    public void JourOuvre_AtTheLatestAndAtTheEarliest_FrameTheDayWithoutAWorkingDayBetween() =>
        Gen.Select(AnyCalendrier, AnyDate)
            .Sample((calendrier, date) =>
            {
                var (before, after) = (calendrier.JourOuvreAuPlusTard(date), calendrier.JourOuvreAuPlusTot(date));

                return calendrier.IsOuvre(date)
                    ? before == date && after == date
                    : before < date && date < after && calendrier.IsOuvre(before) && calendrier.JoursOuvresEntre(before, after) == 1;
            }, iter: TestsLongs.Iterations);

    [Test]
    public void IsOuvre_AndItsReason_NeverDisagree() =>
        Gen.Select(AnyCalendrier, AnyDate)
            .Sample((calendrier, date) => calendrier.IsOuvre(date) == calendrier.MotifNonOuvre(date) is null, iter: TestsLongs.Iterations);

    [Test]
    public void Compute_InAnyUnit_IsTheFastPathAndItsTraceCountsTheLength() =>
        Gen.Select(AnyCalendrier, AnyDate, AnyDelai)
            .Sample((calendrier, date, delai) =>
            {
                var echeance = Decomptes.Compute(calendrier, date, delai);

                return echeance.Date == Decomptes.Date(calendrier, date, delai)
                    && echeance.Trace[0].EstDepart && echeance.Trace[0].Date == date
                    && echeance.Trace[^1].Date == echeance.Date
                    && echeance.Trace.Count(jour => jour.EstCompte) == delai.Longueur
                    && echeance.Trace.Where(jour => jour.EstCompte).Select(jour => jour.Numero!.Value).SequenceEqual(Enumerable.Range(1, delai.Longueur))
                    && echeance.Trace.All(jour => jour.Numero is not null || jour.Motif is not null)
                    && echeance.Calcul.EndsWith(DatesEnFrancais.DateComplete(echeance.Date), StringComparison.Ordinal);
            }, iter: TestsLongs.Iterations / 10);

    [Test]
    public void Compute_InDays_TracesEveryDayOnce() =>
        Gen.Select(AnyCalendrier, AnyDate, AnyLength, Gen.Bool)
            .Sample((calendrier, date, n, ouvres) =>
            {
                var trace = Decomptes.Compute(calendrier, date, ouvres ? Delai.JoursOuvres(n) : Delai.JoursCalendaires(n)).Trace;

                return trace.Select((jour, index) => jour.Date == date.AddDays(index)).All(same => same);
            }, iter: TestsLongs.Iterations / 10);

    [Test]
    public void Date_InMonths_KeepsTheDayOrTakesTheLastOfTheMonth() =>
        Gen.Select(AnyCalendrier, AnyDate, Gen.Int[1, 48])
            .Sample((calendrier, date, n) =>
            {
                var due = Decomptes.Date(calendrier, date, Delai.Mois(n));
                var months = ((due.Year - date.Year) * 12) + due.Month - date.Month;

                return months == n
                    && (due.Day == date.Day || (due.Day < date.Day && due.AddDays(1).Day == 1));
            }, iter: TestsLongs.Iterations);
}
