using System.Diagnostics;
using System.Globalization;
using Npgsql;
using NUnit.Framework;

namespace SuiviCourrier.TestSupport.Processes;

/// <summary>A data folder of the embedded default, wherever its database was put; nothing of it survives the test.</summary>
public sealed class EmbeddedFolder : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("courrier-installation-").FullName;

    public EmbeddedFolder(UnixFileMode parents = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
    {
        File.SetUnixFileMode(_root, parents);
        Folder = Path.Combine(_root, "donnees");
    }

    public string Folder { get; }

    /// <summary>Where PostgreSQL's programs and data are: elsewhere when we are root.</summary>
    public string Base
    {
        get
        {
            var pointer = Path.Combine(Folder, "emplacement-postgresql");
            return File.Exists(pointer) ? File.ReadAllText(pointer).Trim() : Folder;
        }
    }

    public string Database => Path.Combine(Base, "base-de-donnees");

    /// <summary>The process of PostgreSQL; null when it does not run.</summary>
    public int? Postmaster
    {
        get
        {
            try
            {
                var pid = int.Parse(File.ReadLines(Path.Combine(Database, "postmaster.pid")).First(), CultureInfo.InvariantCulture);
                var state = File.ReadAllText($"/proc/{pid}/stat");
                return state[state.LastIndexOf(')') + 2] == 'Z' ? null : pid;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    /// <summary>The owner of the database, to look at what is stored. The server must run.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = int.Parse(File.ReadLines(Path.Combine(Database, "postmaster.pid")).ElementAt(3), CultureInfo.InvariantCulture),
        Username = "postgres",
        Password = File.ReadLines(Path.Combine(Base, "postgresql.secrets")).First(),
        Database = "courrier",
        Pooling = false,
    }.ConnectionString;

    /// <summary>Waits until every mail dropped has been taken in and nothing waits in any queue.</summary>
    public async Task RestAsync()
    {
        var auditor = new Auditor(ConnectionString, Folder);
        var incoming = Path.Combine(Folder, "courriels-entrants");
        await Eventually.EventuallyAsync("The queues never drained", async () =>
            !Directory.EnumerateDirectories(incoming).SelectMany(boite => Directory.EnumerateFiles(boite, "*.eml")).Any() && await auditor.IsAtRestAsync());
    }

    public void KillPostmaster()
    {
        using var process = Process.GetProcessById(Postmaster ?? throw new AssertionException("PostgreSQL does not run"));
        process.Kill();
    }

    public async ValueTask DisposeAsync()
    {
        if (Postmaster is not null)
        {
            KillPostmaster();
            await Eventually.EventuallyAsync("PostgreSQL never died", () => Task.FromResult(Postmaster is null));
        }

        if (Base != Folder && Directory.Exists(Base))
        {
            Directory.Delete(Base, recursive: true);
        }

        Directory.Delete(_root, recursive: true);
    }
}
