using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>What a machine can say about the accessibility of a page (WCAG 2.2 AA), and what it cannot miss.</summary>
public static class Accessibility
{
    private static readonly string s_axe = new BundledAxeScriptProvider().GetScript();

    private static readonly string[] s_wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

    public static async Task AssertNoViolationAsync(IPage page)
    {
        await page.WaitForLoadStateAsync(); // a page half read lacks its landmarks
        Assert.That(page.Frames.Count == 1 ? await RunAsync(page) : await RunWithFramesAsync(page), Is.Empty, $"axe at {page.Url}");
    }

    /// <summary>In the page itself, a third of the time: the library opens a page of its own to put the frames' results together.</summary>
    private static async Task<string[]> RunAsync(IPage page)
    {
        await page.EvaluateAsync(s_axe);
        return await page.EvaluateAsync<string[]>(
            """
            async tags => (await axe.run({ runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }))
              .violations.flatMap(v => v.nodes.map(n => `${v.id}: ${v.help}\n  ${n.html}`))
            """,
            s_wcag);
    }

    private static async Task<string[]> RunWithFramesAsync(IPage page)
    {
        var result = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = [.. s_wcag] } });
        return [.. result.Violations.SelectMany(v => v.Nodes.Select(n => $"{v.Id}: {v.Help}\n  {n.Html}"))];
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

    /// <summary>Asserts of the page as it is what a machine can, and keeps its capture for people when they want one.</summary>
    /// <param name="name">Of its capture, before the width.</param>
    public static async Task LookAtAsync(IPage page, string name)
    {
        await Capture.KeepAsync(page, name);
        await AssertNoViolationAsync(page);
        await AssertNoSidewaysScrollAsync(page);
    }
}
