using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Time;

/// <summary>
/// Refuses to sweep when the clock of this machine and the server's differ: a skewed clock once fired a monthly job on a wrong date.
/// The system clock is taken before <c>Horloge:Decalage</c> is added.
/// </summary>
public sealed partial class ClockGuard(TimeProvider system, ILogger<ClockGuard> logger)
{
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(60);

    /// <exception cref="ClockSkewException">They differ by more than a minute.</exception>
    public async Task EnsureAsync(DbContext db, CancellationToken cancellationToken)
    {
        var asked = system.GetUtcNow();
        var server = await db.NowAsync(cancellationToken);
        var answered = system.GetUtcNow();
        var skew = server < asked ? asked - server : server > answered ? server - answered : TimeSpan.Zero;
        if (skew > Tolerance)
        {
            LogSkewed(skew.TotalSeconds);
            throw new ClockSkewException(skew);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The clock of this machine and the database's differ by {Seconds} s: nothing is swept until they agree")]
    private partial void LogSkewed(double seconds);
}

public sealed class ClockSkewException(TimeSpan skew) : Exception(
    $"L’horloge de cette machine et celle de la base diffèrent de {skew.TotalSeconds:0} s : réglez-les (chrony) avant que les relances repartent.")
{
}
