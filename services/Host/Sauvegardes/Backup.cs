using System.Data;
using Npgsql;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Schemas;

namespace SuiviCourrier.Host.Sauvegardes;

/// <summary>
/// Database and files together, in a folder of plain files: one COPY per table, taken from one snapshot, and the data folder, with
/// their number and SHA-256. The scheduler's tables are not in it: its jobs are registered again at every start.
/// </summary>
/// <param name="filledBySchema">Tables whose rows come with the schema (<see cref="SchemaMigrator.TablesWithRows"/>): not content of anybody's, replaced by a restoration.</param>
internal sealed class Backup(ConnectionStrings connectionStrings, IEnumerable<OwnedSchema> schemas, IReadOnlyCollection<string> filledBySchema, string dataFolder)
{
    private const int Format = 1;

    /// <summary>Files that must not change between the snapshot and their copy are copied after it; mail that waits at the door, before.</summary>
    private const string IncomingFolder = "courriels-entrants";

    private static readonly string[] s_copiedFolders = [IncomingFolder, "fichiers", "courriels-sortants"];

    private readonly string[] _schemas = [.. schemas.Select(s => s.Name)];

    /// <exception cref="RefusedException">The target is not empty, or a file the database refers to is gone.</exception>
    public async Task<Manifest> ExportAsync(string target, CancellationToken cancellationToken)
    {
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
        {
            throw new RefusedException($"Le dossier « {target} » n’est pas vide : indiquez un dossier neuf pour la sauvegarde.");
        }

        PrivateFiles.CreateFolder(Path.Combine(target, "base"));
        PrivateFiles.CreateFolder(Path.Combine(target, "donnees"));
        var files = new List<ManifestFile>();

        // A mail taken in while we work is then in both places, and the database recognises it; the other order would lose it.
        await CopyFolderAsync(IncomingFolder, target, files, cancellationToken);

        await using var connection = await OpenAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var tables = new List<ManifestTable>();
        foreach (var (name, columns) in await TablesAsync(connection, cancellationToken))
        {
            tables.Add(await ExportTableAsync(connection, name, columns, target, cancellationToken));
        }

        var sequences = await SequencesAsync(connection, cancellationToken);
        var migrations = await MigrationsAsync(connection, cancellationToken);
        foreach (var folder in s_copiedFolders.Where(f => f != IncomingFolder))
        {
            await CopyFolderAsync(folder, target, files, cancellationToken);
        }

        await RefuseMissingFilesAsync(connection, files, cancellationToken);
        var manifest = new Manifest
        {
            Format = Format,
            ExportedAt = TimeProvider.System.GetUtcNow(),
            Migrations = migrations,
            Tables = tables,
            Sequences = sequences,
            Files = files,
        };
        await manifest.WriteAsync(target, cancellationToken);
        return manifest;
    }

    /// <summary>Into an empty database, migrated by this version, and a data folder without other files.</summary>
    /// <exception cref="RefusedException">The backup is not whole, is of another version, or the target is not empty.</exception>
    public async Task<Manifest> RestoreAsync(string source, CancellationToken cancellationToken)
    {
        var manifest = Manifest.Read(source);
        if (manifest.Format != Format)
        {
            throw new RefusedException($"Cette sauvegarde est au format {manifest.Format}, que cette version de Courrier ne connaît pas.");
        }

        await VerifyAsync(source, manifest, cancellationToken);
        await using var connection = await OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!manifest.Migrations.SequenceEqual(await MigrationsAsync(connection, cancellationToken)))
        {
            throw new RefusedException("Cette sauvegarde vient d’une autre version de Courrier : restaurez-la avec la version qui l’a faite, puis mettez à jour.");
        }

        await RefuseNonEmptyAsync(connection, manifest, cancellationToken);
        foreach (var file in manifest.Files)
        {
            await RestoreFileAsync(source, file, cancellationToken);
        }

        foreach (var table in filledBySchema)
        {
#pragma warning disable CA2100 // Names of our own mappings.
            await using var clear = new NpgsqlCommand($"DELETE FROM {table}", connection);
#pragma warning restore CA2100
            await clear.ExecuteNonQueryAsync(cancellationToken);
        }

        foreach (var table in await InOrderOfReferenceAsync(connection, manifest.Tables, cancellationToken))
        {
            await RestoreTableAsync(connection, table, source, cancellationToken);
        }

