using System.Globalization;
using System.Text.RegularExpressions;
using MimeKit;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>How the author of a message has protected it.</summary>
public enum ProtectionMessage
{
    /// <summary>Signed (S/MIME). The signature is kept with the message and verified by nobody here.</summary>
    Signe,

    /// <summary>Signed (OpenPGP), likewise.</summary>
    SignePgp,

    /// <summary>Encrypted: nobody here can read it.</summary>
    Chiffre,
}

/// <summary>When the event of an invitation begins.</summary>
/// <param name="Debut">In the zone the invitation names, which is taken for that of the site; in UTC when <paramref name="IsUtc"/>.</param>
public sealed record EvenementRecu(DateTime Debut, bool IsUtc)
{
    public DateOnly DayIn(Site site) =>
        IsUtc ? site.DayOf(new DateTimeOffset(DateTime.SpecifyKind(Debut, DateTimeKind.Utc))) : DateOnly.FromDateTime(Debut);
}

/// <summary>What is proposed about a message beside its text: a hint for whoever reads it, never a decision.</summary>
/// <param name="Protection">Null for a message like any other.</param>
/// <param name="Evenement">Of the invitation that came with it.</param>
/// <param name="AuteurTransfere">Who wrote what was forwarded, as name and address.</param>
public sealed partial record IndicesMessage(ProtectionMessage? Protection, EvenementRecu? Evenement, string? AuteurTransfere)
{
    private const int MaxLines = 400;
    private const int MaxBlock = 8;

    public static IndicesMessage Aucun { get; } = new(null, null, null);

    /// <summary>The first event of a calendar (RFC 5545): the beginning, unless it is called off.</summary>
    public static EvenementRecu? EventOf(string calendar)
    {
        var lines = Folded().Replace(calendar, string.Empty).Split('\n', StringSplitOptions.TrimEntries).Take(MaxLines * 10).ToList();
        if (lines.Any(l => l.Equals("METHOD:CANCEL", StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        var start = lines.SkipWhile(l => !l.Equals("BEGIN:VEVENT", StringComparison.OrdinalIgnoreCase))
            .FirstOrDefault(l => l.StartsWith("DTSTART", StringComparison.OrdinalIgnoreCase));
        var value = start?[(start.LastIndexOf(':') + 1)..] ?? string.Empty;
        return DateTime.TryParseExact(value, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant) ? new EvenementRecu(instant, IsUtc: true)
            : DateTime.TryParseExact(value, ["yyyyMMdd'T'HHmmss", "yyyyMMdd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? new EvenementRecu(local, IsUtc: false)
            : null;
    }

    /// <summary>
    /// Who wrote the message that a text forwards, as mail programs quote it: a mark, or a subject that says so, and then a block of headers with
    /// a sender. A reply quotes in the same way, and proposes nobody.
    /// </summary>
    public static string? ForwardedIn(string text, string? subject)
    {
        var lines = text.Split('\n', MaxLines, StringSplitOptions.TrimEntries);
        var mark = Array.FindIndex(lines, l => l.Length < 200 && Mark().IsMatch(l));
        if (mark < 0 && (subject is null || !Forward().IsMatch(subject.Length > 100 ? subject[..100] : subject)))
        {
            return null;
        }

        for (var at = Math.Max(mark, 0); at < lines.Length; at++)
        {
            if (lines[at].Length < 500 && From().Match(lines[at]) is { Success: true } from
                && lines.Skip(at - MaxBlock / 2).Take(MaxBlock).Count(l => l.Length < 1000 && Header().IsMatch(l)) >= 2
                && MailboxAddress.TryParse(from.Groups[1].Value, out var author) && Courriers.DeclarationLue.IsAddress(author.Address))
            {
                return Named(author);
            }
        }

        return null;
    }

    public static string? Named(MailboxAddress author) =>
        TexteRecu.Line(author.Name is { Length: > 0 } name && name != author.Address ? $"{name} <{author.Address}>" : author.Address, 300);

    [GeneratedRegex(@"\r?\n[ \t]")]
    private static partial Regex Folded();

    [GeneratedRegex(@"(message (transféré|transmis|réexpédié)|forwarded message|begin forwarded message|message réexpédié)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Mark();

    [GeneratedRegex(@"^\s*(tr|fw|fwd|wg)\s*:", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Forward();

    [GeneratedRegex(@"^>?\s*\*?(?:de|from|von)\*?\s*:\s*\*?\s*(.+)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex From();

    [GeneratedRegex(@"^>?\s*\*?(envoyé|sent|date|à|to|pour|cc|objet|sujet|subject|gesendet)\*?(\s+le)?\s*:", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Header();
}
