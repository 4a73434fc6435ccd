using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>The pages one test opens, in the one real Chromium of this run. As root its own sandbox cannot work: the pages are ours.</summary>
public sealed class Browser : IAsyncDisposable
{
    private static readonly Lazy<Task<(IPlaywright Playwright, IBrowser Chromium)>> s_chromium = new(StartAsync);

    private readonly IBrowser _chromium;
    private readonly ConcurrentBag<IBrowserContext> _people = [];

    private Browser(IBrowser chromium) => _chromium = chromium;

    public static async Task<Browser> LaunchAsync() => new((await s_chromium.Value).Chromium);

    private static async Task<(IPlaywright Playwright, IBrowser Chromium)> StartAsync()
    {
        var program = Environment.GetEnvironmentVariable("COURRIER_TESTS_CHROMIUM") is { Length: > 0 } named ? named : "/usr/bin/chromium";
        if (!File.Exists(program))
        {
            throw new InvalidOperationException($"{program} is missing: tests/run installs it, or COURRIER_TESTS_CHROMIUM names it");
        }

        var playwright = await Playwright.CreateAsync();
        return (playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            ChromiumSandbox = !Environment.IsPrivilegedProcess,
            Args = ["--disable-dev-shm-usage"],
        }));
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
        _people.Add(context);
        context.SetDefaultTimeout(15_000);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var person in _people)
        {
            await person.CloseAsync();
        }
    }

    /// <summary>Ends the Chromium of this run, if a test has needed one.</summary>
    internal static async Task StopAsync()
    {
        if (s_chromium.IsValueCreated)
        {
            var (playwright, chromium) = await s_chromium.Value;
            await chromium.DisposeAsync();
            playwright.Dispose();
        }
    }
}

/// <summary>What all tests of pages share, stopped after the last of them.</summary>
[SetUpFixture]
public sealed class BrowserOfThisRun
{
    [OneTimeTearDown]
    public Task StopAsync() => Browser.StopAsync();
}
