using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Echeances.Clocks;
using static SuiviCourrier.Echeances.Tests.Banc;

namespace SuiviCourrier.Echeances.Tests.Clocks;

[Category("Messages")]
public sealed class FollowCourrierTests
{
    private Banc _banc = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _banc = await Banc.StartAsync("2026-05-06 09:00");

    [OneTimeTearDown]
    public async Task StopAsync() => await _banc.DisposeAsync();

    [TestCase("2026-04-30", Canal.Courriel, "2026-05-11", TestName = "5 working days: 1 and 8 May are public holidays")]
    [TestCase("2026-05-02", Canal.Courriel, "2026-05-11", TestName = "Received on a Saturday: Monday is day 1")]
    [TestCase("2026-05-06", Canal.Lettre, "2026-05-22", TestName = "10 working days over 8 and 14 May")]
    [TestCase("2026-05-06", Canal.Depot, "2026-05-22", TestName = "A counter deposit counts as a letter")]
    [TestCase("2026-05-20", Canal.Formulaire, "2026-05-28", TestName = "Whit Monday is a public holiday")]
    [TestCase("2026-05-11", Canal.Lettre, "2026-05-27", TestName = "peers.md §2: not the public holiday of 25 May")]
    [TestCase("2027-03-22", Canal.Lettre, "2027-04-06", TestName = "peers.md §2: Easter Monday of 2027")]
    [TestCase("2026-11-23", Canal.Courriel, "2026-11-30", TestName = "23 November by e-mail")]
    [TestCase("2026-11-23", Canal.Lettre, "2026-12-07", TestName = "23 November by letter")]
    [TestCase("2019-01-31", Canal.Lettre, "2019-02-21", TestName = "Last day of the old rule: 15 working days")]
    [TestCase("2019-02-01", Canal.Lettre, "2019-02-15", TestName = "First day of the new rule: 10 working days")]
    public async Task CourrierRegistered_BeforeQualification_OpensItsAnswerClock(string recuLe, Canal canal, string attendu)
    {
        var id = await _banc.RegisterAsync(recuLe, canal);

        var horloge = (await _banc.HorlogeAsync(id))!;
        Assert.That(horloge.DueOn, Is.EqualTo(Day(attendu)));
        Assert.That(horloge.BaseLe, Is.EqualTo(Day(recuLe)));
        Assert.That(horloge.IsOpen);
        Assert.That(await _banc.PublishedAsync(id), Is.EqualTo(new[] { "EcheanceOpened" }));
    }

    [Test]
    public async Task CourrierRegistered_KeepsTheComputationInWords()
    {
        var id = await _banc.RegisterAsync("2026-05-06");

        Assert.That(
            (await _banc.HorlogeAsync(id))!.Calcul,
            Is.EqualTo("reçu le mercredi 6 mai 2026, 10 jours ouvrés, 8 et 14 mai fériés : vendredi 22 mai 2026"));
    }

    [TestCase(Canal.Courriel, NatureCourrier.Demande, CategorieExpediteur.Particulier, null, "qualepref-courriel", "2026-11-30")]
    [TestCase(Canal.Courriel, NatureCourrier.Reclamation, CategorieExpediteur.Particulier, null, "qualepref-courriel", "2026-11-30")]
    [TestCase(Canal.Formulaire, NatureCourrier.Suggestion, CategorieExpediteur.Association, null, "qualepref-courriel", "2026-11-30")]
    [TestCase(Canal.Lettre, NatureCourrier.Reclamation, CategorieExpediteur.Particulier, null, "qualepref-courrier", "2026-12-07")]
    [TestCase(Canal.Depot, NatureCourrier.Suggestion, CategorieExpediteur.Particulier, null, "qualepref-courrier", "2026-12-07")]
    [TestCase(Canal.Lettre, NatureCourrier.Demande, CategorieExpediteur.Elu, null, "institutions", "2027-01-22")]
    [TestCase(Canal.Courriel, NatureCourrier.Demande, CategorieExpediteur.Commune, null, "institutions", "2027-01-22")]
    [TestCase(Canal.Lettre, NatureCourrier.Demande, CategorieExpediteur.Particulier, "urbanisme", "procedures", "2027-01-22")]
    [TestCase(Canal.Lettre, NatureCourrier.Invitation, CategorieExpediteur.Particulier, null, "soixante-jours", "2027-01-22")]
    public async Task CourrierQualified_ByChannelNatureAndSender_IsUnderOneRegime(
        Canal canal, NatureCourrier nature, CategorieExpediteur categorie, string? type, string regime, string attendu)
    {
        var id = await _banc.RegisterAsync("2026-11-23", canal, categorie: categorie);

        await _banc.QualifyAsync(id, nature, type);

        var horloge = (await _banc.HorlogeAsync(id))!;
        Assert.That((horloge.RegimeCode, horloge.DueOn), Is.EqualTo((regime, Day(attendu))));
    }

    [Test]
    public async Task CourrierQualified_UnderAnotherRegime_MovesTheClockFromTheReceptionAndCancelsTheOldSteps()
    {
        var id = await _banc.RegisterAsync("2026-05-06");

        await _banc.QualifyAsync(id, NatureCourrier.Recours);

        var horloge = (await _banc.HorlogeAsync(id))!;
        Assert.That(horloge.DueOn, Is.EqualTo(Day("2026-07-05")));
        Assert.That(horloge.Etapes.Where(e => e.DueOn == Day("2026-05-22")).Select(e => e.Etat), Has.All.EqualTo(EtatEtape.Annulee));
        Assert.That(
            horloge.Etapes.Where(e => e.DueOn == horloge.DueOn).OrderBy(e => e.Rang).Select(e => e.PrevueLe),
            Is.EqualTo(new[] { "2026-06-29", "2026-07-01", "2026-07-03", "2026-07-06", "2026-07-10" }.Select(Day)));
        Assert.That(await _banc.PublishedAsync(id), Is.EqualTo(new[] { "EcheanceOpened", "EcheanceMoved" }));
    }

