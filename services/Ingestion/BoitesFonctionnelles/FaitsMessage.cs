using MimeKit;
using MimeKit.Cryptography;
using MimeKit.Utils;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>What became of a message of ours, as a report says it (RFC 3464).</summary>
public enum ActionRapport
{
    Echec,
    Retard,
    Remis,
    Autre,
}

/// <summary>A <c>multipart/report</c>: about which messages, and what happened to them.</summary>
public sealed record Rapport(ActionRapport Action, string? Statut, IReadOnlyList<string> MessageIds);

/// <summary>
/// What the headers of a message say, and its report if it is one: all that decides its fate. Reading never fails, whatever the bytes.
/// </summary>
public sealed record FaitsMessage
{
    private const int MaxReferences = 200;
    private const int MaxAddresses = 10_000;

    /// <summary>The usable sender; null when there is none.</summary>
    public MailboxAddress? De { get; init; }

    /// <summary>First usable Reply-To.</summary>
    public MailboxAddress? RepondreA { get; init; }

    public IReadOnlySet<string> A { get; init; } = new HashSet<string>();
    public IReadOnlySet<string> Cc { get; init; } = new HashSet<string>();

    /// <summary>Addresses the message was delivered to, as far as servers have noted them, and those of To and Cc: one may carry a token of ours.</summary>
    public IReadOnlyList<string> Destinations { get; init; } = [];

    public string? Objet { get; init; }
    public string? MessageId { get; init; }

    /// <summary>Message-IDs of In-Reply-To and References, the nearest first.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>Set when it is a report (of delivery or of reading).</summary>
    public Rapport? Rapport { get; init; }

    /// <summary>The return path is null: nothing may ever be sent back (RFC 5321 §4.5.5).</summary>
    public bool HasCheminVide { get; init; }

    public string? AutoSubmitted { get; init; }
    public string? Precedence { get; init; }
    public bool IsListe { get; init; }

    /// <summary>Has list headers that are not those of a mass mailing (List-Post, List-Help…).</summary>
    public bool HasAutreEnteteListe { get; init; }

    public bool IsIndesirable { get; init; }

    /// <summary>Name of a header by which the sender asks for no automatic reply, or by which a robot shows itself.</summary>
    public string? EnteteSansReponse { get; init; }

    /// <summary>The subject is one that mail programs write by themselves when nobody is there, or when something came back.</summary>
    public bool HasObjetAutomatique { get; init; }

    /// <summary>Our server has found that the sender is not who it says (DMARC): an answer would go to a victim.</summary>
    public bool IsUsurpe { get; init; }

    /// <summary>Has at least one of the headers every message has: otherwise it is some other file.</summary>
    public bool IsCourriel { get; init; }

    /// <summary>Instant of the last hop, the topmost Received.</summary>
    public DateTimeOffset? RemisA { get; init; }

    /// <summary>Written by a form of the site that could not give the address of its author.</summary>
    public bool IsFormulaireAnonyme { get; init; }

    /// <summary>Other than "no" (RFC 3834 §5).</summary>
    public bool IsAutomatique => AutoSubmitted is { } value && !value.Equals("no", StringComparison.OrdinalIgnoreCase);

    public static FaitsMessage Read(HeaderList headers, MimeEntity? body = null)
    {
        var from = Addresses(headers, HeaderId.From).FirstOrDefault(IsUsable) ?? Addresses(headers, HeaderId.Sender).FirstOrDefault(IsUsable);
        return new FaitsMessage
        {
            De = from,
            RepondreA = Addresses(headers, HeaderId.ReplyTo).FirstOrDefault(IsUsable),
            A = AddressSet(headers, HeaderId.To),
            Cc = AddressSet(headers, HeaderId.Cc),
            Destinations = [.. ReadDestinations(headers).Distinct().Take(MaxReferences)],
            Objet = Value(headers, "Subject"),
            MessageId = Ids(headers, "Message-ID").FirstOrDefault(),
            References = [.. Ids(headers, "In-Reply-To").Concat(Ids(headers, "References").Reverse()).Distinct().Take(MaxReferences)],
            Rapport = ReadRapport(headers, body, from),
            HasCheminVide = Value(headers, "Return-Path") is { } path && IsNullPath(path),
            HasObjetAutomatique = Robots.IsObjetAutomatique(Value(headers, "Subject")),
            AutoSubmitted = Token(headers, "Auto-Submitted"),
            Precedence = Token(headers, "Precedence")?.ToLowerInvariant(),
            IsListe = headers.Contains(HeaderId.ListId) || headers.Contains(HeaderId.ListUnsubscribe),
            HasAutreEnteteListe = headers.Any(h => h.Field.StartsWith("List-", StringComparison.OrdinalIgnoreCase)),
            IsIndesirable = IsSpam(headers),
            EnteteSansReponse = NoReplyHeader(headers),
            IsUsurpe = headers.FirstOrDefault(h => h.Id == HeaderId.AuthenticationResults) is { } results && HasFailedDmarc(results),
            IsCourriel = headers.Any(h => h.Id is HeaderId.From or HeaderId.To or HeaderId.Subject or HeaderId.Date or HeaderId.MessageId or HeaderId.Received),
            RemisA = headers.FirstOrDefault(h => h.Id == HeaderId.Received) is { } received ? DateOf(received.Value) : null,
        };
    }

