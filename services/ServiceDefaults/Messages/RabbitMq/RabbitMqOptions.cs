using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;

namespace SuiviCourrier.ServiceDefaults.Messages.RabbitMq;

/// <summary>Section <c>Messages:RabbitMq</c> of the configuration.</summary>
public sealed record RabbitMqOptions
{
    public string Hote { get; init; } = "localhost";

    /// <summary>Absent: 5672, or 5671 with TLS.</summary>
    public int? Port { get; init; }

    public string HoteVirtuel { get; init; } = "courrier";
    public string Utilisateur { get; init; } = "courrier";
    public string? MotDePasse { get; init; }

    public bool Tls { get; init; }

    /// <summary>SHA-256 of the only certificate accepted, in hexadecimal, for a broker with a private certificate. Absent: the system decides.</summary>
    public string? EmpreinteCertificat { get; init; }

    /// <summary>Deliveries one process works on at once, all queues together: each takes a connection to the database.</summary>
    public int EnParallele { get; init; } = 8;

    /// <summary>Messages a queue hands to one process in advance.</summary>
    public ushort EnAvance { get; init; } = 16;

    internal int EffectivePort => Port ?? (Tls ? AmqpTcpEndpoint.DefaultAmqpSslPort : 5672);

    internal bool Accepts(X509Certificate? certificate, SslPolicyErrors errors) =>
        EmpreinteCertificat is { Length: > 0 } pinned ? Empreinte.IsOf(certificate, pinned) : errors == SslPolicyErrors.None;

    internal ConnectionFactory ToFactory() => new()
    {
        HostName = Hote,
        Port = EffectivePort,
        VirtualHost = HoteVirtuel,
        UserName = Utilisateur,
        Password = MotDePasse ?? "",

        // Connecting again includes declaring again: our loop does both.
        AutomaticRecoveryEnabled = false,
        TopologyRecoveryEnabled = false,
        RequestedHeartbeat = TimeSpan.FromSeconds(10),
        Ssl = new SslOption
        {
            Enabled = Tls,
            ServerName = Hote,
            CertificateValidationCallback = (_, certificate, _, errors) => Accepts(certificate, errors),
        },
    };
}
