using Microsoft.EntityFrameworkCore;

namespace SuiviCourrier.ServiceDefaults.Data;

public static class DatabaseClock
{
    /// <summary>The server's clock: the one delivery delays and leases are measured with.</summary>
    public static async Task<DateTimeOffset> NowAsync(this DbContext db, CancellationToken cancellationToken) =>
        await db.Database.SqlQuery<DateTimeOffset>($"SELECT clock_timestamp() AS \"Value\"").SingleAsync(cancellationToken);
}
