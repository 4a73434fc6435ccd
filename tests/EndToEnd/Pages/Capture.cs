using Microsoft.Playwright;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>Pictures and letters for people to look at: <c>COURRIER_TESTS_CAPTURES=1</c> keeps them in <c>TestResults/captures</c>.</summary>
internal static class Capture
{
    private static readonly bool s_wanted = Environment.GetEnvironmentVariable("COURRIER_TESTS_CAPTURES") == "1";

    /// <summary>The whole page, under this name and its width.</summary>
    public static async Task KeepAsync(IPage page, string name)
    {
        if (s_wanted)
        {
            await page.ScreenshotAsync(new() { Path = PathOf($"{name}-{page.ViewportSize!.Width}.png"), FullPage = true });
        }
    }

    public static async Task KeepAsync(byte[] file, string name)
    {
        if (s_wanted)
        {
            await File.WriteAllBytesAsync(PathOf(name), file);
        }
    }

    private static string PathOf(string name) =>
        Path.Combine(Directory.CreateDirectory(Path.Combine(TestContext.CurrentContext.WorkDirectory, "captures")).FullName, name);
}