    /// <summary>
    /// A form of the site writes in its own name and gives the citizen's address to reply to: the citizen is the sender, and what the form
    /// says of itself (that it is a robot) is no fault of the citizen's.
    /// </summary>
    /// <param name="relais">Addresses declared as forms for the mailbox, normalised.</param>
    public FaitsMessage ThroughForm(IReadOnlySet<string> relais) =>
        De is null || !relais.Contains(Normalize(De.Address)) ? this
        : RepondreA is null ? this with { IsFormulaireAnonyme = true, AutoSubmitted = null, Precedence = null }
        : this with
        {
            De = RepondreA,
            RepondreA = null,
            AutoSubmitted = null,
            Precedence = null,
            EnteteSansReponse = null,
            HasCheminVide = false,
        };

    public static string Normalize(string address) => address.Trim().ToLowerInvariant();

    private static bool IsUsable(MailboxAddress address) =>
        address.Address.Length <= Courriers.Limites.Courriel && Courriers.DeclarationLue.IsAddress(address.Address);

    private static IEnumerable<MailboxAddress> Addresses(HeaderList headers, HeaderId id) =>
        headers.Where(h => h.Id == id)
            .SelectMany(h => InternetAddressList.TryParse(WithoutNull(h.RawValue), out var list) ? list.Mailboxes : [])
            .Take(MaxAddresses);

    /// <summary>A null byte in a name is no reason not to answer its bearer.</summary>
    private static byte[] WithoutNull(byte[] value) => value.Contains((byte)0) ? [.. value.Where(b => b != 0)] : value;

    private static HashSet<string> AddressSet(HeaderList headers, HeaderId id) =>
        [.. Addresses(headers, id).Select(a => Normalize(a.Address))];

    private static IEnumerable<string> ReadDestinations(HeaderList headers) =>
        headers.Where(h => h.Id is HeaderId.To or HeaderId.Cc || h.Field.ToLowerInvariant() is "delivered-to" or "x-original-to" or "envelope-to" or "x-envelope-to")
            .SelectMany(h => InternetAddressList.TryParse(h.RawValue, out var list) ? list.Mailboxes : [])
            .Select(a => Normalize(a.Address))
            .Where(ServiceDefaults.Courriels.AdresseEtiquetee.IsOne);

    private static string? Value(HeaderList headers, string field) =>
        headers.FirstOrDefault(h => h.Field.Equals(field, StringComparison.OrdinalIgnoreCase))?.Value?.Trim();

    /// <summary>The first word of a header, without its parameters and comments.</summary>
    private static string? Token(HeaderList headers, string field) =>
        Value(headers, field)?.Split(';', ' ', '\t', '(')[0] is { Length: > 0 } token ? token : null;

    private static IEnumerable<string> Ids(HeaderList headers, string field) =>
        headers.Where(h => h.Field.Equals(field, StringComparison.OrdinalIgnoreCase))
            .SelectMany(h => MimeUtils.EnumerateReferences(h.Value))
            .Where(id => id.Length is > 0 and <= 500 && !id.Any(char.IsControl));

    /// <summary>Some servers write the null path as a name of their own when they deliver (RFC 5321 §4.5.5; qmail writes <c>#@[]</c>).</summary>
    private static bool IsNullPath(string path) =>
        path.Replace(" ", string.Empty, StringComparison.Ordinal).Trim('<', '>') is var inside
        && (inside.Length == 0 || inside is "#@[]" || inside.Equals("MAILER-DAEMON", StringComparison.OrdinalIgnoreCase) || Robots.IsDaemon(inside));

    /// <summary>
    /// Of the topmost results, those of the server that received last (RFC 8601 §5): the ones below came with the message, and anybody may have
    /// written them. What stands in a comment or a reason is no result.
    /// </summary>
    private static bool HasFailedDmarc(Header results) =>
        AuthenticationResults.TryParse(results.RawValue, out var parsed)
        && parsed.Results.Any(r => r.Method.Equals("dmarc", StringComparison.OrdinalIgnoreCase) && r.Result.Equals("fail", StringComparison.OrdinalIgnoreCase));

    private static bool IsSpam(HeaderList headers) =>
        StartsWith(headers, "X-Spam-Flag", "yes")
        || StartsWith(headers, "X-Spam-Status", "yes")
        || StartsWith(headers, "X-Spam", "yes")
        || (int.TryParse(Value(headers, "X-MS-Exchange-Organization-SCL"), out var level) && level >= 5);

    private static bool StartsWith(HeaderList headers, string field, string value) =>
        Value(headers, field)?.StartsWith(value, StringComparison.OrdinalIgnoreCase) is true;

