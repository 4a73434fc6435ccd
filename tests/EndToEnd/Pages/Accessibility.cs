using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>What a machine can say about the accessibility of a page (WCAG 2.2 AA), and what it cannot miss.</summary>
public static class Accessibility
{
    private static readonly AxeRunOptions s_wcag = new()
    {
        RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
    };

    public static async Task AssertNoViolationAsync(IPage page)
    {
        var result = await page.RunAxe(s_wcag);
        var found = result.Violations.SelectMany(v => v.Nodes.Select(n => $"{v.Id}: {v.Help}\n  {n.Html}"));
        Assert.That(found, Is.Empty, $"axe at {page.Url}");
    }

    public static async Task AssertNoSidewaysScrollAsync(IPage page) =>
        Assert.That(
            await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"),
            Is.True,
            $"{page.Url} scrolls sideways at {page.ViewportSize?.Width} px");

    /// <summary>Goes to a page and looks at it.</summary>
    /// <param name="name">Of its capture, before the width.</param>
    public static async Task LookAtAsync(IPage page, string url, string name)
    {
        var response = await page.GotoAsync(url);
        Assert.That(response!.Status, Is.EqualTo(200), url);
        await LookAtAsync(page, name);
    }

    /// <summary>Keeps a capture of the page as it is, for people to look at, and asserts what a machine can.</summary>
    /// <param name="name">Of its capture, before the width.</param>
    public static async Task LookAtAsync(IPage page, string name)
    {
        await page.ScreenshotAsync(new()
        {
            Path = Path.Combine(TestContext.CurrentContext.WorkDirectory, "captures", $"{name}-{page.ViewportSize!.Width}.png"),
            FullPage = true,
        });
        await AssertNoViolationAsync(page);
        await AssertNoSidewaysScrollAsync(page);
    }
}
