using System.Net.Security;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace SuiviCourrier.ServiceDefaults.Courriels;

/// <summary>
/// Sends through one SMTP server and says which of the four things happened. The connection is kept between messages. A failure
/// before the final dot may have been written is safe to repeat; after it, nobody knows (RFC 1047).
/// </summary>
public sealed class SmtpTransport(SmtpOptions options) : ICourrielTransport
{
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(20);
    private Client? _client;
    private long _usedAt;
    private bool _isLost;

    public async Task<Envoi> SendAsync(CourrielPret courriel, Func<bool> beforeData, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Attente);
        var isInData = false;

        // Stopping the process does not cut a conversation whose content is leaving: it would make an uncertain message.
        await using var stop = cancellationToken.Register(() =>
        {
            if (!Volatile.Read(ref isInData))
            {
                limit.Cancel();
            }
        });
        var progress = new Progress();
        try
        {
            _isLost = true;
            var client = await ConnectedAsync(limit.Token);
            _isLost = false;
            client.BeforeData = () =>
            {
                if (!beforeData())
                {
                    throw new NoLongerOursException();
                }

                Volatile.Write(ref isInData, true);
                limit.CancelAfter(options.AttenteApresPoint);
            };
            client.HasNoReturnPath = courriel.Expediteur is null;
            var sender = courriel.Expediteur ?? new MailboxAddress(string.Empty, string.Empty);
            var reply = await client.SendAsync(CourrielCompose.Format, courriel.Message, sender, courriel.Destinataires, limit.Token, progress);
            _usedAt = Environment.TickCount64;
            return new Envoi(ResultatEnvoi.Accepte, reply);
        }
        catch (SmtpCommandException refusal) when (!_isLost)
        {
            await CloseAsync();
            return new Envoi(
                IsAboutThisMessage(refusal, isInData) ? ResultatEnvoi.Refuse : ResultatEnvoi.Differe,
                $"Le serveur a répondu {(int)refusal.StatusCode} : {refusal.Message}");
        }
        catch (NoLongerOursException)
        {
            await CloseAsync();
            return new Envoi(ResultatEnvoi.Differe, "Repris par un autre processus");
        }
        catch (Exception failure) when (IsOfTheServer(failure))
        {
            await CloseAsync();
            return progress.IsComplete
                ? new Envoi(ResultatEnvoi.Incertain, $"Connexion perdue après l’envoi du texte, avant la réponse du serveur ({failure.GetType().Name})")
                : new Envoi(ResultatEnvoi.Differe, Explain(failure));
        }
    }

    public async Task<string?> ReachAsync(CancellationToken cancellationToken)
    {
        if (!_isLost)
        {
            return null;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Attente);
        try
        {
            await ConnectedAsync(limit.Token);
            _usedAt = Environment.TickCount64;
            _isLost = false;
            return null;
        }
        catch (Exception failure) when (IsOfTheServer(failure))
        {
            await CloseAsync();
            return Explain(failure);
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task<Client> ConnectedAsync(CancellationToken cancellationToken)
    {
        if (_client is not null)
        {
            if (await IsAliveAsync(_client, cancellationToken))
            {
                return _client;
            }

            await CloseAsync();
        }

        var client = new Client { CheckCertificateRevocation = options.VerifierRevocation, Timeout = (int)options.AttenteApresPoint.TotalMilliseconds };
        if (options.EmpreinteCertificat is { Length: > 0 } pinned)
        {
            client.ServerCertificateValidationCallback = (_, certificate, _, _) => Empreinte.IsOf(certificate, pinned);
        }

        _client = client;
        await client.ConnectAsync(options.Hote, options.Port, options.Securite switch
        {
            SecuriteSmtp.StartTls => SecureSocketOptions.StartTls,
            SecuriteSmtp.Tls => SecureSocketOptions.SslOnConnect,
            SecuriteSmtp.Aucune => SecureSocketOptions.None,
        }, cancellationToken);

        // Without BDAT the end of a message is the final dot, and nothing else.
        client.Capabilities &= ~SmtpCapabilities.Chunking;
        if (options.Utilisateur is { Length: > 0 } user)
        {
            await client.AuthenticateAsync(user, options.MotDePasse ?? string.Empty, cancellationToken);
        }

        return client;
    }

    /// <summary>A connection left alone may have been closed by the server: asked before a message is risked on it.</summary>
    private async Task<bool> IsAliveAsync(Client client, CancellationToken cancellationToken)
    {
        if (!client.IsConnected || Environment.TickCount64 - _usedAt > s_idle.TotalMilliseconds)
        {
            return false;
        }

        try
        {
            await client.NoOpAsync(cancellationToken);
            return true;
        }
        catch (Exception failure) when (failure is IOException or ProtocolException or CommandException or ServiceNotConnectedException)
        {
            return false;
        }
    }

    private async Task CloseAsync()
    {
        if (_client is not { } client)
        {
            return;
        }

        _client = null;
        using (client)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                await client.DisconnectAsync(quit: client.IsConnected, limit.Token);
            }
            catch (Exception failure) when (failure is IOException or ProtocolException or CommandException or OperationCanceledException)
            {
                // The server is gone: there is nothing left to say goodbye to.
            }
        }
    }

    /// <summary>A final refusal (5xx) of the message or of its recipient; a refusal of ourselves (authentication, encryption) is ours to repair.</summary>
    private static bool IsAboutThisMessage(SmtpCommandException refusal, bool isInData) =>
        (int)refusal.StatusCode is >= 500 and not (530 or 534 or 535 or 538)
        && (isInData || refusal.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.SenderNotAccepted or SmtpErrorCode.MessageNotAccepted);

    private static bool IsOfTheServer(Exception failure) =>
        failure is IOException or ProtocolException or CommandException or System.Net.Sockets.SocketException or TimeoutException
            or SslHandshakeException or AuthenticationException or ServiceNotConnectedException or ServiceNotAuthenticatedException
            or NotSupportedException or OperationCanceledException;

    private static string Explain(Exception failure) => failure switch
    {
        SmtpCommandException refusal => $"Le serveur de messagerie refuse la connexion ({(int)refusal.StatusCode} : {refusal.Message})",
        SslHandshakeException => "Le certificat du serveur de messagerie n’est pas accepté",
        AuthenticationException => "Le serveur de messagerie refuse l’identifiant ou le mot de passe",
        NotSupportedException => "Le serveur de messagerie ne propose pas le chiffrement demandé (STARTTLS)",
        OperationCanceledException or TimeoutException => "Le serveur de messagerie ne répond pas",
        _ => "Le serveur de messagerie est injoignable ou a coupé la connexion",
    };

    private sealed class NoLongerOursException : Exception;

    private sealed class Progress : ITransferProgress
    {
        /// <summary>True once every byte of the content was handed over: the final dot may follow at any moment.</summary>
        public bool IsComplete { get; private set; }

        public void Report(long bytesTransferred, long totalSize) => IsComplete |= bytesTransferred >= totalSize;

        public void Report(long bytesTransferred)
        {
        }
    }

    private sealed class Client : SmtpClient
    {
        public System.Action? BeforeData { get; set; }

        public bool HasNoReturnPath { get; set; }

        protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) => BeforeData?.Invoke();

        /// <summary>Nobody wants a report about an automatic reply (RFC 3461 §4.1).</summary>
        protected override DeliveryStatusNotification? GetDeliveryStatusNotifications(MimeMessage message, MailboxAddress mailbox) =>
            HasNoReturnPath ? DeliveryStatusNotification.Never : null;
    }
}
