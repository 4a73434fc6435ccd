using System.Globalization;

namespace SuiviCourrier.Benchmarks;

/// <summary>One line of the report.</summary>
internal sealed record Row
{
    public required string What { get; init; }
    public required string Measured { get; init; }

    /// <summary>The same work without us, measured in the same run.</summary>
    public required string Limit { get; init; }

    public required string Ratio { get; init; }

    /// <summary>What was asked for.</summary>
    public required string Bar { get; init; }

    /// <summary>Null: nothing was asked for.</summary>
    public bool? IsMet { get; init; }

    public static string Times(Measure measure) => Text(
        $"{measure.P(50):0.00} / {measure.P(95):0.00} / {measure.P(99):0.00} ms");

    public static string Rate(double perSecond) => perSecond switch
    {
        >= 1e6 => Text($"{perSecond / 1e6:0.0} M/s"),
        >= 1e4 => Text($"{perSecond / 1e3:0.0} k/s"),
        _ => Text($"{perSecond:0}/s"),
    };

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Ours beside the bare work: a share of its speed is asked for.</summary>
    public static Row Share(string what, Measure ours, Measure limit, double? bar) => new()
    {
        What = what,
        Measured = $"{Rate(ours.PerSecond)}; {Times(ours)}",
        Limit = $"{limit.Name}: {Rate(limit.PerSecond)}; {Times(limit)}",
        Ratio = Text($"{Duel.Ratio(ours, limit):0.00}"),
        Bar = bar is null ? "none set" : Text($"≥ {bar:0.00}"),
        IsMet = bar is null ? null : Duel.Ratio(ours, limit) >= bar,
    };
}
