using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.EndToEnd.Pages;

/// <summary>The scheduler's dashboard is a library's: our strict headers must neither break it nor be opened for the other pages.</summary>
public sealed class TableauDesTachesTests
{
    [Test]
    public async Task Dashboard_ForAnAdministrator_WorksUnderItsPolicyAndOffersNoCommand()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        await using var browser = await Browser.LaunchAsync();
        using var administrator = await SignedInClient.CreateAsync(courrier, RoleAgent.Administrateur);
        var page = await browser.OpenAsync(courrier.BaseAddress);
        await PagesTests.SignInAsync(page, administrator.Courriel);
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Add(error);
        page.RequestFailed += (_, request) => complaints.Add($"{request.Url}: {request.Failure}");

        foreach (var url in (string[])["/hangfire", "/hangfire/recurring", "/hangfire/servers", "/hangfire/jobs/succeeded"])
        {
            var response = await page.GotoAsync(url, new() { WaitUntil = Microsoft.Playwright.WaitUntilState.Load });

            Assert.That(response!.Status, Is.EqualTo(200), url);
            Assert.That(await page.EvaluateAsync<bool>("getComputedStyle(document.querySelector('.navbar')).position === 'fixed' || document.styleSheets.length > 0"), $"{url} has no style");
            Assert.That(await page.Locator("[data-url*=trigger], [data-url*=delete], [data-url*=requeue], button.btn-danger").CountAsync(), Is.Zero, $"{url} offers a command");
            await Capture.KeepAsync(page, url.Trim('/').Replace('/', '-'));
        }

        Assert.That(complaints, Is.Empty);
        using var trigger = await administrator.SendAsync("/hangfire/recurring/trigger", new() { ["jobs[]"] = "echeances.relances" });
        Assert.That((int)trigger.StatusCode, Is.AnyOf(401, 403, 405));
    }
}
