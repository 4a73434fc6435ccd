using SuiviCourrier.TestSupport;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>The checks every page goes through can fail.</summary>
public sealed class AccessibilityTests
{
    [Test]
    public async Task BrokenPage_IsSeenByBothChecks_AndASoundOneByNone()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        await using var browser = await Browser.LaunchAsync();
        var page = await browser.OpenAsync(courrier.BaseAddress, width: 375);
        await page.GotoAsync("/accessibilite");
        await Accessibility.AssertNoViolationAsync(page);
        await Accessibility.AssertNoSidewaysScrollAsync(page);

        await page.EvaluateAsync("const h1 = document.querySelector('h1'); h1.style.width = '900px'; h1.innerHTML = '<img src=\"data:,\"><input>'");

        Assert.That(() => Accessibility.AssertNoViolationAsync(page), Throws.TypeOf<AssertionException>());
        Assert.That(() => Accessibility.AssertNoSidewaysScrollAsync(page), Throws.TypeOf<AssertionException>());
    }
}
