using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.Host.Tests;

public sealed class CompteTests
{
    private static readonly string[] s_creer =
        ["compte", "creer", "--courriel", "camille.renard@essais.invalid", "--nom", "Camille Renard", "--service", "SIDSIC"];

    [Test]
    public async Task CompteCreer_OnASeededDatabase_CreatesItOnceAndSaysWhatIsWrong()
    {
        await using var installation = new EmbeddedFolder();
        await using (var seed = HostProcess.Start(installation.Folder, ["seed"]))
        {
            Assert.That(await seed.ExitAsync(), Is.Zero, () => seed.Output);
        }

        var password = new Dictionary<string, string?> { ["COURRIER_MOTDEPASSE"] = "un mot de passe assez long" };
        await AssertAsync(installation, ["compte", "creer", "--courriel", "x@y.invalid", "--nom", "X", "--service", "SIDSIC", "--role", "roi"], password, 1, "« roi »");
        await AssertAsync(installation, s_creer, new Dictionary<string, string?> { ["COURRIER_MOTDEPASSE"] = "court" }, 1, "12");
        await AssertAsync(installation, s_creer, password, 0, "est créé");
        await AssertAsync(installation, s_creer, password, 1, "n’a pas été créé");
    }

    private static async Task AssertAsync(
        EmbeddedFolder installation, string[] arguments, Dictionary<string, string?> settings, int exitCode, string expected)
    {
        await using var verb = HostProcess.Start(installation.Folder, arguments, settings);
        Assert.That(await verb.ExitAsync(), Is.EqualTo(exitCode), () => verb.Output);
        Assert.That(verb.Output, Does.Contain(expected).And.Not.Contain("   at "));
    }
}
