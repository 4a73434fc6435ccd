using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Courriers.Annul;
using SuiviCourrier.Ingestion.Courriers.Correct;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Ingestion.Tests.Courriers.Annul;

[Category("Messages")]
public sealed class AnnulerEnregistrementTests
{
    private RunningCourrier _courrier = null!;

    [OneTimeSetUp]
    public async Task StartAsync() =>
        _courrier = await RunningCourrier.StartAsync(configure: Guichet.Open, roles: ServiceDefaults.ServiceRoles.Portail);

    [OneTimeTearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [Test]
    public async Task Annul_OnThePage_KeepsTheNumberAndItsReasonAndSendsNothing()
    {
        using var guichet = new Guichet(_courrier);
        var registered = await _courrier.RegisteredAsync(Demandes.Lettre());
        var url = $"/courriers/{registered.CourrierId}/annuler";

        var refused = await guichet.SendAsync(url, new() { ["Motif"] = "" });
        Assert.That(refused.ErrorsOf("Motif").Single(), Does.Contain("Dites pourquoi"));

        var annulled = await guichet.SendAsync(url, new() { ["Motif"] = "Doublon de saisie" });

        Assert.That(annulled.Status, Is.EqualTo(HttpStatusCode.Redirect), annulled.Html);
        Assert.That(await guichet.ReadAsync(annulled.Location!), Does.Contain(registered.NumeroChrono).And.Contain("Doublon de saisie"));
        Assert.That(
            await CountAsync("SELECT count(*) FROM ingestion.lecture_courriers WHERE courrier_id = $1 AND is_annule AND motif_annulation = 'Doublon de saisie' AND version = 2", registered.CourrierId),
            Is.EqualTo(1));
        Assert.That(
            await CountAsync("SELECT count(*) FROM ingestion.lecture_accuses WHERE courrier_id = $1 AND etat = 'SansObjet' AND motif LIKE '%annulé%'", registered.CourrierId),
            Is.EqualTo(1));
        Assert.That(await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE courrier_id = $1 AND etat <> 'Supprime'", registered.CourrierId), Is.Zero);
        Assert.That(await CountAsync("SELECT count(*) FROM ingestion.lecture_journal WHERE courrier_id = $1 AND action = 'AnnulerEnregistrement' AND motif = 'Doublon de saisie'", registered.CourrierId), Is.EqualTo(1));

        var again = await guichet.SendAsync(url, new() { ["Motif"] = "Encore" });
        Assert.That(WebUtility.HtmlDecode(again.Html), Does.Contain("déjà annulé"));
    }

    [Test]
    public async Task Annul_TheNumber_IsNeverGivenAgain()
    {
        var first = await _courrier.RegisteredAsync(Demandes.Lettre());
        await using var scope = _courrier.Scope();
        await scope.ServiceProvider.GetRequiredService<AnnulerEnregistrement>().ExecuteAsync("test", first.CourrierId, "erreur", CancellationToken.None);

        var second = await _courrier.RegisteredAsync(Demandes.Lettre());

        Assert.That(string.CompareOrdinal(second.NumeroChrono, first.NumeroChrono), Is.GreaterThan(0));
    }

    [Test]
    public async Task Correct_AnAnnulledRegistration_IsRefused()
    {
        var registered = await _courrier.RegisteredAsync(Demandes.Lettre());
        await using var scope = _courrier.Scope();
        await scope.ServiceProvider.GetRequiredService<AnnulerEnregistrement>().ExecuteAsync("test", registered.CourrierId, "erreur", CancellationToken.None);

        var outcome = await scope.ServiceProvider.GetRequiredService<CorrectCourrier>().ExecuteAsync(
            new CorrectCourrier.Demande
            {
                Acteur = "test",
                CourrierId = registered.CourrierId,
                Vu = 2,
                Motif = "x",
                Canal = Canal.Lettre,
                RecuLe = new DateOnly(2026, 11, 2),
                Objet = "Autre",
                Nom = "Autre",
            },
            CancellationToken.None);

        Assert.That(outcome, Is.TypeOf<CorrectCourrier.Outcome.Annulled>());
    }

    private Task<long> CountAsync(string sql, params object[] values) => _courrier.Database.ScalarAsync<long>(sql, values);
}
