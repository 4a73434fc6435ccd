using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace SuiviCourrier.Portail.Comptes;

/// <summary>
/// Counts failed sign-ins per address, on top of the lockout of each account: a préfecture often leaves through one address, so
/// that only failures count. Kept in memory: a restart forgives.
/// </summary>
public sealed class EssaisDeConnexion(IConfiguration configuration, TimeProvider clock)
{
    private const int MaxAddresses = 10_000;
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);
    private readonly int _limit = configuration.GetValue("Connexion:EchecsParMinute", 20);
    private readonly ConcurrentDictionary<IPAddress, (DateTimeOffset From, int Failures)> _failures = new();

    public bool IsTooMany(IPAddress? address) =>
        _failures.TryGetValue(address ?? IPAddress.None, out var seen) && clock.GetUtcNow() - seen.From < s_window && seen.Failures >= _limit;

    public void RecordFailure(IPAddress? address)
    {
        var now = clock.GetUtcNow();
        if (_failures.Count > MaxAddresses)
        {
            foreach (var (old, seen) in _failures)
            {
                if (now - seen.From >= s_window)
                {
                    _failures.TryRemove(old, out _);
                }
            }
        }

        _failures.AddOrUpdate(
            address ?? IPAddress.None,
            _ => (now, 1),
            (_, seen) => now - seen.From < s_window ? (seen.From, seen.Failures + 1) : (now, 1));
    }
}
