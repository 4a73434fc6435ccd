using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Dossiers;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Portail.Tests.Dossiers;

public sealed class EtatsTests
{
    [Test]
    public async Task Table_InTheDocumentation_SaysWhatTheCodeDoes()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "etats.md"));

        var documented = lines
            .Where(l => l.StartsWith("| `", StringComparison.Ordinal))
            .Select(l => l.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(c => c[1].Trim('`'), c => c[3] == "aucune" ? "" : c[3]);

        Assert.That(documented, Is.EquivalentTo(Enum.GetValues<EtatCourrier>().ToDictionary(e => e.ToString(), e => string.Join(", ", e.Actions()))));
    }
}