        foreach (var sequence in manifest.Sequences)
        {
            await using var command = new NpgsqlCommand("SELECT setval($1::regclass, $2, $3)", connection)
            {
                Parameters = { new() { Value = sequence.Name }, new() { Value = sequence.LastValue }, new() { Value = sequence.IsCalled } },
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return manifest;
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionStrings.Migration) { Pooling = false, CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    private async Task<List<(string Name, List<string> Columns)>> TablesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // A number of a transaction means nothing in another database: the row gets one of where it is restored.
        await using var command = new NpgsqlCommand(
            """
            SELECT format('%I.%I', n.nspname, c.relname),
                   array_agg(quote_ident(a.attname) ORDER BY a.attnum) FILTER (WHERE a.attgenerated = '' AND a.atttypid <> 'xid8'::regtype)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> '__migrations' AND a.attnum > 0 AND NOT a.attisdropped
            GROUP BY 1 ORDER BY 1
            """,
            connection)
        { Parameters = { new() { Value = _schemas } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tables = new List<(string, List<string>)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            tables.Add((reader.GetString(0), [.. reader.GetFieldValue<string[]>(1)]));
        }

        return tables;
    }

    private static async Task<ManifestTable> ExportTableAsync(
        NpgsqlConnection connection, string name, List<string> columns, string target, CancellationToken cancellationToken)
    {
        var relative = $"base/{name.Replace("\"", "", StringComparison.Ordinal)}.copie";
        var path = Path.Combine(target, relative);
        long rows;
#pragma warning disable CA2100 // Identifiers come quoted from the server's own catalogue.
        await using (var count = new NpgsqlCommand($"SELECT count(*) FROM {name}", connection))
        {
            rows = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
        }
#pragma warning restore CA2100
        await using (var file = File.Create(path))
        await using (var copy = await connection.BeginRawBinaryCopyAsync($"COPY (SELECT {string.Join(", ", columns)} FROM {name}) TO STDOUT (FORMAT binary)", cancellationToken))
        {
            await copy.CopyToAsync(file, cancellationToken);
            file.Flush(flushToDisk: true);
        }

        return new ManifestTable(name, columns, rows, relative, (await Manifest.MeasureAsync(path, cancellationToken)).Sha256);
    }

    private static async Task RestoreTableAsync(NpgsqlConnection connection, ManifestTable table, string source, CancellationToken cancellationToken)
    {
        await using (var file = File.OpenRead(Path.Combine(source, table.File)))
        await using (var copy = await connection.BeginRawBinaryCopyAsync($"COPY {table.Name} ({string.Join(", ", table.Columns)}) FROM STDIN (FORMAT binary)", cancellationToken))
        {
            await file.CopyToAsync(copy, cancellationToken);
        }

#pragma warning disable CA2100 // The manifest has been verified against the catalogue.
        await using var count = new NpgsqlCommand($"SELECT count(*) FROM {table.Name}", connection);
#pragma warning restore CA2100
        if ((long)(await count.ExecuteScalarAsync(cancellationToken))! != table.Rows)
        {
            throw new RefusedException($"La table {table.Name} n’a pas retrouvé ses {table.Rows} lignes : rien n’a été restauré.");
        }
    }

