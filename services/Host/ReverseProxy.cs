using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace SuiviCourrier.Host;

/// <summary>
/// Whose word is taken for the client's address and scheme: the reverse proxies named by <c>MandataireInverse:Adresses</c>, nobody else, not
/// even this machine. Limits of attempts, Secure cookies and redirections depend on it.
/// </summary>
internal static class ReverseProxy
{
    private const string Section = "MandataireInverse:Adresses";

    /// <exception cref="RefusedException">One of them is not an address, or is everybody.</exception>
    public static IReadOnlyList<IPNetwork> Read(IConfiguration configuration) =>
        [.. configuration.GetSection(Section).GetChildren().Select(entry => ReadOne(entry.Path, entry.Value ?? ""))];

    /// <summary>Before anything that looks at the client. Of a chain of addresses only the last is believed, which our proxy wrote.</summary>
    public static void UseNamedReverseProxies(this IApplicationBuilder app, IConfiguration configuration)
    {
        var proxies = Read(configuration);
        if (proxies.Count == 0)
        {
            return;
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = 1 };
        options.KnownProxies.Clear(); // loopback is there by default
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            options.KnownIPNetworks.Add(proxy);
        }

        app.UseForwardedHeaders(options);
    }

    private static IPNetwork ReadOne(string key, string value)
    {
        var network = IPAddress.TryParse(value, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : IPNetwork.TryParse(value, out var range) ? range
            : throw new RefusedException($"{key} vaut « {value} » : attendu l’adresse du mandataire inverse, comme « 10.0.0.5 », ou son réseau, comme « 10.0.0.0/28 ».");
        return network.PrefixLength > 0 ? network
            : throw new RefusedException($"{key} vaut « {value} » : ce réseau contient tout le monde, et chacun pourrait se donner l’adresse d’un autre.");
    }
}
