using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SuiviCourrier.Delais;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Demonstration;

/// <summary>The relative days of <c>seeds/demo</c>: working days counted back from today, so that any day shows late, due-soon and on-time items.</summary>
public sealed partial class JoursRelatifs(Site site, DateTimeOffset now)
{
    private readonly Calendrier _calendrier = new(Zones.Parse(site.ZoneFeries));

    /// <param name="joursOuvres">0: today, or the last working day.</param>
    public DateOnly IlYA(int joursOuvres)
    {
        var today = _calendrier.JourOuvreAuPlusTard(site.DayOf(now));
        return joursOuvres == 0 ? today : _calendrier.AddJoursOuvres(today, -joursOuvres);
    }

    /// <summary>Fills <c>{{date -3 09:12}}</c> in the header block; every other byte stays as it is.</summary>
    public byte[] Fill(byte[] message)
    {
        var end = EndOfHeaders(message);
        var headers = Placeholder().Replace(Encoding.Latin1.GetString(message, 0, end), match => Rfc5322(InstantOf(match)));
        return [.. Encoding.Latin1.GetBytes(headers), .. message[end..]];
    }

    private DateTimeOffset InstantOf(Match match)
    {
        var day = IlYA(-int.Parse(match.Groups["jours"].Value, CultureInfo.InvariantCulture));
        var local = day.ToDateTime(TimeOnly.ParseExact(match.Groups["heure"].Value, "HH:mm", CultureInfo.InvariantCulture));
        var instant = new DateTimeOffset(local, TimeZoneInfo.FindSystemTimeZoneById(site.Fuseau).GetUtcOffset(local));
        return instant > now ? now.AddMinutes(-1) : instant;
    }

    private string Rfc5322(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(site.Fuseau));
        return MimeKit.Utils.DateUtils.FormatDate(local);
    }

    private static int EndOfHeaders(byte[] message)
    {
        var unix = message.AsSpan().IndexOf("\n\n"u8);
        var internet = message.AsSpan().IndexOf("\r\n\r\n"u8);
        return (unix, internet) switch
        {
            (-1, -1) => message.Length,
            (_, -1) => unix,
            (-1, _) => internet,
            _ => Math.Min(unix, internet),
        };
    }

    [GeneratedRegex(@"\{\{date (?<jours>-?\d+) (?<heure>\d\d:\d\d)\}\}")]
    private static partial Regex Placeholder();
}