    private async Task<List<ManifestSequence>> SequencesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await using (var command = new NpgsqlCommand(
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY ($1) AND c.relkind = 'S' ORDER BY 1",
            connection)
        { Parameters = { new() { Value = _schemas } } })
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                names.Add(reader.GetString(0));
            }
        }

        var sequences = new List<ManifestSequence>();
        foreach (var name in names)
        {
#pragma warning disable CA2100 // Identifiers come quoted from the server's own catalogue.
            await using var command = new NpgsqlCommand($"SELECT last_value, is_called FROM {name}", connection);
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            sequences.Add(new ManifestSequence(name, reader.GetInt64(0), reader.GetBoolean(1)));
        }

        return sequences;
    }

    private async Task<List<string>> MigrationsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var migrations = new List<string>();
        foreach (var schema in _schemas.Order(StringComparer.Ordinal))
        {
#pragma warning disable CA2100 // Our own list of schemas.
            await using var command = new NpgsqlCommand($"SELECT migration_id FROM {schema}.__migrations ORDER BY 1", connection);
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                migrations.Add($"{schema}/{reader.GetString(0)}");
            }
        }

        return migrations;
    }

    /// <summary>A table comes after those it refers to; within one table the server checks at the end of the copy.</summary>
    private async Task<List<ManifestTable>> InOrderOfReferenceAsync(
        NpgsqlConnection connection, IReadOnlyList<ManifestTable> tables, CancellationToken cancellationToken)
    {
        var references = new List<(string From, string To)>();
        await using (var command = new NpgsqlCommand(
            """
            SELECT format('%I.%I', fn.nspname, f.relname), format('%I.%I', tn.nspname, t.relname)
            FROM pg_constraint k
            JOIN pg_class f ON f.oid = k.conrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
            JOIN pg_class t ON t.oid = k.confrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
            WHERE k.contype = 'f' AND fn.nspname = ANY ($1) AND f.oid <> t.oid
            """,
            connection)
        { Parameters = { new() { Value = _schemas } } })
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                references.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        var ordered = new List<ManifestTable>();
        var waiting = tables.ToList();
        while (waiting.Count > 0)
        {
            var ready = waiting.Where(t => !references.Any(r => r.From == t.Name && waiting.Any(w => w.Name == r.To))).ToList();
            if (ready.Count == 0)
            {
                throw new InvalidOperationException($"The tables {string.Join(", ", waiting.Select(w => w.Name))} refer to one another in a circle");
            }

            ordered.AddRange(ready);
            waiting.RemoveAll(ready.Contains);
        }

        return ordered;
    }

    private async Task RefuseNonEmptyAsync(NpgsqlConnection connection, Manifest manifest, CancellationToken cancellationToken)
    {
        var tables = await TablesAsync(connection, cancellationToken);
        if (!tables.Select(t => t.Name).Order(StringComparer.Ordinal).SequenceEqual(manifest.Tables.Select(t => t.Name).Order(StringComparer.Ordinal)))
        {
            throw new RefusedException("Les tables de cette sauvegarde ne sont pas celles de cette version de Courrier : restaurez-la avec la version qui l’a faite.");
        }

        foreach (var (name, _) in tables.Where(t => !filledBySchema.Contains(t.Name)))
        {
#pragma warning disable CA2100 // Identifiers come quoted from the server's own catalogue.
            await using var command = new NpgsqlCommand($"SELECT EXISTS (SELECT FROM {name})", connection);
#pragma warning restore CA2100
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                throw new RefusedException($"La base de données n’est pas vide ({name}) : une sauvegarde se restaure dans une base et un dossier neufs, sans passer par « seed ».");
            }
        }

        // What an interrupted restoration has brought back already is welcome; anything else is somebody's.
        var expected = manifest.Files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        var foreign = s_copiedFolders.SelectMany(FilesOf).FirstOrDefault(path => !expected.Contains(path));
        if (foreign is not null)
        {
            throw new RefusedException($"Le dossier « {dataFolder} » n’est pas vide ({foreign}) : une sauvegarde se restaure dans une base et un dossier neufs.");
        }
    }

    private static async Task VerifyAsync(string source, Manifest manifest, CancellationToken cancellationToken)
    {
        var parts = manifest.Tables.Select(t => (Path: t.File, t.Sha256)).Concat(manifest.Files.Select(f => (Path: "donnees/" + f.Path, f.Sha256)));
        foreach (var (relative, sha256) in parts)
        {
            var path = Path.GetFullPath(Path.Combine(source, relative));
            if (!path.StartsWith(Path.GetFullPath(source) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                || !File.Exists(path)
                || (await Manifest.MeasureAsync(path, cancellationToken)).Sha256 != sha256)
            {
                throw new RefusedException($"La sauvegarde est abîmée : « {relative} » manque ou a changé. Rien n’a été restauré.");
            }
        }
    }

    private static async Task RefuseMissingFilesAsync(NpgsqlConnection connection, List<ManifestFile> files, CancellationToken cancellationToken)
    {
        var saved = files.Select(f => f.Sha256).ToHashSet(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand("SELECT sha256 FROM messagerie.fichiers", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!saved.Contains(reader.GetString(0)))
            {
                throw new RefusedException($"Le fichier {reader.GetString(0)}, que la base de données cite, manque dans le dossier des données : la sauvegarde serait incomplète et n’a pas été faite.");
            }
        }
    }

    private async Task CopyFolderAsync(string folder, string target, List<ManifestFile> files, CancellationToken cancellationToken)
    {
        foreach (var relative in FilesOf(folder))
        {
            var copy = Path.Combine(target, "donnees", relative);
            PrivateFiles.CreateFolder(Path.GetDirectoryName(copy)!);
            try
            {
                await CopyAsync(Path.Combine(dataFolder, relative), copy, cancellationToken);
            }
            catch (FileNotFoundException)
            {
                // A mail that was taken in or sent since the list was made: the database knows it, or it goes again.
                continue;
            }

            var (length, sha256) = await Manifest.MeasureAsync(copy, cancellationToken);
            files.Add(new ManifestFile(relative, length, sha256));
        }
    }

    private async Task RestoreFileAsync(string source, ManifestFile file, CancellationToken cancellationToken)
    {
        var target = Path.Combine(dataFolder, file.Path);
        if (File.Exists(target) && (await Manifest.MeasureAsync(target, cancellationToken)).Sha256 == file.Sha256)
        {
            return;
        }

        PrivateFiles.CreateFolder(Path.GetDirectoryName(target)!);
        var unfinished = target + ".en-cours";
        await CopyAsync(Path.Combine(source, "donnees", file.Path), unfinished, cancellationToken);
        File.Move(unfinished, target, overwrite: true);
    }

    private IEnumerable<string> FilesOf(string folder)
    {
        var path = Path.Combine(dataFolder, folder);
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(dataFolder, f).Replace(Path.DirectorySeparatorChar, '/'))
                .Where(f => !f.Contains("/.", StringComparison.Ordinal)) // being written: not a file yet
                .Order(StringComparer.Ordinal)
                .ToList()
            : [];
    }

    private static async Task CopyAsync(string source, string target, CancellationToken cancellationToken)
    {
        await using var from = File.OpenRead(source);
        await using var to = File.Create(target);
        await from.CopyToAsync(to, cancellationToken);
        to.Flush(flushToDisk: true);
    }
}