    [Test]
    public async Task CourrierAssigned_OrHoldingReply_NeitherMovesNorStopsTheClock()
    {
        var id = await _banc.RegisterAsync("2026-05-06");
        var row = await RowAsync(id);

        await _banc.AssignAsync(id, "DDT", Nadia);
        await _banc.AnswerAsync(id, "2026-05-07", surLeFond: false);

        Assert.That(await RowAsync(id), Is.EqualTo(row));
        Assert.That(await _banc.PublishedAsync(id), Is.EqualTo(new[] { "EcheanceOpened" }));
    }

    [Test]
    public async Task CourrierAnswered_OnTheMerits_ClosesAndCancelsTheSteps()
    {
        var id = await _banc.RegisterAsync("2026-05-06");

        await _banc.AnswerAsync(id, "2026-05-12");

        var horloge = (await _banc.HorlogeAsync(id))!;
        Assert.That((horloge.ClosedOn, horloge.MotifArret), Is.EqualTo(((DateOnly?)Day("2026-05-12"), (MotifArret?)MotifArret.Repondu)));
        Assert.That(horloge.Etapes.Select(e => e.Etat), Has.All.EqualTo(EtatEtape.Annulee));
        Assert.That(await _banc.PublishedAsync(id), Is.EqualTo(new[] { "EcheanceOpened", "EcheanceClosed" }));
    }

    [Test]
    public async Task CourrierReopened_RunsAgainFromTheReception()
    {
        var id = await _banc.RegisterAsync("2026-05-06");
        await _banc.AnswerAsync(id, "2026-05-12");

        await _banc.ReopenAsync(id);

        var horloge = (await _banc.HorlogeAsync(id))!;
        Assert.That((horloge.IsOpen, horloge.DueOn), Is.EqualTo((true, Day("2026-05-22"))));
        Assert.That(horloge.Etapes.Select(e => e.Etat), Has.All.EqualTo(EtatEtape.Prevue));
        Assert.That(await _banc.PublishedAsync(id), Is.EqualTo(new[] { "EcheanceOpened", "EcheanceClosed", "EcheanceOpened" }));
    }

    [Test]
    public async Task CourrierCorrected_WithAnEarlierReception_CountsFromIt()
    {
        var id = await _banc.RegisterAsync("2026-05-06");

        await _banc.CorrectAsync(id, Enregistrement(Day("2026-05-04")));

        Assert.That((await _banc.HorlogeAsync(id))!.DueOn, Is.EqualTo(Day("2026-05-20")));
    }

    [Test]
    public async Task CourrierAnnulled_StopsTheClock()
    {
        var id = await _banc.RegisterAsync("2026-05-06");

        await _banc.AnnulAsync(id, Enregistrement(Day("2026-05-06")));

        Assert.That((await _banc.HorlogeAsync(id))!.MotifArret, Is.EqualTo(MotifArret.Annule));
    }

    [Test]
    public async Task CourrierRegistered_ForInformation_HasNoClockUntilSomeoneAsksForAnAnswer()
    {
        var id = await _banc.RegisterAsync("2026-05-06", Canal.Courriel, isPourInformation: true);
        Assert.That(await _banc.HorlogeAsync(id), Is.Null);

        await _banc.QualifyAsync(id, NatureCourrier.Demande);

        Assert.That((await _banc.HorlogeAsync(id))!.DueOn, Is.EqualTo(Day("2026-05-15")));
    }

    [Test]
    public async Task CourrierQualified_BeforeTheRegistrationIsKnown_WaitsForIt()
    {
        var id = Guid.CreateVersion7();

        await _banc.QualifyAsync(id, NatureCourrier.Recours);
        Assert.That(await _banc.HorlogeAsync(id), Is.Null);
        await _banc.RegisterAsync("2026-05-06", id: id);

        Assert.That((await _banc.HorlogeAsync(id))!.DueOn, Is.EqualTo(Day("2026-07-05")));
        Assert.That(await _banc.PublishedAsync(id), Is.EqualTo(new[] { "EcheanceOpened" }));
    }

    [Test]
    public async Task CourrierRegistered_Late_KeepsOnlyTheHighestOfTheStepsAlreadyPast()
    {
        var id = await _banc.RegisterAsync("2026-04-13"); // due on 27 April

        var etapes = (await _banc.HorlogeAsync(id))!.Etapes.OrderBy(e => e.Rang).Select(e => (e.Code, e.Etat));
        Assert.That(etapes, Is.EqualTo(new[]
        {
            ("rappel", EtatEtape.Depassee),
            ("rappel-veille", EtatEtape.Depassee),
            ("jour-echeance", EtatEtape.Depassee),
            ("retard-chef", EtatEtape.Depassee),
            ("retard-superviseur", EtatEtape.Prevue),
        }));
    }

    private Task<string?> RowAsync(Guid id) =>
        _banc.Database.ScalarAsync<string>("SELECT row_to_json(h)::text || (SELECT json_agg(e ORDER BY e.id)::text FROM echeances.etapes e WHERE e.horloge_id = h.id) FROM echeances.horloges h WHERE courrier_id = $1", id);
}
