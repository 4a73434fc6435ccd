using SuiviCourrier.ServiceDefaults;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Echeances.Tests.Jobs;

public sealed class HangfireTests
{
    [Test]
    public async Task Scheduler_InTheRoleEcheances_RunsTheSweepByItself()
    {
        await using var banc = await Banc.StartAsync(
            "2026-05-06 09:00", ServiceRoles.Echeances, new Dictionary<string, string?> { ["Relances:Cron"] = "* * * * * *" });

        var id = await banc.RegisterAsync("2026-01-05");

        await EventuallyAsync(
            "The scheduler never swept", async () => (await banc.LignesAsync(id)).Count == 1);
    }
}
