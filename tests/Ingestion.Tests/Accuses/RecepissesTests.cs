using System.Net;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Tests.Courriers;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using UglyToad.PdfPig;
using Registered = SuiviCourrier.Ingestion.Courriers.Register.RegisterCourrier.Outcome.Registered;

namespace SuiviCourrier.Ingestion.Tests.Accuses;

/// <summary>What is handed in at the counter has its receipt on the spot, once, and kept.</summary>
public sealed class RecepissesTests
{
    private RunningCourrier _courrier = null!;
    private SignedInClient _agent = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync(BoiteDepot.Settings);
        _agent = await SignedInClient.CreateAsync(_courrier, RoleAgent.BureauOrdre, "SGCD", "Dominique Bureau");
    }

    [TearDown]
    public async Task StopAsync()
    {
        _agent.Dispose();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task Receipt_OfADeposit_SaysWhatWasHandedInAndReplacesTheLetter()
    {
        using var registered = await _agent.PostAsync("/enregistrer", new()
        {
            ["Canal"] = "Depot",
            ["Objet"] = "Dossier de naturalisation",
            ["Nom"] = "Mme Ségolène d’Arçay",
            ["Categorie"] = "Particulier",
            ["Adresse"] = "3 rue des Lilas\n37000 TOURS",
            ["Cheques"] = "2",
            ["ChequesPrecision"] = "timbre fiscal",
            ["Originaux"] = "1",
        });
        var url = registered.Headers.Location!.OriginalString;
        var id = Guid.Parse(url.Split('/')[^1]);
        Assert.That(await ReadAsync(url), Does.Contain("remettez son récépissé").And.Contain("à imprimer"));

        var printed = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _agent.PostAsync(url, [], "?handler=Recepisse")));

        using var file = await _agent.GetAsync(printed.Select(r => r.Headers.Location!.OriginalString).Distinct().Single());
        using var pdf = PdfDocument.Open(await file.Content.ReadAsByteArrayAsync());
        Assert.That(pdf.NumberOfPages, Is.EqualTo(1));
        var text = string.Join(' ', pdf.GetPage(1).GetWords().Select(w => w.Text));
        var chrono = await _courrier.Database.ScalarAsync<string>("SELECT numero_chrono FROM ingestion.courriers WHERE id = $1", id);
        Assert.That(text, Does.Contain(chrono!).And.Contain("Dossier de naturalisation").And.Contain("2 chèques (timbre fiscal)").And.Contain("1 document original"));
        Assert.That(text, Does.Match(@"enregistré le \w+ \d+(er)? \w+ \d{4} à \d{1,2} h \d{2}").And.Match(@"appeler le \d\d|Téléphone : \d\d"));
        Assert.That(await ReadAsync(url), Does.Contain("Récépissé remis à l’accueil").And.Contain("Réimprimer le récépissé"));
        Assert.That(await ReadAsync("/accuses"), Does.Contain("À imprimer (0)").And.Contain("À poster (0)"), "no letter says it again");
        var history = await ReadAsync($"/courriers/{id}");
        Assert.That(history, Does.Contain("Récépissé de dépôt").And.Contain("imprimé une nouvelle fois").And.Contain("Dominique Bureau").And.Not.Contain("pas encore posté"));
        Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.pieces WHERE courrier_id = $1 AND role = 'Accuse'", id), Is.EqualTo(1));
    }

    [TestCase(null, null, null, "Imprime", TestName = "Without any address: the receipt is the acknowledgement")]
    [TestCase("Anonyme", null, null, "Imprime", TestName = "Anonymous: the receipt is the acknowledgement")]
    [TestCase(null, "claire@exemple.invalid", null, "Envoye", TestName = "With an e-mail address: the message leaves as well")]
    public async Task Receipt_AndTheAcknowledgement_AreOne(string? categorie, string? courriel, string? adresse, string expected)
    {
        var deposit = await RegisteredAsync(categorie, courriel, adresse);
        using var printed = await _agent.PostAsync($"/enregistrer/{deposit.CourrierId}", [], "?handler=Recepisse");

        Assert.That(printed.Headers.Location!.OriginalString, Does.StartWith("/fichiers/"));
        await Eventually.EventuallyAsync(
            $"The acknowledgement never became {expected}",
            async () => await _courrier.Database.ScalarAsync<string>("SELECT etat FROM ingestion.accuses WHERE courrier_id = $1", deposit.CourrierId) == expected);
        Assert.That(await ReadAsync($"/fichiers/recepisses/{deposit.CourrierId}/lecture"), Does.Contain("<html lang=\"fr\">").And.Contain(deposit.NumeroChrono));
    }

    [Test]
    public async Task Receipt_OfALetterOfAnAnnulledDepositOrForSomebodyElse_IsNotGiven()
    {
        var letter = await _courrier.RegisteredAsync(Demandes.Lettre());
        var annulled = await RegisteredAsync(null, null, "3 rue des Lilas\n37000 TOURS");
        Assert.That(await ReadAsync($"/enregistrer/{letter.CourrierId}"), Does.Not.Contain("récépissé"));
        var form = SignedInClient.FieldsOf(await _agent.ReadAsync($"/enregistrer/{annulled.CourrierId}"));
        using var annul = await _agent.PostAsync($"/courriers/{annulled.CourrierId}/annuler", new() { ["Motif"] = "Doublon" });
        using var stranger = await SignedInClient.CreateAsync(_courrier, RoleAgent.Agent, "DDT");

        foreach (var (who, id) in new[] { (_agent, letter.CourrierId), (_agent, annulled.CourrierId), (stranger, annulled.CourrierId) })
        {
            using var response = await who.SendAsync($"/enregistrer/{id}?handler=Recepisse", form);
            Assert.That(response.Headers.Location?.OriginalString ?? "", Does.Not.StartWith("/fichiers/"));
        }

        Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.pieces WHERE nom = 'recepisse-depot.pdf'"), Is.Zero);
    }

    private Task<Registered> RegisteredAsync(string? categorie, string? courriel, string? adresse) => _courrier.RegisteredAsync(Demandes.Lettre() with
    {
        Canal = Canal.Depot,
        DateCourrier = null,
        Nom = categorie is null ? "Claire Martin" : null,
        Categorie = categorie is null ? CategorieExpediteur.Particulier : Enum.Parse<CategorieExpediteur>(categorie),
        Courriel = courriel,
        Adresse = adresse,
    });

    private async Task<string> ReadAsync(string url) => WebUtility.HtmlDecode(await _agent.ReadAsync(url));
}
