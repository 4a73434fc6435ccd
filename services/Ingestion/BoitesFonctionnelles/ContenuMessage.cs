using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Text;
using MimeKit;
using MimeKit.Cryptography;
using MimeKit.Tnef;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>Something that came with a message.</summary>
/// <param name="Nom">As it came.</param>
/// <param name="Instead">Name when it has none that can be kept.</param>
/// <param name="Open">Streams its content: it is never whole in memory.</param>
public sealed record PieceRecue(string? Nom, string Instead, Func<Stream> Open)
{
    /// <summary>By which the HTML of the message names it (RFC 2392); null when it does not.</summary>
    public string? ContentId { get; init; }
}

/// <summary>What a message holds for its reader: one text, and its pieces. What is not taken out stays in the raw message.</summary>
/// <param name="Texte">The text part; null when there is none.</param>
/// <param name="Html">The HTML part as it came, when there is no text.</param>
public sealed record ContenuMessage(string? Texte, string? Html, IReadOnlyList<PieceRecue> Pieces)
{
    public IndicesMessage Indices { get; init; } = IndicesMessage.Aucun;

    /// <summary><see cref="Html"/> made harmless, a whole document; null when there is none.</summary>
    public string? HtmlSur { get; init; }

    /// <summary>Bytes of text read; a longer text stays in the raw message.</summary>
    private const int MaxText = 1 << 20;

    private const int MaxPieces = 200;
    private const int MaxSigned = 8 << 20;
    private const int MaxContentId = 200;
    private const int MaxDepth = 30;
    private const int Latin9 = 28605;

    /// <summary>ASCII, ISO-8859-1, Windows-1252 and ISO-8859-15: what programs declare without having looked at the text.</summary>
    private static readonly HashSet<int> s_latin = [20127, 28591, 1252, Latin9];

    public static ContenuMessage Vide { get; } = new(null, null, []);

    public static ContenuMessage Read(MimeMessage message)
    {
        var found = new Trouve();
        if (message.Body is { } body)
        {
            Walk(body, 0, found);
        }

        var text = string.Join("\n", found.Texts.Select(TextOf)).Trim();
        var html = text.Length == 0 && found.Htmls.Count > 0 ? string.Join("\n", found.Htmls.Select(TextOf)) : null;
        return new ContenuMessage(text.Length > 0 ? TexteRecu.Text(text, MaxText) : null, html, found.Pieces)
        {
            Indices = new IndicesMessage(
                found.Protection, found.Evenement,
                found.Auteur ?? IndicesMessage.ForwardedIn(html is null ? text : HtmlRecu.TextOf(html), message.Headers["Subject"])),
        };
    }

    /// <summary>What a walk through the parts of a message gathers.</summary>
    private sealed class Trouve
    {
        public List<TextPart> Texts { get; } = [];
        public List<TextPart> Htmls { get; } = [];
        public List<PieceRecue> Pieces { get; } = [];
        public ProtectionMessage? Protection { get; set; }
        public EvenementRecu? Evenement { get; set; }

        /// <summary>Of the first message that came inside this one.</summary>
        public string? Auteur { get; set; }
    }

    private static void Walk(MimeEntity entity, int depth, Trouve found)
    {
        var (texts, htmls, pieces) = (found.Texts, found.Htmls, found.Pieces);
        if (pieces.Count >= MaxPieces)
        {
            return;
        }

        found.Protection ??= ProtectionOf(entity);

        switch (entity)
        {
            // Its boundary is nowhere: all that was written stands before the first part.
            case Multipart { Count: 0, Preamble: { Length: > 0 } preamble }:
                texts.Add(new TextPart("plain") { Text = preamble });
                break;
            case Multipart multipart when depth < MaxDepth:
                foreach (var part in multipart)
                {
                    Walk(part, depth + 1, found);
                }

                break;
            case MessagePart { Message: { } inner } part:
                if (part is not TextRfc822Headers && inner.From.Mailboxes.FirstOrDefault() is { } author)
                {
                    found.Auteur ??= IndicesMessage.Named(author);
                }

                var subject = TexteRecu.Line(inner.Headers["Subject"], 80)?.Replace('/', ' ').Replace('\\', ' ');
                pieces.Add(new PieceRecue(NameOf(part) ?? $"{subject ?? "message"}.eml", "message.eml", () => Written(inner)));
                break;
            case TnefPart tnef:
                Add(tnef, pieces);
                AddTnef(tnef, pieces);
                break;

            // Gateways that do not know the type of Outlook's packets name none.
            case MimePart { Content: { } packet } part when NameOf(part)?.Equals("winmail.dat", StringComparison.OrdinalIgnoreCase) is true:
                Add(part, pieces);
                AddTnef(new TnefPart { Content = packet }, pieces);
                break;
            case MimePart part when part.ContentType.IsMimeType("text", "calendar") || IsCalendarName(NameOf(part)):
                found.Evenement ??= part.Content is null ? null : IndicesMessage.EventOf(TextOf(part));
                Add(part, pieces);
                break;
            case ApplicationPkcs7Mime { SecureMimeType: SecureMimeType.SignedData, Content: not null } signed:
                Add(signed, pieces);
                if (SignedContentOf(signed) is { } inside && depth < MaxDepth)
                {
                    Walk(inside, depth + 1, found);
                }

                break;
            case TextPart { IsAttachment: false } text when text.IsPlain && NameOf(text) is null:
                texts.Add(text);
                break;
            case TextPart { IsAttachment: false } text when text.IsHtml && NameOf(text) is null:
                htmls.Add(text);
                break;
            case MimePart { IsAttachment: false, Content: { } content } part when HasNoType(part) && NameOf(part) is null:
                texts.Add(new TextPart("plain") { Content = content }); // RFC 2045 §5.2
                break;
            case MimePart part:
                Add(part, pieces);
                break;
        }
    }

