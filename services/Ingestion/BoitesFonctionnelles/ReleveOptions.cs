namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>Section <c>Releve</c> of the configuration: how mailboxes are collected.</summary>
public sealed record ReleveOptions
{
    /// <summary>Between two looks into a drop folder.</summary>
    public TimeSpan PollDossier { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Between two looks into a mailbox, whatever its server announces meanwhile.</summary>
    public TimeSpan PollImap { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a server may say nothing when it is asked: then it is left, and called again. One that thinks for long is no fault.</summary>
    public TimeSpan PatienceImap { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Between two looks at what mailboxes there are and how they are reached: a change made in the portal takes so long.</summary>
    public TimeSpan PollReglages { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Programs of this machine that write an access token on their first line, by the code of the mailbox. Named here only, by whoever administers the
    /// machine: a page that named them would let its administrators run anything.
    /// </summary>
    public Dictionary<string, string> CommandesJeton { get; init; } = [];

    /// <summary>A dropped file is complete when nothing has been added to it for so long.</summary>
    public TimeSpan Quietude { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Largest message that is opened, in bytes; a larger one is registered from its headers.</summary>
    public long TailleMax { get; init; } = 40L << 20;

    /// <summary>Time given to the reading of one message, each time it is tried.</summary>
    public TimeSpan DureeLecture { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes of managed memory of the process that reads a message on which the first attempt failed.</summary>
    public long MemoireLecture { get; init; } = 256L << 20;

    /// <summary>Largest message whose bytes are kept; of a larger one the headers are.</summary>
    public long TailleConservee { get; init; } = 300L << 20;

    /// <summary>Acknowledgements one address gets in an hour: more is a loop between two robots. Zero: no cap, as for those below.</summary>
    public int AccusesParHeure { get; init; } = 5;

    public int AccusesParJour { get; init; } = 20;

    /// <summary>Acknowledgements all the addresses of one domain get in an hour: the great providers have the addresses of half the population.</summary>
    public int AccusesParHeureParDomaine { get; init; } = 1_000;

    public int AccusesParJourParDomaine { get; init; } = 5_000;

    /// <summary>Acknowledgements all addresses get in an hour: what stays when each comes from another domain.</summary>
    public int AccusesParHeureEnTout { get; init; } = 2_000;

    public int AccusesParJourEnTout { get; init; } = 10_000;
}

/// <summary>One entry of the section <c>Boites</c>.</summary>
public sealed record BoiteOptions
{
    public string Code { get; init; } = string.Empty;
    public string? Adresse { get; init; }

    /// <summary>Drop folder; by default <c>{Donnees:Dossier}/courriels-entrants/{code}</c>.</summary>
    public string? Dossier { get; init; }

    public ImapOptions? Imap { get; init; }
    public string? ServiceCode { get; init; }
}

public enum SecuriteImap
{
    /// <summary>STARTTLS, mandatory.</summary>
    StartTls,

    /// <summary>TLS from the first byte (port 993).</summary>
    Tls,

    /// <summary>No encryption: only on the same machine.</summary>
    Aucune,
}

/// <summary>What a mailbox is signed in to with.</summary>
public enum AuthentificationImap
{
    MotDePasse,

    /// <summary>OAuth 2.0: a token the authorization server gives against the credentials of our application (RFC 6749 §4.4).</summary>
    JetonClient,

    /// <summary>OAuth 2.0: a token a program of the machine gives (<see cref="ReleveOptions.CommandesJeton"/>).</summary>
    JetonCommande,
}

/// <summary>How to reach a mailbox. The password is apart: <c>COURRIER_BOITE_{CODE}_MOTDEPASSE</c> of the configuration, or encrypted in the database.</summary>
public sealed record ImapOptions
{
    public string Hote { get; init; } = "localhost";
    public int Port { get; init; } = 993;
    public SecuriteImap Securite { get; init; } = SecuriteImap.Tls;
    public string Utilisateur { get; init; } = string.Empty;

    public AuthentificationImap Authentification { get; init; }

    /// <summary>Token endpoint of the authorization server, for <see cref="AuthentificationImap.JetonClient"/>.</summary>
    public string? JetonUrl { get; init; }

    /// <summary>Our application's name there (client_id); its secret is kept where a password would be.</summary>
    public string? JetonIdentifiant { get; init; }

    /// <summary>What the token is asked for (scope).</summary>
    public string? JetonPortee { get; init; }

    /// <summary>SHA-256 of the only certificate accepted, in hexadecimal. Absent: the system decides.</summary>
    public string? EmpreinteCertificat { get; init; }

    /// <summary>False: an unreachable revocation list does not stop the collection.</summary>
    public bool VerifierRevocation { get; init; }

    /// <summary>Folder that is collected.</summary>
    public string Dossier { get; init; } = "INBOX";

    public string DossierTraites { get; init; } = "Traités";
    public string DossierAnomalies { get; init; } = "Anomalies";

    /// <summary>Whether the identifiers of messages mean the same: one account, one server, one folder.</summary>
    public bool IsSameFolder(ImapOptions other) =>
        (Hote, Utilisateur, Dossier) == (other.Hote, other.Utilisateur, other.Dossier);

    /// <summary>Whether a password typed for one may be sent to the other.</summary>
    public bool IsSameServer(ImapOptions other) =>
        (Hote, Port, Securite, Utilisateur, Authentification, JetonUrl, JetonIdentifiant)
            == (other.Hote, other.Port, other.Securite, other.Utilisateur, other.Authentification, other.JetonUrl, other.JetonIdentifiant);
}
