using MimeKit;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>A message as far as it can be read.</summary>
/// <param name="Faits">Null when not even its headers can be read.</param>
/// <param name="IsEntier">False when only the headers were read: the body is too large or broken.</param>
public sealed record MessageLu(FaitsMessage? Faits, ContenuMessage Contenu, bool IsEntier)
{
    /// <summary>Time given to one message; what takes longer is registered from its headers.</summary>
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(30);

    private static readonly ParserOptions s_options = CreateOptions();

    /// <param name="message">Seekable, and open as long as the pieces are read: they stay on the disk.</param>
    /// <param name="maxBytes">Larger messages are read by their headers only.</param>
    public static MessageLu Read(Stream message, long maxBytes, CancellationToken cancellationToken)
    {
        if (message.Length <= maxBytes && ReadWhole(message, cancellationToken) is { } whole)
        {
            return whole;
        }

        return new MessageLu(ReadHeaders(message), ContenuMessage.Vide, IsEntier: false);
    }

    /// <inheritdoc cref="FaitsMessage.ThroughForm"/>
    public MessageLu ThroughForm(IReadOnlySet<string> relais) => Faits is null ? this : this with { Faits = Faits.ThroughForm(relais) };

    private static MessageLu? ReadWhole(Stream message, CancellationToken cancellationToken)
    {
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        budget.CancelAfter(s_budget);
        try
        {
            message.Position = 0;
            var parsed = new MimeParser(s_options, message, MimeFormat.Entity, persistent: true).ParseMessage(budget.Token);
            var faits = FaitsMessage.Read(parsed.Headers, parsed.Body);
            var contenu = ContenuMessage.Read(parsed);
            var safe = contenu.Html is { } html ? HtmlRecu.Sanitize(html, TexteRecu.Objet(faits.Objet)) : null;
            return new MessageLu(faits, contenu with { HtmlSur = safe }, IsEntier: true);
        }
#pragma warning disable CA1031 // Hostile bytes lead a parser anywhere: the headers are tried alone, the raw message is kept.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    private static FaitsMessage? ReadHeaders(Stream message)
    {
        try
        {
            message.Position = 0;
            return FaitsMessage.Read(new MimeParser(s_options, message, MimeFormat.Entity, persistent: true).ParseHeaders());
        }
#pragma warning disable CA1031 // Not even headers: the message is set aside.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    private static ParserOptions CreateOptions()
    {
        var options = ParserOptions.Default.Clone();
        options.MaxMimeDepth = 50;
        options.CharsetEncoding = System.Text.Encoding.GetEncoding(1252);
        return options;
    }
}
