using System.Diagnostics;
using SuiviCourrier.Delais;

namespace SuiviCourrier.Benchmarks.Rows;

/// <summary>Due dates a second on one core: the date alone, and with its trace and its sentence; beside a loop that asks of each day whether it counts.</summary>
internal static class WorkingDays
{
    private const int Dates = 20_000;

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        var calendrier = new Calendrier(Zone.Metropole);
        var delai = new Delai(10, UniteDelai.JoursOuvres);
        var from = new DateOnly(2020, 1, 1);
        DateOnly[] days = [.. Enumerable.Range(0, Dates).Select(n => from.AddDays(n % 4000))];
        var disagreements = days.Count(day => Decomptes.Date(calendrier, day, delai) != DayByDay(calendrier, day, 10)
            || Decomptes.Compute(calendrier, day, delai).Date != DayByDay(calendrier, day, 10));
        if (disagreements > 0)
        {
            throw new InvalidOperationException($"{disagreements} dates differ from those counted day by day");
        }

        long seen = 0;
        var measures = await Duel.RunAsync(
            [
                new("date alone", () => Count(day => Decomptes.Date(calendrier, day, delai).DayNumber)),
                new("date, trace and sentence", () => Count(day => Decomptes.Compute(calendrier, day, delai).Calcul.Length)),
                new("day by day", () => Count(day => DayByDay(calendrier, day, 10).DayNumber)),
            ],
            TimeSpan.FromSeconds(0.5));
        Trace.Assert(seen > 0);
        return [Line("working-day engine, date alone", measures[0], measures[2], 1_000_000), Line("working-day engine, with trace", measures[1], measures[2], 100_000)];

        Task<int> Count(Func<DateOnly, int> compute)
        {
            foreach (var day in days)
            {
                seen += compute(day);
            }

            return Task.FromResult(days.Length);
        }
    }

    private static DateOnly DayByDay(Calendrier calendrier, DateOnly day, int count)
    {
        while (count > 0)
        {
            day = day.AddDays(1);
            count -= calendrier.IsOuvre(day) ? 1 : 0;
        }

        return day;
    }

    private static Row Line(string what, Measure ours, Measure limit, double bar) => new()
    {
        What = what,
        Measured = $"{Row.Rate(ours.PerSecond)}, one core",
        Limit = $"{limit.Name}: {Row.Rate(limit.PerSecond)}",
        Ratio = Row.Text($"{Duel.Ratio(ours, limit):0.00}"),
        Bar = $"≥ {Row.Rate(bar)}",
        IsMet = ours.PerSecond >= bar,
    };
}
