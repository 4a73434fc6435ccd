using System.Diagnostics;

namespace SuiviCourrier.Benchmarks;

/// <param name="Name">As the report shows it.</param>
/// <param name="RunAsync">One operation; returns how many units it did (letters, messages, steps).</param>
/// <param name="PrepareAsync">Before each operation, not counted.</param>
internal sealed record Side(string Name, Func<Task<int>> RunAsync, Func<Task>? PrepareAsync = null);

/// <summary>What one side did: how long its operations took, and how many units it did a second in each round.</summary>
internal sealed class Measure(string name)
{
    private readonly List<double> _milliseconds = [];
    private readonly List<double> _perSecond = [];

    public string Name { get; } = name;

    public double PerSecond => Percentile(_perSecond, 0.5);

    public IReadOnlyList<double> Rounds => _perSecond;

    public double P(double percent) => Percentile(_milliseconds, percent / 100);

    public void Add(double milliseconds) => _milliseconds.Add(milliseconds);

    public void EndRound(double perSecond) => _perSecond.Add(perSecond);

    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];
    }
}

/// <summary>
/// Several ways of doing the same work, one after the other in short rounds, the order turning from round to round: what disturbs the
/// machine for a while disturbs them all.
/// </summary>
internal static class Duel
{
    public const int Rounds = 5;

    /// <param name="roundLength">How long each side works in a round; it does one operation at least.</param>
    public static async Task<IReadOnlyList<Measure>> RunAsync(IReadOnlyList<Side> sides, TimeSpan roundLength, int rounds = Rounds)
    {
        foreach (var side in sides)
        {
            await WorkAsync(side, roundLength, new Measure("warm-up"));
        }

        var measures = sides.Select(s => new Measure(s.Name)).ToList();
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < sides.Count; turn++)
            {
                var at = (round + turn) % sides.Count;
                await WorkAsync(sides[at], roundLength, measures[at]);
            }

            Progress.Say($"  round {round + 1} of {rounds}: {string.Join(", ", measures.Select(m => $"{m.Name} {m.Rounds[^1]:0}/s"))}");
        }

        return measures;
    }

    /// <summary>Median over the rounds: each round compares what was measured side by side.</summary>
    public static double Ratio(Measure ours, Measure limit) =>
        Measure.Percentile(ours.Rounds.Zip(limit.Rounds, (mine, theirs) => mine / theirs), 0.5);

    private static async Task WorkAsync(Side side, TimeSpan roundLength, Measure measure)
    {
        GC.Collect();
        var (worked, units) = (TimeSpan.Zero, 0L);
        do
        {
            await (side.PrepareAsync?.Invoke() ?? Task.CompletedTask);
            var started = Stopwatch.GetTimestamp();
            units += await side.RunAsync();
            var took = Stopwatch.GetElapsedTime(started);
            measure.Add(took.TotalMilliseconds);
            worked += took;
        }
        while (worked < roundLength);

        measure.EndRound(units / worked.TotalSeconds);
    }
}
