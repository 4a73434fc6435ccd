namespace SuiviCourrier.TestSupport;

/// <summary>The clone the tests were built in.</summary>
public static class Repository
{
    private static readonly string[] s_notOurs = [".git", "bin", "obj", "node_modules", ".courrier", "TestResults"];

    public static string Root { get; } = FindRoot();

    /// <summary>Debug or Release, as the running tests.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>Every file written by us below a folder of the clone, as paths from the root.</summary>
    public static IEnumerable<string> Files(string folder = ".", string pattern = "*") =>
        FilesBelow(Path.GetFullPath(Path.Combine(Root, folder)), pattern).Select(f => Path.GetRelativePath(Root, f)).Order(StringComparer.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> FilesBelow(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern).Where(f => !s_notOurs.Contains(Path.GetFileName(f))).Concat(
            Directory.EnumerateDirectories(folder).Where(d => !s_notOurs.Contains(Path.GetFileName(d))).SelectMany(d => FilesBelow(d, pattern)));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Courrier.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside a clone");
        }

        return folder.FullName;
    }
}
