using MimeKit;

namespace SuiviCourrier.ServiceDefaults.Courriels;

/// <summary>Composes the messages of one kind when they are claimed, from the state of that moment.</summary>
public interface ICourrielComposer
{
    /// <summary>The <see cref="CourrielSortant.Kind"/> it composes.</summary>
    string Kind { get; }

    /// <returns>Null when there is nothing left to send: the message becomes <see cref="EtatCourriel.Supprime"/>.</returns>
    Task<CourrielCompose?> ComposeAsync(CourrielSortant courriel, CancellationToken cancellationToken);

    /// <summary>Called in the sender's process after the final state is committed (accepted, refused, uncertain); may be called again after a crash.</summary>
    Task SettledAsync(CourrielSortant courriel, CancellationToken cancellationToken);
}

/// <summary>Thrown by a composer that waits for something certain to come: the message is taken again later, no attempt counted.</summary>
/// <param name="detail">What it waits for, in French.</param>
public sealed class CourrielPasPretException(TimeSpan wait, string detail) : Exception(detail)
{
    public TimeSpan Wait { get; } = wait;
}

/// <param name="Message">Whole message; the sender sets Message-ID and Date.</param>
/// <param name="EnveloppeVide">True for automatic replies: MAIL FROM is the null path (RFC 3834 §3.3).</param>
public sealed record CourrielCompose(MimeMessage Message, bool EnveloppeVide)
{
    /// <summary>The one way a message is written, to a server, to a file and to the evidence.</summary>
    public static FormatOptions Format { get; } = CreateFormat();

    private static FormatOptions CreateFormat()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        format.EnsureNewLine = true;
        format.HiddenHeaders.Add(HeaderId.Bcc);
        format.HiddenHeaders.Add(HeaderId.ResentBcc);
        return format;
    }
}
