using Microsoft.Playwright;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>A real Chromium. As root its own sandbox cannot work: the pages are ours.</summary>
public sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _chromium;

    private Browser(IPlaywright playwright, IBrowser chromium)
    {
        _playwright = playwright;
        _chromium = chromium;
    }

    public static async Task<Browser> LaunchAsync()
    {
        var program = Environment.GetEnvironmentVariable("COURRIER_TESTS_CHROMIUM") is { Length: > 0 } named ? named : "/usr/bin/chromium";
        if (!File.Exists(program))
        {
            throw new InvalidOperationException($"{program} is missing: tests/run installs it, or COURRIER_TESTS_CHROMIUM names it");
        }

        var playwright = await Playwright.CreateAsync();
        var chromium = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            ChromiumSandbox = !Environment.IsPrivilegedProcess,
            Args = ["--disable-dev-shm-usage"],
        });
        return new Browser(playwright, chromium);
    }

    /// <summary>A new person at the browser: own cookies.</summary>
    /// <param name="zoom">2 shows the page as at 200 %: half the width, twice the pixels.</param>
    public async Task<IPage> OpenAsync(Uri address, int width = 1280, int height = 800, bool withScripts = true, int zoom = 1)
    {
        var context = await _chromium.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ViewportSize = new ViewportSize { Width = width / zoom, Height = height / zoom },
            DeviceScaleFactor = zoom,
            JavaScriptEnabled = withScripts,
            Locale = "fr-FR",
            TimezoneId = "Europe/Paris",
        });
        context.SetDefaultTimeout(15_000);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _playwright.Dispose();
    }
}
