using System.Runtime.CompilerServices;

namespace SuiviCourrier.Ingestion.Tests.Accuses.Modeles;

/// <summary>Folders of the repository that the letter texts need, found from this source file.</summary>
internal static class DossiersDuDepot
{
    public static string Modeles { get; } = Path.Combine(Root(), "seeds", "modeles");

    /// <summary>Beside the program once the build puts them there; else where the machine keeps them.</summary>
    public static string Polices { get; } = new[]
    {
        Path.Combine(AppContext.BaseDirectory, "polices"),
        Path.Combine(Root(), "services", "Presentation", "node_modules", "dejavu-fonts-ttf", "ttf"),
        "/usr/share/fonts/truetype/dejavu",
    }.First(folder => File.Exists(Path.Combine(folder, "DejaVuSans-Bold.ttf")));

    private static string Root([CallerFilePath] string here = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(here)!);
        while (!File.Exists(Path.Combine(folder.FullName, "Courrier.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