    private static string? NoReplyHeader(HeaderList headers)
    {
        if (Value(headers, "X-Auto-Response-Suppress") is { } suppress
            && suppress.Split(',', StringSplitOptions.TrimEntries).Any(v => v.ToLowerInvariant() is "all" or "autoreply" or "oof"))
        {
            return "X-Auto-Response-Suppress";
        }

        return headers.Select(h => h.Field).FirstOrDefault(f => f.ToLowerInvariant() is "x-loop" or "x-autoreply" or "x-auto-reply"
            or "x-autoreply-from" or "x-autorespond" or "x-autoresponder" or "x-autogenerated" or "x-mail-autoreply" or "x-fc-machinegenerated"
            or "x-amazon-auto-reply");
    }

    private static DateTimeOffset? DateOf(string received) =>
        received.LastIndexOf(';') is > 0 and var at && DateUtils.TryParse(received[(at + 1)..], out var date) ? date : null;

    private static Rapport? ReadRapport(HeaderList headers, MimeEntity? body, MailboxAddress? from)
    {
        var parts = body is null ? [] : Parts(body, 0).Take(50).ToList();
        var status = parts.OfType<MessageDeliveryStatus>().FirstOrDefault();
        var disposition = parts.OfType<MessageDispositionNotification>().FirstOrDefault();
        var type = body?.ContentType.MimeType ?? Value(headers, "Content-Type") ?? string.Empty;
        var isReport = type.StartsWith("multipart/report", StringComparison.OrdinalIgnoreCase);
        var isFromDaemon = from is not null && Robots.IsDaemon(from.Address);
        if (!isReport && status is null && disposition is null && !isFromDaemon)
        {
            return null;
        }

        var ids = parts.SelectMany(ReturnedIds).Where(id => id.Length <= 500).Distinct().Take(50).ToList();
        if (status is not null)
        {
            var groups = Groups(status);
            var action = groups.Select(g => Field(g, "Action")?.ToLowerInvariant()).FirstOrDefault(a => a is not null);
            return new Rapport(
                action switch
                {
                    "failed" => ActionRapport.Echec,
                    "delayed" => ActionRapport.Retard,
                    "delivered" or "relayed" or "expanded" => ActionRapport.Remis,
                    _ => ActionRapport.Autre,
                },
                groups.Select(g => Field(g, "Status")).FirstOrDefault(s => s is not null),
                [.. groups.SelectMany(g => MimeUtils.EnumerateReferences(Field(g, "Original-Message-ID") ?? string.Empty)).Concat(ids).Distinct()]);
        }

        if (disposition is not null)
        {
            var original = FieldsOf(disposition);
            return new Rapport(ActionRapport.Autre, null, [.. MimeUtils.EnumerateReferences(Field(original, "Original-Message-ID") ?? string.Empty).Concat(ids).Distinct()]);
        }

        // Old servers answer without a report: the returned message, if any, says which one it was.
        return isReport || ids.Count > 0 ? new Rapport(isFromDaemon ? ActionRapport.Echec : ActionRapport.Autre, null, ids) : null;
    }

    private static IEnumerable<MimeEntity> Parts(MimeEntity entity, int depth)
    {
        yield return entity;
        if (entity is Multipart multipart && depth < 8)
        {
            foreach (var part in multipart.SelectMany(p => Parts(p, depth + 1)))
            {
                yield return part;
            }
        }
    }

    /// <summary>Message-IDs of what a report returns: the message, its headers, or the text that quotes them.</summary>
    private static IEnumerable<string> ReturnedIds(MimeEntity part) => part switch
    {
        MessagePart { Message: { } message } => Ids(message.Headers, "Message-ID"),
        TextPart text => Quoted(TextOf(text)),
        _ => [],
    };

    private static IEnumerable<string> Quoted(string text) =>
        text.Split('\n')
            .Where(line => line.TrimStart('>', ' ').StartsWith("Message-ID:", StringComparison.OrdinalIgnoreCase))
            .Take(5)
            .SelectMany(line => MimeUtils.EnumerateReferences(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]));

    /// <summary>The beginning of a text part: enough for any report.</summary>
    private static string TextOf(TextPart part)
    {
        if (part.Content is not { } content)
        {
            return string.Empty;
        }

        try
        {
            using var stream = content.Open();
            var buffer = new byte[64 << 10];
            var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return System.Text.Encoding.Latin1.GetString(buffer, 0, read);
        }
        catch (FormatException)
        {
            return string.Empty;
        }
    }

    private static List<HeaderList> Groups(MessageDeliveryStatus status)
    {
        try
        {
            return [.. status.StatusGroups];
        }
        catch (FormatException)
        {
            return [];
        }
    }

    private static HeaderList FieldsOf(MessageDispositionNotification notification)
    {
        try
        {
            return notification.Fields;
        }
        catch (FormatException)
        {
            return [];
        }
    }

    private static string? Field(HeaderList headers, string field) => Value(headers, field) is { Length: > 0 } value ? value : null;
}
