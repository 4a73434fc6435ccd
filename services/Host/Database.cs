using System.Net.Sockets;
using Npgsql;
using SuiviCourrier.Host.Embedded;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.Host;

/// <summary>The database of this process: the server that is configured, or the embedded one.</summary>
internal sealed class Database : IAsyncDisposable
{
    private Database(ConnectionStrings connectionStrings, EmbeddedPostgres? embedded)
    {
        ConnectionStrings = connectionStrings;
        Embedded = embedded;
    }

    public ConnectionStrings ConnectionStrings { get; }

    /// <summary>Null with a server.</summary>
    public EmbeddedPostgres? Embedded { get; }

    /// <exception cref="RefusedException">It cannot be used, for a reason said in a sentence.</exception>
    public static async Task<Database> OpenAsync(Settings settings, CancellationToken cancellationToken)
    {
        if (settings.IsEmbedded)
        {
            var embedded = await EmbeddedPostgres.StartAsync(settings.Folder, cancellationToken);
            return new Database(embedded.ConnectionStrings, embedded);
        }

        var connectionStrings = new ConnectionStrings(settings.Server!, settings.ServerForMigration);
        await CheckAsync(connectionStrings.Courrier, cancellationToken);
        return new Database(connectionStrings, null);
    }

    /// <summary>Says in French why a server cannot be used.</summary>
    public static async Task CheckAsync(string connectionString, CancellationToken cancellationToken)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        var place = $"{server.Host}:{server.Port}";
        try
        {
            await using var connection = new NpgsqlConnection(server.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            if (connection.PostgreSqlVersion.Major < 16)
            {
                throw new RefusedException($"Le serveur PostgreSQL {place} est en version {connection.PostgreSqlVersion.Major} : Courrier demande la version 16 ou une version plus récente.");
            }
        }
        catch (PostgresException refusal)
        {
            throw new RefusedException(refusal.SqlState switch
            {
                PostgresErrorCodes.InvalidPassword => $"Le serveur PostgreSQL {place} refuse le mot de passe du compte « {server.Username} ».",
                PostgresErrorCodes.InvalidAuthorizationSpecification => $"Le serveur PostgreSQL {place} refuse le compte « {server.Username} » (compte inconnu, ou pg_hba.conf).",
                PostgresErrorCodes.InvalidCatalogName => $"La base « {server.Database} » n’existe pas sur le serveur PostgreSQL {place}.",
                PostgresErrorCodes.CannotConnectNow => $"Le serveur PostgreSQL {place} démarre ou s’arrête : réessayez dans un instant.",
                PostgresErrorCodes.TooManyConnections => $"Le serveur PostgreSQL {place} n’accepte plus de connexion : augmentez max_connections.",
                _ => $"Le serveur PostgreSQL {place} refuse la connexion ({refusal.SqlState}) : {refusal.MessageText}",
            });
        }
        catch (Exception unreachable) when (unreachable is NpgsqlException or SocketException or TimeoutException or System.Security.Authentication.AuthenticationException)
        {
            throw new RefusedException($"Le serveur PostgreSQL {place} est injoignable : vérifiez l’adresse, le réseau et que le serveur est lancé.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Embedded is not null)
        {
            await Embedded.DisposeAsync();
        }
    }
}
