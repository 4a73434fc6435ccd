using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.Host.Embedded;

/// <summary>
/// PostgreSQL for who has no server: made, started, adopted when it survived its Host, stopped with the last process that uses it.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    /// <summary>In the data folder of a database that has never been shown: <c>serve</c> then loads the demonstration.</summary>
    public const string NewMarkerName = "demonstration-a-charger";

    private const string Superuser = "postgres";
    private const string Login = "courrier";
    private const string Database = "courrier";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_recoveryPatience = TimeSpan.FromMinutes(10);

    private readonly string _owner;
    private readonly EmbeddedFolders _folders;
    private readonly PostgresAccount _account;
    private readonly PostgresBinaries _binaries;
    private readonly FolderLock _usage;
    private string _superuserPassword = "";

    private EmbeddedPostgres(string owner, EmbeddedFolders folders, PostgresAccount account, PostgresBinaries binaries, FolderLock usage)
    {
        _owner = owner;
        _folders = folders;
        _account = account;
        _binaries = binaries;
        _usage = usage;
        ConnectionStrings = null!;
    }

    /// <summary>The services' login, member of their roles and nothing else; the superuser for migrations.</summary>
    public ConnectionStrings ConnectionStrings { get; private set; }

    /// <summary>Where programs and data are.</summary>
    public string Folder => _folders.Base;

    /// <summary>The database has just been made.</summary>
    public bool IsNew { get; private set; }

    public int Port { get; private set; }

    /// <param name="owner">The data folder; it is created when absent.</param>
    /// <exception cref="RefusedException">It cannot run here, for a reason said in a sentence.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(string owner, CancellationToken cancellationToken)
    {
        owner = Path.GetFullPath(owner).TrimEnd(Path.DirectorySeparatorChar);
        PrivateFiles.CreateFolder(owner);

        // One at a time decides who starts and who stops the server; who uses it holds a share of the usage lock.
        using var gate = await FolderLock.TakeAsync(Path.Combine(owner, "postgresql.porte"), isShared: false, cancellationToken);
        var usage = await FolderLock.TakeAsync(Path.Combine(owner, "postgresql.usage"), isShared: true, cancellationToken);
        try
        {
            var account = await PostgresAccount.ForAsync(Path.Combine(owner, "base-de-donnees"), cancellationToken);
            var folders = EmbeddedFolders.For(owner, !account.IsOurs);
            await account.OwnAsync(folders.Base, cancellationToken);
            var binaries = await PostgresBinaries.InstallAsync(folders.Base, account, cancellationToken);
            var server = new EmbeddedPostgres(owner, folders, account, binaries, usage);
            await server.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            usage.Dispose();
            throw;
        }
    }

    /// <summary>Starts the server again, on its port, each time it has been killed.</summary>
    /// <exception cref="RefusedException">It does not start any more.</exception>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            if (PostmasterFile.Read(_folders.Data)?.IsAlive(_folders.Data) ?? false)
            {
                continue;
            }

            using var gate = await FolderLock.TakeAsync(Path.Combine(_owner, "postgresql.porte"), isShared: false, cancellationToken);
            await EnsureRunningAsync(isPortFixed: true, cancellationToken);
        }
    }

    /// <summary>Stops the server, unless another process uses it.</summary>
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        using var gate = await FolderLock.TakeAsync(Path.Combine(_owner, "postgresql.porte"), isShared: false, CancellationToken.None);
        _usage.Dispose();
        using var alone = FolderLock.TryTake(Path.Combine(_owner, "postgresql.usage"));
        if (alone is not null && PostmasterFile.Read(_folders.Data) is { } running && running.IsAlive(_folders.Data))
        {
            var (exitCode, _) = await SystemProgram.RunAsync(
                _folders.Base, _account.Run(_binaries.Program("pg_ctl"), "stop", "-D", _folders.Data, "-m", "fast", "-w", "-t", "30"), CancellationToken.None);
            if (exitCode != 0)
            {
                await SystemProgram.RunAsync(
                    _folders.Base, _account.Run(_binaries.Program("pg_ctl"), "stop", "-D", _folders.Data, "-m", "immediate", "-w", "-t", "30"), CancellationToken.None);
            }
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        RefuseOtherVersion();
        if (!Directory.Exists(_folders.Data))
        {
            await InitializeAsync(cancellationToken);
        }

        (_superuserPassword, var loginPassword) = ReadSecrets();
        await EnsureRunningAsync(isPortFixed: false, cancellationToken);
        await PrepareAsync(loginPassword, cancellationToken);
        ConnectionStrings = new ConnectionStrings(
            ConnectionString(Login, loginPassword, Database), ConnectionString(Superuser, _superuserPassword, Database));
    }

    private void RefuseOtherVersion()
    {
        var file = Path.Combine(_folders.Data, "PG_VERSION");
        if (File.Exists(file) && File.ReadAllText(file).Trim() is var found && found != _binaries.Major.ToString(CultureInfo.InvariantCulture))
        {
            throw new RefusedException(
                $"Les données de « {_folders.Data} » ont été écrites par PostgreSQL {found}, et cette version de Courrier apporte PostgreSQL {_binaries.Major} : "
                + "exportez-les avec la version précédente de Courrier (« exporter »), puis restaurez-les dans un dossier neuf (« restaurer »).");
        }
    }

    /// <summary>Made under another name, then renamed: a database that is there is whole.</summary>
    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        var unfinished = _folders.Data + ".en-cours";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        string[] secrets = [RandomNumberGenerator.GetHexString(32, lowercase: true), RandomNumberGenerator.GetHexString(32, lowercase: true)];
        PrivateFiles.Write(_folders.Secrets, string.Join('\n', secrets) + "\n");
        var passwordFile = Path.Combine(_folders.Base, "initdb.secret");
        PrivateFiles.Write(passwordFile, secrets[0] + "\n");
        try
        {
            await _account.OwnAsync(passwordFile, cancellationToken);
            var (exitCode, output) = await SystemProgram.RunAsync(
                _folders.Base,
                _account.Run(
                    _binaries.Program("initdb"), "-D", unfinished, "-U", Superuser, "-A", "scram-sha-256", $"--pwfile={passwordFile}", "-E", "UTF8",
                    "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions",
                    "--set", "listen_addresses=127.0.0.1",
                    "--set", "unix_socket_directories=", // a socket's path is limited to 107 bytes; the place of a clone is not
                    "--set", "max_connections=200",
                    "--set", "log_error_verbosity=terse", // no values of rows, no text of statements: they hold personal data
                    "--set", "log_min_error_statement=panic"),
                cancellationToken);
            if (exitCode != 0)
            {
                throw new RefusedException($"La base de données n’a pas pu être créée dans « {_folders.Base} » : {LastLine(output)}");
            }
        }
        finally
        {
            File.Delete(passwordFile);
        }

        await File.WriteAllTextAsync(Path.Combine(_owner, NewMarkerName), "", cancellationToken);
        Directory.Move(unfinished, _folders.Data);
        IsNew = true;
    }

    /// <summary>Adopts the server that runs already, or starts one; a stale lock file, a recovery and a port taken meanwhile pass by waiting.</summary>
    private async Task EnsureRunningAsync(bool isPortFixed, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var running = PostmasterFile.Read(_folders.Data);
            var isAlive = running?.IsAlive(_folders.Data) ?? false;
            if (isAlive && running!.IsReady && await AnswersAsync(running.Port, cancellationToken))
            {
                return;
            }

            if (!isAlive)
            {
                if (running is not null && running.Exists)
                {
                    // The number belongs to a dead process or to another program; PostgreSQL would take it for itself.
                    File.Delete(PostmasterFile.PathIn(_folders.Data));
                }

                var failure = await TryStartAsync(isPortFixed ? Port : FreePort(), cancellationToken);
                if (failure is not null && (watch.Elapsed > s_patience || !PassesByWaiting(failure)))
                {
                    throw new RefusedException($"PostgreSQL n’a pas démarré : {failure} (voir « {_folders.Log} »).");
                }
            }
            else if (watch.Elapsed > s_recoveryPatience)
            {
                throw new RefusedException($"PostgreSQL (processus {running!.Pid}) est lancé mais ne répond pas (voir « {_folders.Log} »).");
            }

            await Task.Delay(isAlive ? 250 : 50, cancellationToken);
        }
    }

    /// <returns>Null when the server has started or is starting, else its reason not to.</returns>
    private async Task<string?> TryStartAsync(int port, CancellationToken cancellationToken)
    {
        var log = new FileInfo(_folders.Log);
        if (log.Exists && log.Length > 16 * 1024 * 1024)
        {
            log.Delete();
        }

        var alreadyLogged = File.Exists(_folders.Log) ? new FileInfo(_folders.Log).Length : 0;
        var (exitCode, output) = await SystemProgram.RunAsync(
            _folders.Base,
            _account.Run(_binaries.Program("pg_ctl"), "start", "-D", _folders.Data, "-l", _folders.Log, "-w", "-t", "60", "-s", "-o", $"-p {port}"),
            cancellationToken);
        if (exitCode == 0 || (PostmasterFile.Read(_folders.Data)?.IsAlive(_folders.Data) ?? false))
        {
            return null;
        }

        if (!File.Exists(_folders.Log))
        {
            return LastLine(output);
        }

        await using var stream = new FileStream(_folders.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(alreadyLogged, SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        var said = await reader.ReadToEndAsync(cancellationToken);
        return said.Split('\n').LastOrDefault(line => line.Contains("FATAL", StringComparison.Ordinal)) ?? LastLine(output);
    }

    private static bool PassesByWaiting(string failure) =>
        failure.Contains("lock file", StringComparison.Ordinal)
        || failure.Contains("pre-existing shared memory", StringComparison.Ordinal)
        || failure.Contains("could not create any TCP/IP sockets", StringComparison.Ordinal);

    private async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            Port = port;
            await using var connection = new NpgsqlConnection(ConnectionString(Superuser, _superuserPassword, "postgres", isPooled: false));
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT current_setting('data_directory')", connection);
            return (string?)await command.ExecuteScalarAsync(cancellationToken) == _folders.Data;
        }
        catch (PostgresException wait) when (wait.SqlState is PostgresErrorCodes.CannotConnectNow)
        {
            return false;
        }
        catch (NpgsqlException notYet) when (notYet is not PostgresException)
        {
            return false;
        }
    }

    private async Task PrepareAsync(string loginPassword, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(Superuser, _superuserPassword, "postgres", isPooled: false));
        await connection.OpenAsync(cancellationToken);
        if (!await IsTrueAsync(connection, $"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{Login}')", cancellationToken))
        {
            await ExecuteAsync(connection, $"CREATE ROLE {Login} LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{loginPassword}'", cancellationToken);
        }

        if (!await IsTrueAsync(connection, $"SELECT EXISTS (SELECT FROM pg_database WHERE datname = '{Database}')", cancellationToken))
        {
            await ExecuteAsync(connection, $"CREATE DATABASE {Database}", cancellationToken);
        }
    }

    private (string Superuser, string Login) ReadSecrets()
    {
        var lines = File.Exists(_folders.Secrets) ? File.ReadAllLines(_folders.Secrets) : [];
        return lines.Length >= 2
            ? (lines[0], lines[1])
            : throw new RefusedException($"Le fichier « {_folders.Secrets} », sans lequel la base de données ne s’ouvre pas, manque ou est abîmé : remettez-le depuis une sauvegarde.");
    }

    private string ConnectionString(string user, string password, string database, bool isPooled = true) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Username = user,
            Password = password,
            Database = database,
            MaxPoolSize = 30,
            Pooling = isPooled,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string LastLine(string output) => output.Split('\n').LastOrDefault(line => line.Length > 0) ?? "raison inconnue";

    private static async Task<bool> IsTrueAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Constants of this class only.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Constants of this class, and a password we have generated in hexadecimal.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
