using System.Net;
using SuiviCourrier.Contracts.Echeances;
using SuiviCourrier.Portail.Retards;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Portail.Tests.Retards;

[Category("Messages")]
public sealed class RetardsTests
{
    private RunningCourrier _courrier = null!;
    private SignedInClient _superviseur = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync();
        _superviseur = await SignedInClient.CreateAsync(_courrier, RoleAgent.Superviseur, "SG");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _superviseur.Dispose();
        await _courrier.DisposeAsync();
    }

    [TestCase("Affecte", "2026-05-22", null, "2026-05-22", false, TestName = "the last day is not late")]
    [TestCase("Affecte", "2026-05-22", null, "2026-05-23", true, TestName = "the day after is, even a Saturday")]
    [TestCase("Enregistre", "2026-05-22", null, "2026-05-23", true, TestName = "without a service too")]
    [TestCase("EnAttentePieces", "2026-05-22", null, "2026-06-01", true, TestName = "waiting for documents too")]
    [TestCase("EnInstruction", "2026-05-22", null, "2026-05-01", false, TestName = "before its date")]
    [TestCase("Repondu", "2026-05-22", "2026-05-30", "2026-06-01", false, TestName = "answered, even too late")]
    [TestCase("ClasseSansSuite", "2026-05-22", null, "2026-06-01", false, TestName = "closed without an answer")]
    [TestCase("Transmis", "2026-05-22", null, "2026-06-01", false, TestName = "transferred")]
    [TestCase("Annule", "2026-05-22", null, "2026-06-01", false, TestName = "annulled")]
    public async Task IsEnRetard_OnItsBoundaries_SaysOneThing(string etat, string due, string? repondu, string today, bool expected)
    {
        var late = await _courrier.Database.ScalarAsync<bool>(
            "SELECT coalesce(portail.is_en_retard($1, $2::date, $3::date, $4::date), false)", etat, due, (object?)repondu ?? DBNull.Value, today);

        Assert.That(late, Is.EqualTo(expected));
    }

    [Test]
    public async Task IsEnRetard_WithoutADueDate_IsNotTrue() =>
        Assert.That(await _courrier.Database.ScalarAsync<bool>("SELECT coalesce(portail.is_en_retard('Affecte', null, null, '2026-01-01'), false)"), Is.False);

    [Test]
    public async Task LateList_ShowsTheServiceWithItsCountAndExportsExactlyThatList()
    {
        var late = await LateAsync(new Arrivee { ServiceCode = "DDT", Objet = "=HYPERLINK(\"http://exemple.invalid\")" });
        var elsewhere = await LateAsync(new Arrivee { ServiceCode = "CAB" });

        var page = await _superviseur.ReadAsync("/en-retard?Service=DDT");
        var csv = await _superviseur.ReadAsync("/en-retard?handler=Export&Service=DDT");

        Assert.Multiple(() =>
        {
            Assert.That(page, Does.Contain(late.NumeroChrono).And.Contain("c-barre").And.Not.Contain(elsewhere.NumeroChrono));
            Assert.That(csv, Does.Contain(late.NumeroChrono).And.Contain("\"'=HYPERLINK(\"\"http").And.Not.Contain(elsewhere.NumeroChrono));
        });
    }

    [TestCase("=1+1", "\"'=1+1\"")]
    [TestCase("  @SUM(A1)", "\"'  @SUM(A1)\"")]
    [TestCase("-2 jours", "\"'-2 jours\"")]
    [TestCase("dit « non »; \"oui\"", "\"dit « non »; \"\"oui\"\"\"")]
    [TestCase("", "\"\"")]
    public void Cell_OfAnyText_NeverBecomesAFormula(string text, string expected) => Assert.That(LigneCsv.Cell(text), Is.EqualTo(expected));

    [TestCase(RoleAgent.Agent)]
    [TestCase(RoleAgent.BureauOrdre)]
    public async Task LateList_ForARoleThatDoesNotSupervise_IsForbidden(RoleAgent role)
    {
        using var client = await SignedInClient.CreateAsync(_courrier, role);

        using var response = await client.GetAsync("/en-retard");

        Assert.Multiple(async () =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("Action non permise"));
        });
    }

    private async Task<SuiviCourrier.Ingestion.Courriers.Courrier> LateAsync(Arrivee arrivee)
    {
        var registered = await arrivee.RegisterAsync(_courrier);
        await Facts.PublishAsync(_courrier, new EcheanceOpened
        {
            Source = "echeances",
            CourrierId = registered.Id,
            Version = 1001,
            Etat = new EtatEcheances { Echeances = [new EtatEcheance { Kind = KindEcheance.Reponse, RegimeCode = "essai", DueOn = registered.RecuLe.AddDays(-3) }] },
        });
        await EventuallyAsync("the due date never came", async () =>
            await _courrier.Database.ScalarAsync<int>("SELECT version_echeances FROM portail.dossiers WHERE courrier_id = $1", registered.Id) == 1001);
        return registered;
    }
}
