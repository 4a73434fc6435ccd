using System.Net;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.Echeances.Tests.Banc;

namespace SuiviCourrier.Echeances.Tests.Pages;

public sealed class PagesTests
{
    private Banc _banc = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _banc = await Banc.StartAsync("2026-05-06 09:00", ServiceRoles.Portail);

    [OneTimeTearDown]
    public async Task StopAsync() => await _banc.DisposeAsync();

    [Test]
    public async Task Echeance_OfALetter_SaysEachDayCountedOrSkippedWithItsReason()
    {
        var id = await _banc.RegisterAsync("2026-05-06");
        using var agent = await SignedInClient.CreateAsync(_banc.Courrier, RoleAgent.Agent, "DCL-ETR");

        var page = WebUtility.HtmlDecode(await agent.ReadAsync($"/courriers/{id}/echeance"));

        Assert.That(page, Does.Contain("Répondre avant le"));
        Assert.That(page, Does.Contain("mercredi 6 mai 2026 : jour 0, réception"));
        Assert.That(page, Does.Contain("jeudi 14 mai 2026 : non compté, férié (Ascension)"));
        Assert.That(page, Does.Contain("vendredi 22 mai 2026 : 10"));
        Assert.That(page, Does.Contain("10 jours ouvrés (v.\u00a02 du 01/02/2019)"));
        Assert.That(page, Does.Contain("Métropole, v.\u00a01"));
        Assert.That(page, Does.Contain("3 jours ouvrés avant l’échéance"));
    }

    [Test]
    public async Task Echeance_OfAnotherServicesCourrier_IsNotFound()
    {
        var id = await _banc.RegisterAsync("2026-05-06", service: "DDT");
        using var agent = await SignedInClient.CreateAsync(_banc.Courrier, RoleAgent.Agent, "DCL-ETR");

        using var response = await agent.GetAsync($"/courriers/{id}/echeance");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Regime_ChangedWithAReason_MovesTheClockFromTheReceptionAndKeepsTheReason()
    {
        var id = await _banc.RegisterAsync("2026-05-06");
        using var head = await SignedInClient.CreateAsync(_banc.Courrier, RoleAgent.ChefService, "DCL-ETR");

        using var withoutReason = await head.PostAsync($"/courriers/{id}/regime", new() { ["RegimeCode"] = "soixante-jours", ["Motif"] = "" });
        Assert.That(WebUtility.HtmlDecode(await withoutReason.Content.ReadAsStringAsync()), Does.Contain("Dites pourquoi la règle change"));
        using var changed = await head.PostAsync($"/courriers/{id}/regime", new() { ["RegimeCode"] = "soixante-jours", ["Motif"] = "Dossier complexe" });
        Assert.That(changed.Headers.Location!.ToString(), Is.EqualTo($"/courriers/{id}/echeance"));

        var horloge = (await _banc.HorlogeAsync(id))!;
        Assert.That((horloge.DueOn, horloge.BaseLe, horloge.IsImpose), Is.EqualTo((Day("2026-07-05"), Day("2026-05-06"), true)));
        Assert.That(
            await _banc.Database.ScalarAsync<string>("SELECT motif FROM echeances.journal WHERE action = 'ImposeRegime' AND courrier_id = $1", id),
            Is.EqualTo("Dossier complexe"));

        await _banc.QualifyAsync(id, NatureCourrier.Reclamation);
        Assert.That((await _banc.HorlogeAsync(id))!.DueOn, Is.EqualTo(Day("2026-07-05")), "a qualification does not undo a person's choice");

        using var given = await head.PostAsync($"/courriers/{id}/regime", new() { ["RegimeCode"] = "automatique", ["Motif"] = "Erreur de ma part" });
        Assert.That((await _banc.HorlogeAsync(id))!.DueOn, Is.EqualTo(Day("2026-05-22")));
    }

    [Test]
    public async Task Regime_ByAnAgent_IsForbidden()
    {
        var id = await _banc.RegisterAsync("2026-05-06");
        using var agent = await SignedInClient.CreateAsync(_banc.Courrier, RoleAgent.Agent, "DCL-ETR");

        using var response = await agent.GetAsync($"/courriers/{id}/regime");

        Assert.That(response.StatusCode, Is.Not.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Calendriers_OfAYearBeyondTheOfficialList_IsShownAsProjected()
    {
        using var agent = await SignedInClient.CreateAsync(_banc.Courrier, RoleAgent.Agent, "DCL-ETR");

        var known = WebUtility.HtmlDecode(await agent.ReadAsync("/calendriers?annee=2026"));
        var projected = WebUtility.HtmlDecode(await agent.ReadAsync("/calendriers?annee=2040"));

        Assert.That(known, Does.Contain("jeudi 14 mai 2026").And.Not.Contain("projetés").And.Not.Contain("Ajouter au calendrier"));
        Assert.That(projected, Does.Contain("Jours fériés projetés"));
    }

    [Test]
    public async Task Calendriers_AWorkedDayThatIsNoHoliday_IsRefusedBesideItsField()
    {
        using var administrator = await SignedInClient.CreateAsync(_banc.Courrier, RoleAgent.Administrateur);

        using var response = await administrator.PostAsync("/calendriers", new() { ["Kind"] = "JourRetire", ["Du"] = "2026-05-13" }, "?handler=Ajouter");

        Assert.That(WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync()), Does.Contain("Ce jour n’est pas férié ici"));
    }

    [TestCase(RoleAgent.Administrateur, true)]
    [TestCase(RoleAgent.Superviseur, false)]
    [TestCase(RoleAgent.Agent, false)]
    public async Task Scheduler_IsSeenByAdministratorsOnly(RoleAgent role, bool isSeen)
    {
        using var someone = await SignedInClient.CreateAsync(_banc.Courrier, role);

        using var jobs = await someone.GetAsync("/taches-recurrentes");
        using var dashboard = await someone.GetAsync("/hangfire");

        Assert.That((jobs.StatusCode == HttpStatusCode.OK, dashboard.StatusCode == HttpStatusCode.OK), Is.EqualTo((isSeen, isSeen)));
    }

    [Test]
    public async Task Scheduler_ForAdministrators_IsReadOnly()
    {
        using var administrator = await SignedInClient.CreateAsync(_banc.Courrier, RoleAgent.Administrateur);

        var page = await administrator.ReadAsync("/hangfire/recurring");

        Assert.That(page, Does.Not.Contain("recurring/trigger"));
    }

    [TestCase("/hangfire")]
    [TestCase("/taches-recurrentes")]
    [TestCase("/calendriers")]
    public async Task Page_NotSignedIn_IsClosedEvenFromThisMachine(string url)
    {
        using var nobody = SignedInClient.Anonymous(_banc.Courrier);

        using var response = await nobody.GetAsync(url);

        Assert.That(response.StatusCode, Is.Not.EqualTo(HttpStatusCode.OK));
    }
}
