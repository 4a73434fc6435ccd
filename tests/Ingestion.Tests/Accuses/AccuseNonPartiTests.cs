using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Tests.Courriers;
using SuiviCourrier.Portail.Taches;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.Accuses;

/// <summary>An acknowledgement by e-mail that no server has accepted within its working day is owed on paper: somebody is told.</summary>
public sealed class AccuseNonPartiTests
{
    [Test]
    public async Task Acknowledgement_NotAcceptedWithinAWorkingDay_OpensATaskOnce_AndGoesOnPaper()
    {
        await using var courrier = await RunningCourrier.StartAsync(new Dictionary<string, string?>(BoiteDepot.Settings) { ["Courriel:EnParallele"] = "0" });
        using var agent = await SignedInClient.CreateAsync(courrier, RoleAgent.BureauOrdre, "SGCD");
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().DateTime);
        var late = await courrier.RegisteredAsync(Demandes.Lettre() with { Canal = Canal.Courriel, RecuLe = today.AddDays(-7) });
        var recent = await courrier.RegisteredAsync(Demandes.Lettre() with { Canal = Canal.Courriel, RecuLe = today, Courriel = "autre@exemple.invalid" });
        await courrier.UntilAppliedAsync();

        await RunAsync(courrier);
        await RunAsync(courrier);

        Assert.That(await TachesAsync(courrier, late.CourrierId), Is.EqualTo(1));
        Assert.That(await TachesAsync(courrier, recent.CourrierId), Is.Zero, "its day is not over");
        var accuse = await courrier.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.accuses WHERE courrier_id = $1", late.CourrierId);
        Assert.That(WebUtility.HtmlDecode(await agent.ReadAsync("/taches")), Does.Contain("Accusé non parti : l’envoyer par courrier"));
        Assert.That(WebUtility.HtmlDecode(await agent.ReadAsync($"/courriers/{late.CourrierId}")), Does.Contain($"/accuses/{accuse}\">décider"));
        Assert.That(WebUtility.HtmlDecode(await agent.ReadAsync($"/accuses/{accuse}")), Does.Contain("Aucun serveur n’a encore accepté").And.Contain("Envoyer par la poste").And.Not.Contain("Renvoyer par courriel"));

        using var again = await agent.PostAsync($"/accuses/{accuse}", new() { ["Adresse"] = "claire.martin@exemple.invalid" }, "?handler=Renvoyer");
        Assert.That(again.Headers.Location!.OriginalString, Is.EqualTo($"/accuses/{accuse}"), "it waits to leave already");
        using var printed = await agent.PostAsync($"/accuses/{accuse}", [], "?handler=Imprimer");

        Assert.That(printed.Headers.Location!.OriginalString, Is.EqualTo("/accuses"));
        Assert.That(await courrier.Database.ScalarAsync<string>("SELECT etat FROM ingestion.accuses WHERE id = $1", accuse), Is.EqualTo("AImprimer"));
        Assert.That(
            await courrier.Database.ScalarAsync<string>("SELECT etat FROM messagerie.courriels_sortants WHERE courrier_id = $1", late.CourrierId), Is.EqualTo("Supprime"),
            "it does not leave by e-mail any more");
        await EventuallyAsync("The task was never done", async () => await TachesAsync(courrier, late.CourrierId) == 0);
    }

    private static async Task RunAsync(RunningCourrier courrier)
    {
        await using var scope = courrier.Scope();
        await scope.ServiceProvider.GetRequiredService<OpenTachesAccusesJob>().RunAsync(CancellationToken.None);
    }

    private static Task<long> TachesAsync(RunningCourrier courrier, Guid courrierId) => courrier.Database.ScalarAsync<long>(
        "SELECT count(*) FROM portail.taches WHERE courrier_id = $1 AND kind = 'AccuseNonParti' AND done_at IS NULL", courrierId);
}
