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

/// <param name="Message">Whole message; the sender sets Message-ID and Date.</param>
/// <param name="EnveloppeVide">True for automatic replies: MAIL FROM is the null path (RFC 3834 §3.3).</param>
public sealed record CourrielCompose(MimeMessage Message, bool EnveloppeVide);
