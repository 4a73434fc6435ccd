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

    /// <summary>
    /// Connections of a role. Statements are prepared by the second time they are sent; a connection goes back to its pool as it is: nothing here
    /// leaves a trace in a session (an architecture test looks), and cleaning it would throw away the plans of every foreign key. What the
    /// connection string itself says of either wins.
    /// </summary>
    /// <param name="plansEachTime">A prepared statement is planned again for each of its values: for lists whose best plan depends on who looks.</param>
    public string For(string role, bool plansEachTime = false)
    {
        var builder = new NpgsqlConnectionStringBuilder($"No Reset On Close=true;Max Auto Prepare=100;Auto Prepare Min Usages=2;{Courrier}") { ApplicationName = role };
        builder.Options = $"{builder.Options}{(plansEachTime ? " -c plan_cache_mode=force_custom_plan" : "")} -c role={role}".TrimStart();
        return builder.ConnectionString;
    }
}
