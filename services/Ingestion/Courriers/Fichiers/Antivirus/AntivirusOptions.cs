using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SuiviCourrier.Ingestion.Courriers.Fichiers.Antivirus;

/// <summary>Section <c>Antivirus</c> of the configuration.</summary>
public sealed record AntivirusOptions
{
    /// <summary>Of clamd: <c>hôte:port</c>, or the path of its socket. Empty: there is no scanner, and every file stays « non analysé ».</summary>
    public string Adresse { get; init; } = string.Empty;

    /// <summary>Time given to one file.</summary>
    public TimeSpan Duree { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Largest file that is given to it, in bytes: at most its <c>StreamMaxLength</c>.</summary>
    public long TailleMax { get; init; } = 100L << 20;

    /// <summary>Between two looks at what is still to be scanned.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Before a scanner that did not answer is asked again.</summary>
    public TimeSpan Repos { get; init; } = TimeSpan.FromSeconds(30);

    public bool IsConfigured => !string.IsNullOrWhiteSpace(Adresse);

    /// <exception cref="FormatException">The address is neither of the two; the message is a sentence in French.</exception>
    public EndPoint ToEndPoint()
    {
        if (Adresse.StartsWith('/'))
        {
            return new UnixDomainSocketEndPoint(Adresse);
        }

        var colon = Adresse.LastIndexOf(':');
        return colon > 0 && int.TryParse(Adresse.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? new DnsEndPoint(Adresse[..colon].Trim('[', ']'), port)
            : throw new FormatException($"Antivirus:Adresse « {Adresse} » n’est ni hôte:port ni le chemin d’une socket.");
    }
}
