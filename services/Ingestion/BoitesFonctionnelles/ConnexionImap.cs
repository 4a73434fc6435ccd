using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;
using SuiviCourrier.ServiceDefaults;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>How a mailbox is signed in to and its folders found: what the collection does, and what a person tries. Every refusal is one French sentence.</summary>
/// <param name="proofAsync">The password or the token, asked for at each sign-in; throws <see cref="BoiteEnPanneException"/> when it cannot be had.</param>
/// <param name="forget">Told when the server refuses a token.</param>
public sealed class ConnexionImap(ImapOptions imap, Func<CancellationToken, Task<string>> proofAsync, Action forget)
{
    /// <summary>How long the server may say nothing.</summary>
    public required TimeSpan Patience { get; init; }

    /// <summary>The certificate the server has shown, whether it is accepted or not: SHA-256 in hexadecimal, two by two.</summary>
    public string? Empreinte { get; private set; }

    private string Serveur => $"Le serveur {imap.Hote}:{imap.Port}";

    /// <exception cref="BoiteEnPanneException">The server cannot be reached, is not the right one, or refuses.</exception>
    public async Task<ImapClient> SignInAsync(CancellationToken cancellationToken)
    {
        var proof = await proofAsync(cancellationToken);
        var client = await ConnectAsync(cancellationToken);
        try
        {
            await (imap.Authentification == AuthentificationImap.MotDePasse
                ? client.AuthenticateAsync(imap.Utilisateur, proof, cancellationToken)
                : client.AuthenticateAsync(MechanismOf(client, proof), cancellationToken));
            return client;
        }
        catch (BoiteEnPanneException)
        {
            client.Dispose();
            throw;
        }
        catch (Exception failure)
        {
            client.Dispose();
            if (failure is AuthenticationException)
            {
                forget();
            }

            if (Explain(failure, cancellationToken) is { } panne)
            {
                throw new BoiteEnPanneException(panne, failure);
            }

            throw;
        }
    }

    /// <exception cref="BoiteEnPanneException">The server cannot be reached, or is not the right one.</exception>
    public async Task<ImapClient> ConnectAsync(CancellationToken cancellationToken)
    {
        var client = new ImapClient { CheckCertificateRevocation = imap.VerifierRevocation, Timeout = (int)Patience.TotalMilliseconds };
        var refusal = SslPolicyErrors.None;
        client.ServerCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            Empreinte = EmpreinteOf(certificate);
            refusal = errors;
            return imap.EmpreinteCertificat is { Length: > 0 } pinned ? ServiceDefaults.Empreinte.IsOf(certificate, pinned) : errors == SslPolicyErrors.None;
        };
        try
        {
            await client.ConnectAsync(imap.Hote, imap.Port, imap.Securite switch
            {
                SecuriteImap.StartTls => SecureSocketOptions.StartTls,
                SecuriteImap.Tls => SecureSocketOptions.SslOnConnect,
                SecuriteImap.Aucune => SecureSocketOptions.None,
            }, cancellationToken);
            return client;
        }
        catch (Exception failure)
        {
            client.Dispose();
            var panne = failure is SslHandshakeException && Empreinte is not null ? WhyNotTrusted(refusal) : Explain(failure, cancellationToken);
            if (panne is null)
            {
                throw;
            }

            throw new BoiteEnPanneException(panne, failure);
        }
    }

    /// <returns>Null when the mailbox has no such folder.</returns>
    public static async Task<IMailFolder?> FindAsync(ImapClient client, string name, CancellationToken cancellationToken)
    {
        if (name.Equals("INBOX", StringComparison.OrdinalIgnoreCase))
        {
            return client.Inbox;
        }

        try
        {
            return await client.GetFolderAsync(name, cancellationToken);
        }
        catch (FolderNotFoundException)
        {
            return null;
        }
    }

    /// <returns>The folder beside the inbox that takes what has its fate; null while it is not there.</returns>
    public static async Task<IMailFolder?> FindSubfolderAsync(ImapClient client, string name, CancellationToken cancellationToken)
    {
        var personal = client.GetFolder(client.PersonalNamespaces[0]);
        return (await personal.GetSubfoldersAsync(subscribedOnly: false, cancellationToken)).FirstOrDefault(f => f.Name == name);
    }

    /// <summary>With neither MOVE nor UIDPLUS nothing is moved: an EXPUNGE would take what agents have marked as deleted.</summary>
    public static bool CanMove(ImapClient client) => client.Capabilities.HasFlag(ImapCapabilities.Move) || client.Capabilities.HasFlag(ImapCapabilities.UidPlus);

    private SaslMechanism MechanismOf(ImapClient client, string token) =>
        client.AuthenticationMechanisms.Contains("OAUTHBEARER") ? new SaslMechanismOAuthBearer(imap.Utilisateur, token)
        : client.AuthenticationMechanisms.Contains("XOAUTH2") ? new SaslMechanismOAuth2(imap.Utilisateur, token)
        : throw new BoiteEnPanneException($"{Serveur} n’accepte pas de jeton OAuth 2.0 (ni OAUTHBEARER ni XOAUTH2)");

    private static string? EmpreinteOf(X509Certificate? certificate) =>
        certificate is null ? null : string.Join(':', certificate.GetCertHashString(HashAlgorithmName.SHA256).Chunk(2).Select(pair => new string(pair)));

    private string WhyNotTrusted(SslPolicyErrors refusal)
    {
        if (imap.EmpreinteCertificat is { Length: > 0 })
        {
            return $"Le certificat du serveur {imap.Hote} n’est pas accepté : ce n’est pas celui dont l’empreinte est dans les réglages. Celui qu’il présente a l’empreinte {Empreinte}";
        }

        var why = refusal.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? "il est établi pour un autre nom"
            : "il n’est pas signé par une autorité connue, ou n’est plus valable";
        return $"Le certificat du serveur {imap.Hote} n’est pas accepté : {why}. S’il est bien le vôtre, recopiez son empreinte dans les réglages : {Empreinte}";
    }

    /// <returns>Null for what says nothing about the server: an order to stop.</returns>
    private string? Explain(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        OperationCanceledException or TimeoutException => $"{Serveur} ne répond pas : vérifiez le port, et qu’aucun pare-feu ne l’arrête",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } =>
            $"Le nom {imap.Hote} n’est pas connu : vérifiez le nom du serveur, ou le DNS de cette machine",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => $"{Serveur} est injoignable : rien n’écoute sur ce port (connexion refusée)",
        SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.HostUnreachable or SocketError.NetworkUnreachable } =>
            $"{Serveur} est injoignable : vérifiez le port, et qu’aucun pare-feu ne l’arrête",
        SslHandshakeException => $"{Serveur} ne répond pas en TLS : vérifiez le port et le chiffrement demandé",
        NotSupportedException => $"{Serveur} ne propose pas le chiffrement demandé (STARTTLS)",
        AuthenticationException when imap.Authentification != AuthentificationImap.MotDePasse =>
            $"{Serveur} refuse le jeton d’accès : vérifiez l’identifiant de la boîte, la portée du jeton et les droits de l’application",
        AuthenticationException => $"{Serveur} refuse l’identifiant ou le mot de passe : vérifiez-les",
        ImapProtocolException => $"{Serveur} ne parle pas IMAP, ou a coupé la connexion : vérifiez le port et le chiffrement demandé",
        SocketException or IOException or ProtocolException or ServiceNotConnectedException => $"{Serveur} est injoignable ou a coupé la connexion",
        CommandException => $"{Serveur} refuse une commande",
        _ => null,
    };
}
