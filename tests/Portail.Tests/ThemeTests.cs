using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Portail.Tests;

/// <summary>The marks of the State stand on a site of the State, and nowhere else (terms of the DSFR).</summary>
public sealed class ThemeTests
{
    [Test]
    public async Task Page_OfAnySite_BearsNoMarkOfTheState()
    {
        var page = await SignInPageAsync([]);

        Assert.That(page, Does.Contain("c-neutre").And.Not.Contain("fr-logo").And.Not.Contain("dsfr/favicon"));
    }

    [Test]
    public async Task Page_OfASiteOfTheState_BearsItsName()
    {
        var page = await SignInPageAsync(new() { ["Site:EstSiteEtat"] = "true", ["Site:BlocMarque"] = "Préfet|d’Indre-et-Loire" });

        Assert.That(page, Does.Contain("class=\"c-etat\"").And.Contain("fr-logo").And.Match("Pr(é|&#xE9;)fet<br ?/?>"));
    }

    private static async Task<string> SignInPageAsync(Dictionary<string, string?> settings)
    {
        await using var courrier = await RunningCourrier.StartAsync(settings);
        using var anyone = SignedInClient.Anonymous(courrier);
        return await anyone.ReadAsync("/connexion");
    }
}
