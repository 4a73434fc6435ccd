using System.Net;
using System.Net.Sockets;

namespace SuiviCourrier.Host.Serve;

/// <summary>Where the pages are answered.</summary>
/// <param name="IsExplicit">Chosen by the operator: another one is never taken instead.</param>
internal sealed record Addresses(IReadOnlyList<Uri> Urls, bool IsExplicit)
{
    private const int FirstPort = 5080;
    private const int LastPort = 5179;

    /// <summary>Nobody but this machine can reach them.</summary>
    public bool AreLoopback => Urls.All(u => u.IsLoopback);

    public string Joined => string.Join(';', Urls.Select(u => u.GetLeftPart(UriPartial.Authority)));

    /// <exception cref="RefusedException">An address is not one.</exception>
    public static Addresses? Parse(string? urls)
    {
        if (string.IsNullOrWhiteSpace(urls))
        {
            return null;
        }

        var parsed = urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(text => Uri.TryCreate(text.Replace("://+", "://0.0.0.0", StringComparison.Ordinal).Replace("://*", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var url)
                && url.Scheme is "http" or "https"
                    ? url
                    : throw new RefusedException($"L’adresse « {text} » n’est pas valable : attendu « http://127.0.0.1:5080 »."))
            .ToList();
        return new Addresses(parsed, true);
    }

    /// <summary>5080 of this machine, or the next port that is free.</summary>
    public static Addresses NextFree(int from = FirstPort)
    {
        for (var port = from; port <= LastPort; port++)
        {
            if (IsFree(IPAddress.Loopback, port))
            {
                return new Addresses([new Uri($"http://127.0.0.1:{port}")], false);
            }
        }

        throw new RefusedException($"Aucun port n’est libre entre {FirstPort} et {LastPort} : indiquez une adresse par --urls.");
    }

    /// <exception cref="RefusedException">Another program answers there.</exception>
    public void RefuseIfTaken()
    {
        foreach (var url in Urls)
        {
            var address = url.HostNameType switch
            {
                UriHostNameType.IPv4 or UriHostNameType.IPv6 => IPAddress.Parse(url.DnsSafeHost),
                _ => url.IsLoopback ? IPAddress.Loopback : IPAddress.Any,
            };
            if (url.Port != 0 && !IsFree(address, url.Port))
            {
                throw Taken(url);
            }
        }
    }

    public static RefusedException Taken(Uri url) =>
        new($"L’adresse {url.GetLeftPart(UriPartial.Authority)} ne peut pas être ouverte (déjà utilisée par un autre programme, ou interdite) : arrêtez-le ou choisissez une autre adresse par --urls.");

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
