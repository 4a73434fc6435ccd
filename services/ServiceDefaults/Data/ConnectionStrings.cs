using Npgsql;

namespace SuiviCourrier.ServiceDefaults.Data;

/// <summary>
/// One login, one database role per service: each context opens its connections under its own role, so that writing in a
/// neighbour's schema is refused by the server.
/// </summary>
public sealed class ConnectionStrings(string courrier, string? migration = null)
{
    /// <summary>The login used by the services; member of every role, inheriting from none.</summary>
    public string Courrier { get; } = courrier;

    /// <summary>The login that owns the schemas; by default the same.</summary>
    public string Migration { get; } = migration ?? courrier;

    public string For(string role)
    {
        var builder = new NpgsqlConnectionStringBuilder(Courrier) { ApplicationName = role };
        builder.Options = string.IsNullOrEmpty(builder.Options) ? $"-c role={role}" : $"{builder.Options} -c role={role}";
        return builder.ConnectionString;
    }
}
