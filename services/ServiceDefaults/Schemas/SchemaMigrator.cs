using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.ServiceDefaults.Schemas;

/// <summary>
/// Brings the database to what this version needs: roles, schemas, tables, read views and functions, rights. May run again at any time.
/// </summary>
public sealed class SchemaMigrator(
    IEnumerable<OwnedSchema> schemas, IEnumerable<IMigrationStep> steps, ConnectionStrings connectionStrings, IServiceProvider provider)
{
    private const long LockKey = 0x436F757272696572; // "Courrier": two migrations never run side by side

    /// <exception cref="MissingRolesException">The migration login may not create the roles that are missing.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionStrings.Migration);
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})", cancellationToken);
        await CreateRolesAsync(connection, cancellationToken);
        foreach (var schema in schemas)
        {
            await ExecuteAsync(connection, $"CREATE SCHEMA IF NOT EXISTS {schema.Name}", cancellationToken);
            await using var db = CreateContext(schema, connectionStrings.Migration);
            await db.Database.MigrateAsync(cancellationToken);
        }

        foreach (var schema in schemas)
        {
            foreach (var script in ScriptsOf(schema.ContextType.Assembly))
            {
                await ExecuteAsync(connection, script, cancellationToken);
            }
        }

        foreach (var schema in schemas)
        {
            await GrantAsync(connection, schema, cancellationToken);
        }

        foreach (var step in steps)
        {
            await step.RunAsync(connectionStrings.Migration, cancellationToken);
        }
    }

    /// <summary>Asked with the services' own login: the process that serves need not know the one that migrates.</summary>
    /// <returns>Names of the migrations this version needs and the database lacks.</returns>
    public async Task<IReadOnlyList<string>> PendingAsync(CancellationToken cancellationToken)
    {
        var pending = new List<string>();
        foreach (var schema in schemas)
        {
            await using var db = CreateContext(schema, connectionStrings.For(schema.Role));
            try
            {
                pending.AddRange((await db.Database.GetPendingMigrationsAsync(cancellationToken)).Select(m => $"{schema.Name}/{m}"));
            }
            catch (PostgresException neverMigrated) when (neverMigrated.SqlState
                is PostgresErrorCodes.InvalidParameterValue // its role does not exist
                or PostgresErrorCodes.InsufficientPrivilege // its role exists, for another database of the same server
                or PostgresErrorCodes.UndefinedObject)
            {
                pending.AddRange(db.Database.GetMigrations().Select(m => $"{schema.Name}/{m}"));
            }
        }

        return pending;
    }

    /// <summary>Tables that a mapping fills with rows (<c>HasData</c>): they are never empty, even in a database nobody has used.</summary>
    public IReadOnlyList<string> TablesWithRows()
    {
        var tables = new List<string>();
        foreach (var schema in schemas)
        {
            using var db = CreateContext(schema, connectionStrings.Courrier);
            tables.AddRange(db.GetService<IDesignTimeModel>().Model.GetEntityTypes()
                .Where(entity => entity.GetSeedData().Any())
                .Select(entity => entity.GetSchemaQualifiedTableName()!));
        }

        return tables;
    }

    private DbContext CreateContext(OwnedSchema schema, string connectionString)
    {
        var builderType = typeof(DbContextOptionsBuilder<>).MakeGenericType(schema.ContextType);
        var builder = (DbContextOptionsBuilder)Activator.CreateInstance(builderType)!;
        DbContexts.Configure(builder, connectionString, schema.Name);
        return (DbContext)ActivatorUtilities.CreateInstance(provider, schema.ContextType, builder.Options);
    }

    private async Task CreateRolesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var login = new NpgsqlConnectionStringBuilder(connectionStrings.Courrier).Username
            ?? throw new InvalidOperationException("La chaîne de connexion « Courrier » ne nomme pas d’utilisateur.");
        var missing = new List<string>();
        foreach (var role in schemas.Select(s => s.Role))
        {
            await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_roles WHERE rolname = $1", connection) { Parameters = { new() { Value = role } } };
            if (await exists.ExecuteScalarAsync(cancellationToken) is not null)
            {
                continue;
            }

            try
            {
                await ExecuteAsync(connection, $"CREATE ROLE {role} NOLOGIN", cancellationToken);
            }
            catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                missing.Add(role);
            }
            catch (PostgresException race) when (race.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation)
            {
                // Another database of the same server has just created it: roles belong to the server.
            }
        }

        if (missing.Count > 0)
        {
            throw new MissingRolesException(missing, login);
        }

        foreach (var role in schemas.Select(s => s.Role))
        {
            await using var isMember = new NpgsqlCommand("SELECT pg_has_role($1, $2, 'SET')", connection) { Parameters = { new() { Value = login }, new() { Value = role } } };
            if (await isMember.ExecuteScalarAsync(cancellationToken) is not true)
            {
                await ExecuteAsync(connection, $"GRANT {role} TO {Quote(login)} WITH INHERIT FALSE, SET TRUE", cancellationToken);
            }
        }
    }

    /// <summary>
    /// A role writes its own schema, its journal excepted (append only), and the plumbing's queues; of the others it reads the published views.
    /// </summary>
    private async Task GrantAsync(NpgsqlConnection connection, OwnedSchema schema, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            connection,
            $"""
            GRANT USAGE ON SCHEMA {schema.Name} TO {schema.Role};
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema.Name} TO {schema.Role};
            GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema.Name} TO {schema.Role};
            GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema.Name} TO {schema.Role};
            DO $$ BEGIN
                IF to_regclass('{schema.Name}.journal') IS NOT NULL THEN
                    REVOKE UPDATE, DELETE, TRUNCATE ON {schema.Name}.journal FROM {schema.Role};
                END IF;
            END $$;
            """,
            cancellationToken);
        var others = string.Join(", ", schemas.Where(s => s != schema).Select(s => s.Role));
        await ExecuteAsync(
            connection,
            $"""
            DO $$
            DECLARE vue record;
            BEGIN
                FOR vue IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname = '{schema.Name}' AND c.relkind = 'v' AND c.relname LIKE 'lecture\_%'
                LOOP
                    EXECUTE format('GRANT SELECT ON {schema.Name}.%I TO {others}', vue.relname);
                END LOOP;
            END $$;
            GRANT USAGE ON SCHEMA {schema.Name} TO {others};
            """,
            cancellationToken);
        if (schema.Name == MessagerieDbContext.SchemaName)
        {
            await ExecuteAsync(
                connection,
                $"""
                GRANT SELECT, INSERT ON messagerie.outbox, messagerie.inbox, messagerie.fichiers, messagerie.cles_idempotence TO {others};
                GRANT SELECT, INSERT, UPDATE ON messagerie.courriels_sortants TO {others};
                GRANT UPDATE ON messagerie.fichiers TO {others};
                GRANT USAGE ON ALL SEQUENCES IN SCHEMA messagerie TO {others};
                """,
                cancellationToken);
        }
    }

    private static IEnumerable<string> ScriptsOf(Assembly assembly) =>
        assembly.GetManifestResourceNames()
            .Where(n => n.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(n =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(n)!);
                return reader.ReadToEnd();
            });

    private static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Names come from our own schema list and our own embedded scripts.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>The database lacks roles that only its administrator may create.</summary>
public sealed class MissingRolesException(IReadOnlyList<string> roles, string login) : Exception(
    $"Il manque des rôles dans la base : {string.Join(", ", roles)}. Faites exécuter par l’administrateur de la base : "
    + string.Join(" ", roles.Select(r => $"CREATE ROLE {r} NOLOGIN; GRANT {r} TO \"{login}\" WITH INHERIT FALSE, SET TRUE;")))
{
}
