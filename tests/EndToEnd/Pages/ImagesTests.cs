using Microsoft.Playwright;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>The pictures of the README, taken of the demonstration: <c>COURRIER_SCREENSHOTS=1 tests/run EndToEnd</c> renews them.</summary>
public sealed class ImagesTests
{
    private const long Largest = 200 * 1024;

    [Test]
    public async Task Demonstration_AsTheReadmeShowsIt()
    {
        if (Environment.GetEnvironmentVariable("COURRIER_SCREENSHOTS") != "1")
        {
            Assert.Ignore("COURRIER_SCREENSHOTS=1 renews docs/images");
        }

        await using var installation = new EmbeddedFolder();
        await using var host = HostProcess.Start(installation.Folder);
        var address = await host.ReadyAsync();
        await installation.RestAsync();
        await using var browser = await Browser.LaunchAsync();
        var page = await browser.OpenAsync(address);
        await page.GotoAsync("/connexion");
        await page.Locator("#Courriel").FillAsync("marie.castel@indre-et-loire.invalid");
        await page.Locator("#MotDePasse").FillAsync(await File.ReadAllTextAsync(Path.Combine(installation.Folder, "demonstration.motdepasse")));
        await page.Locator("main button[type=submit]").First.ClickAsync();
        await page.WaitForURLAsync("**/");

        await TakeAsync(page, "/corbeille", "corbeille");
        await TakeAsync(page, "/en-retard", "en-retard");
        await page.Locator("a.c-chrono").First.ClickAsync();
        await page.WaitForURLAsync("**/courriers/*");
        await TakeAsync(page, page.Url, "courrier");
        await host.StopAsync();
    }

    private static async Task TakeAsync(IPage page, string url, string name)
    {
        await page.GotoAsync(url);
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        var file = Path.Combine(Repository.Root, "docs", "images", $"{name}.png");
        await page.ScreenshotAsync(new() { Path = file });
        Assert.That(new FileInfo(file).Length, Is.LessThan(Largest), file);
    }
}
