using System.Security.Cryptography;
using System.Text;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.ServiceDefaults.Schemas;

namespace SuiviCourrier.Host.Serve;

/// <summary>
/// Which build has prepared the embedded database: migrating and seeding are done once per build, not at every start.
/// </summary>
internal sealed class InstalledVersion(string folder)
{
    private readonly string _path = Path.Combine(folder, "version-installee");
    private readonly string _current = Compute();

    public bool IsCurrent => File.Exists(_path) && File.ReadAllText(_path) == _current;

    public void Write() => File.WriteAllText(_path, _current);

    /// <summary>The compiler gives every build of an assembly its own identifier; the seeds count by their content.</summary>
    private static string Compute()
    {
        var text = new StringBuilder();
        foreach (var part in new[] { typeof(SchemaMigrator), typeof(IngestionDbContext), typeof(EcheancesDbContext), typeof(PortailDbContext), typeof(InstalledVersion) })
        {
            text.Append(part.Module.ModuleVersionId).Append('\n');
        }

        if (Directory.Exists(SeedRunner.DefaultFolder))
        {
            foreach (var file in Directory.EnumerateFiles(SeedRunner.DefaultFolder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                text.Append(Path.GetFileName(file)).Append(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))).Append('\n');
            }
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
