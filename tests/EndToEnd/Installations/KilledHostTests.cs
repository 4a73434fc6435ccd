using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.EndToEnd.Installations;

public sealed class KilledHostTests
{
    [Test]
    public async Task Host_KilledAndStartedAgain_IsReadyOnTheSameAddress()
    {
        await using var installation = await Installation.CreateAsync();
        await installation.StartAsync();
        await installation.KillAsync();

        await installation.StartAsync(clockShift: TimeSpan.FromDays(12));

        Assert.That((await installation.Http.GetAsync("/sante/vivant")).IsSuccessStatusCode, Is.True);
        await installation.StopAsync();
    }
}
