using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace SuiviCourrier.Ingestion.Formulaires;

/// <summary>
/// How much the public pages take, from one address and from everyone. Asked by the pages themselves and not before them: over the limit, the page
/// keeps what was typed.
/// </summary>
public sealed class DebitPublic : IDisposable
{
    private readonly PartitionedRateLimiter<string> _envois;
    private readonly PartitionedRateLimiter<string> _suivis;

    public DebitPublic(IOptions<FormulaireOptions> options)
    {
        var settings = options.Value;
        _envois = PartitionedRateLimiter.CreateChained(
            ByAddress(settings.EnvoisParHeure, TimeSpan.FromHours(1)),
            PartitionedRateLimiter.Create<string, string>(_ => RateLimitPartition.GetTokenBucketLimiter("", _ => Bucket(settings.EnvoisParHeureTotal, TimeSpan.FromHours(1)))));
        _suivis = ByAddress(settings.SuivisParMinute, TimeSpan.FromMinutes(1));
    }

    /// <returns>After how long it may be tried again; null when it may be done now.</returns>
    public TimeSpan? RefuseEnvoi(HttpContext context) => Refuse(_envois, context);

    /// <inheritdoc cref="RefuseEnvoi" />
    public TimeSpan? RefuseSuivi(HttpContext context) => Refuse(_suivis, context);

    public void Dispose()
    {
        _envois.Dispose();
        _suivis.Dispose();
    }

    private static TimeSpan? Refuse(PartitionedRateLimiter<string> limiter, HttpContext context)
    {
        using var lease = limiter.AttemptAcquire(KeyOf(context.Connection.RemoteIpAddress));
        if (lease.IsAcquired)
        {
            return null;
        }

        return lease.TryGetMetadata(MetadataName.RetryAfter, out var after) && after > TimeSpan.Zero ? after : TimeSpan.FromMinutes(1);
    }

    private static PartitionedRateLimiter<string> ByAddress(int count, TimeSpan period) =>
        PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetTokenBucketLimiter(address, _ => Bucket(count, period)));

    /// <summary>Full at first, then one more at regular intervals.</summary>
    private static TokenBucketRateLimiterOptions Bucket(int count, TimeSpan period) => new()
    {
        TokenLimit = Math.Max(1, count),
        TokensPerPeriod = 1,
        ReplenishmentPeriod = period / Math.Max(1, count),
        QueueLimit = 0,
    };

    /// <summary>A home has one address of version 4, and a whole /64 of version 6.</summary>
    private static string KeyOf(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        var seen = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var bytes = seen.GetAddressBytes();
        return Convert.ToHexString(seen.AddressFamily == AddressFamily.InterNetworkV6 ? bytes.AsSpan(0, 8) : bytes);
    }
}
