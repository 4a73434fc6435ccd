using MimeKit;

namespace SuiviCourrier.ServiceDefaults.Courriels;

/// <summary>Where messages go: an SMTP server, or files. One instance serves one sender at a time.</summary>
public interface ICourrielTransport : IAsyncDisposable
{
    /// <param name="beforeData">
    /// Called before the content leaves, when a failure after that may leave the outcome unknown. False: the message now belongs to
    /// another sender, nothing must leave. A transport whose repetition is harmless never calls it.
    /// </param>
    Task<Envoi> SendAsync(CourrielPret courriel, Func<bool> beforeData, CancellationToken cancellationToken);

    /// <summary>After a message could not even be offered, because nothing answers or our account is refused: asks whether the next one could be.</summary>
    /// <returns>Null when it could; otherwise why not, in French.</returns>
    Task<string?> ReachAsync(CancellationToken cancellationToken);
}

/// <param name="Message">Complete, encoded for any server: what it writes is what was kept as evidence.</param>
/// <param name="Expediteur">Envelope sender; null for the null return path of automatic replies.</param>
public sealed record CourrielPret(MimeMessage Message, string MessageId, MailboxAddress? Expediteur, IReadOnlyList<MailboxAddress> Destinataires);

public enum ResultatEnvoi
{
    Accepte,

    /// <summary>Nothing was accepted: it can be tried again.</summary>
    Differe,
    Refuse,
    Incertain,
}

/// <param name="Detail">Reply of the server, or what happened, in French.</param>
public sealed record Envoi(ResultatEnvoi Resultat, string Detail);
