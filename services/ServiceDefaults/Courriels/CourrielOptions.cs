namespace SuiviCourrier.ServiceDefaults.Courriels;

/// <summary>Section <c>Courriel</c> of the configuration.</summary>
public sealed record CourrielOptions
{
    /// <summary>Absent: messages are written as <c>.eml</c> files in <c>{Donnees:Dossier}/courriels-sortants</c>.</summary>
    public SmtpOptions? Smtp { get; init; }

    /// <summary>From of what names no other sender; by default the address of the site.</summary>
    public string? Expediteur { get; init; }

    /// <summary>
    /// A collected mailbox that also receives <c>name+anything@domain</c>. What we send then names, in its envelope and as the address to answer to, a
    /// form of it that only this message has: returns and answers are recognised whatever becomes of their headers. Absent: acknowledgements leave with
    /// the null return path, and nobody learns that one came back.
    /// </summary>
    public string? AdresseEtiquetee { get; init; }

    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a claimed message belongs to a sender that gives no sign of life.</summary>
    public TimeSpan Bail { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Messages sent side by side: few, because each waits up to ten minutes for the reply to its final dot.</summary>
    public int EnParallele { get; init; } = 2;

    /// <summary>Waits between two attempts; the last one is repeated. Empty: from two seconds to four hours, longer each time.</summary>
    public IReadOnlyList<TimeSpan> Delais { get; init; } = [];

    /// <summary>After so long without success a message is refused for good.</summary>
    public TimeSpan Abandon { get; init; } = TimeSpan.FromDays(3);

    /// <summary>No address receives more than this in an hour, whatever sends: the excess waits.</summary>
    public int MaxParHeure { get; init; } = 30;

    /// <summary>No address receives more than this in a day: the excess waits.</summary>
    public int MaxParJour { get; init; } = 150;

    // Not the default of the property: the binder adds to it instead of replacing it.
    private static readonly IReadOnlyList<TimeSpan> s_delais =
    [
        TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15),
        TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4),
    ];

    /// <param name="attempts">How many have failed, from 1.</param>
    public TimeSpan DelaiApres(int attempts)
    {
        var delais = Delais.Count > 0 ? Delais : s_delais;
        return delais[Math.Min(attempts, delais.Count) - 1];
    }
}

public enum SecuriteSmtp
{
    /// <summary>STARTTLS, mandatory: without it nothing is sent.</summary>
    StartTls,

    /// <summary>TLS from the first byte (port 465).</summary>
    Tls,

    /// <summary>No encryption: only for a relay on the same machine.</summary>
    Aucune,
}

public sealed record SmtpOptions
{
    public string Hote { get; init; } = "localhost";
    public int Port { get; init; } = 25;
    public SecuriteSmtp Securite { get; init; } = SecuriteSmtp.StartTls;
    public string? Utilisateur { get; init; }
    public string? MotDePasse { get; init; }

    /// <summary>
    /// SHA-256 of the only certificate accepted, in hexadecimal, for a server with a private certificate. Absent: the system decides.
    /// </summary>
    public string? EmpreinteCertificat { get; init; }

    /// <summary>False: an unreachable revocation list does not stop the mail. A revoked certificate is then refused only once it is replaced.</summary>
    public bool VerifierRevocation { get; init; }

    /// <summary>Longest wait for the server before the final dot.</summary>
    public TimeSpan Attente { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Longest wait for the reply to the final dot (RFC 5321 §4.5.3.2.6: at least ten minutes).</summary>
    public TimeSpan AttenteApresPoint { get; init; } = TimeSpan.FromMinutes(10);
}