    private static void Add(MimePart part, List<PieceRecue> pieces)
    {
        if (part.Content is not { } content)
        {
            return;
        }

        pieces.Add(new PieceRecue(NameOf(part), part.ContentType.IsMimeType("text", "calendar") ? "invitation.ics" : $"piece-{pieces.Count + 1}{ExtensionOf(part)}", content.Open)
        {
            ContentId = part.ContentId is { Length: > 0 and <= MaxContentId } id && !id.Any(char.IsControl) ? id : null,
        });
    }

    private static ProtectionMessage? ProtectionOf(MimeEntity entity) => entity switch
    {
        MultipartEncrypted => ProtectionMessage.Chiffre,
        MultipartSigned signed => signed.ContentType.Parameters["protocol"]?.Contains("pgp", StringComparison.OrdinalIgnoreCase) is true
            ? ProtectionMessage.SignePgp
            : ProtectionMessage.Signe,
        ApplicationPkcs7Mime { SecureMimeType: SecureMimeType.SignedData } => ProtectionMessage.Signe,
        ApplicationPkcs7Mime { SecureMimeType: SecureMimeType.EnvelopedData or SecureMimeType.AuthEnvelopedData } => ProtectionMessage.Chiffre,
        _ => null,
    };

    private static bool IsCalendarName(string? name) => name?.EndsWith(".ics", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>What an opaque signature holds. It is taken out to be read, and not verified.</summary>
    private static MimeEntity? SignedContentOf(ApplicationPkcs7Mime signed)
    {
        using var packet = new MemoryStream();
        using (var content = signed.Content!.Open())
        {
            var buffer = new byte[64 << 10];
            int read;
            while ((read = content.Read(buffer)) > 0)
            {
                packet.Write(buffer, 0, read);
                if (packet.Length > MaxSigned)
                {
                    return null;
                }
            }
        }

        try
        {
            var cms = new SignedCms();
            cms.Decode(packet.ToArray());
            return MimeEntity.Load(new MemoryStream(cms.ContentInfo.Content));
        }
        catch (Exception broken) when (broken is CryptographicException or FormatException or IOException)
        {
            return null; // kept as it came
        }
    }

    private static FileStream Written(MimeMessage message)
    {
        var file = Spool.NewFile(Path.GetTempPath());
        message.WriteTo(file);
        file.Position = 0;
        return file;
    }

    /// <summary>What Outlook packs into winmail.dat. The packet itself is kept too, in case it cannot be opened.</summary>
    private static void AddTnef(TnefPart tnef, List<PieceRecue> pieces)
    {
        try
        {
            foreach (var part in tnef.ExtractAttachments().OfType<MimePart>().Take(MaxPieces - pieces.Count))
            {
                Add(part, pieces);
            }
        }
#pragma warning disable CA1031 // A broken packet throws whatever its bytes lead to; it is kept as it came.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Nothing more to take out.
        }
    }

    private static bool HasNoType(MimePart part) => string.IsNullOrWhiteSpace(part.Headers[HeaderId.ContentType]);

    private static string? NameOf(MimeEntity part) => TexteRecu.Line(part.ContentDisposition?.FileName, 1000) ?? TexteRecu.Line(part.ContentType?.Name, 1000);

    private static string ExtensionOf(MimePart part) => part.ContentType.MimeType.ToLowerInvariant() switch
    {
        "application/pdf" => ".pdf",
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/gif" => ".gif",
        "image/tiff" => ".tiff",
        "text/plain" => ".txt",
        "text/html" => ".html",
        "message/rfc822" => ".eml",
        _ => ".bin",
    };

    /// <summary>
    /// In the charset it declares; when that is missing, unknown or wrong, UTF-8 if the bytes are valid, else Windows-1252. A text declared in
    /// Latin letters whose bytes are UTF-8 is UTF-8: that does not come about by chance.
    /// </summary>
    private static string TextOf(MimePart part)
    {
        if (part.Content is not { } content)
        {
            return string.Empty;
        }

        var bytes = new byte[MaxText];
        int read;
        using (var stream = content.Open())
        {
            read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }

        var declared = EncodingOf(part.ContentType.Charset);
        var isGuessed = declared is null or UTF8Encoding || s_latin.Contains(declared.CodePage);
        return isGuessed ? Guess(bytes.AsSpan(0, read), isCut: read == MaxText, declared) : declared!.GetString(bytes, 0, read);
    }

    private static string Guess(ReadOnlySpan<byte> bytes, bool isCut, Encoding? declared)
    {
        // A cut in the middle of a letter is ours, not the sender's.
        for (var drop = 0; drop <= (isCut ? 3 : 0); drop++)
        {
            try
            {
                return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes[..^drop]);
            }
            catch (DecoderFallbackException)
            {
                continue;
            }
        }

        return (declared?.CodePage is Latin9 ? declared : Encoding.GetEncoding(1252)).GetString(bytes);
    }

    private static Encoding? EncodingOf(string? charset)
    {
        if (string.IsNullOrWhiteSpace(charset))
        {
            return null;
        }

        try
        {
            return Encoding.GetEncoding(charset.Trim('"', '\'', ' '));
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            return null; // UTF-7 is one that the platform knows and refuses
        }
    }
}
