using System.Globalization;

namespace SuiviCourrier.Ingestion.Courriers;

/// <summary>Where the next page of a list by date starts: the last line shown. It travels in the address, where anybody may write anything.</summary>
public readonly record struct Curseur(DateTimeOffset At, Guid Id)
{
    /// <returns>Null when the text is none of ours: the list then starts at its beginning.</returns>
    public static Curseur? Parse(string? text) =>
        text?.Split('_') is [var ticks, var id]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTimeOffset.MaxValue.UtcTicks
        && Guid.TryParse(id, out var last)
            ? new Curseur(new DateTimeOffset(at, TimeSpan.Zero), last)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks}_{Id}");
}
