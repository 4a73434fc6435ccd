using Microsoft.Extensions.Configuration;
using SuiviCourrier.ServiceDefaults.Demonstration;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Demonstration;

/// <summary>Drops the messages of <c>seeds/demo/courriels</c> into the folder of the mailbox <c>contact</c>, where the intake finds them as any other.</summary>
public sealed class DropDemoCourriels(IConfiguration configuration, SiteCourant siteCourant, TimeProvider clock) : IDemoLoader
{
    public int Order => 20;

    public async Task LoadAsync(string seedsFolder, CancellationToken cancellationToken)
    {
        var jours = new JoursRelatifs(await siteCourant.GetAsync(cancellationToken), clock.GetUtcNow());
        var root = configuration["Donnees:Dossier"] ?? throw new InvalidOperationException("Donnees:Dossier is set by the Host");
        var folder = Directory.CreateDirectory(Path.Combine(root, "courriels-entrants", "contact")).FullName;
        foreach (var source in Directory.EnumerateFiles(Path.Combine(seedsFolder, "demo", "courriels"), "*.eml").Order(StringComparer.Ordinal))
        {
            var target = Path.Combine(folder, Path.GetFileName(source));
            await File.WriteAllBytesAsync(target + ".partiel", jours.Fill(await File.ReadAllBytesAsync(source, cancellationToken)), cancellationToken);
            File.Move(target + ".partiel", target, overwrite: true);
        }
    }
}
