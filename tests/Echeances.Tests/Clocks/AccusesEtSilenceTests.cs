using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Contracts.Echeances;
using SuiviCourrier.Echeances.Clocks;
using SuiviCourrier.Echeances.Data;
using static SuiviCourrier.Echeances.Tests.Banc;

namespace SuiviCourrier.Echeances.Tests.Clocks;

[Category("Messages")]
public sealed class AccusesEtSilenceTests
{
    private Banc _banc = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _banc = await Banc.StartAsync("2026-05-13 09:00");

    [OneTimeTearDown]
    public async Task StopAsync() => await _banc.DisposeAsync();

    [Test]
    public async Task CourrierRegistered_ByEmail_OpensTheClocksOfItsAcknowledgementsBesideTheAnswers()
    {
        var id = await _banc.RegisterAsync("2026-05-13", Canal.Courriel);

        var aee = await ClockAsync(id, KindEcheance.AccuseEnregistrement);
        var are = await ClockAsync(id, KindEcheance.AccuseReception);
        Assert.That(aee!.DueOn, Is.EqualTo(Day("2026-05-15")), "1 working day, the 14th being Ascension");
        Assert.That(aee.Calcul, Is.EqualTo("reçu le mercredi 13 mai 2026, 1 jour ouvré, 14 mai férié : vendredi 15 mai 2026"));
        Assert.That((are!.DueOn, are.ObjectifLe), Is.EqualTo((Day("2026-05-29"), (DateOnly?)Day("2026-05-21"))));
        Assert.That(await ClockAsync(id, KindEcheance.Silence), Is.Null, "nobody has said what it is");
        Assert.That(await _banc.PublishedAsync(id), Is.EqualTo(new[] { "EcheanceOpened" }));
    }

    [Test]
    public async Task CourrierRegistered_OnPaper_HasOurGoalForItsReceptionAndNoRegistrationToAcknowledge()
    {
        var id = await _banc.RegisterAsync("2026-05-06");

        Assert.That(await ClockAsync(id, KindEcheance.AccuseEnregistrement), Is.Null);
        Assert.That((await ClockAsync(id, KindEcheance.AccuseReception))!.DueOn, Is.EqualTo(Day("2026-05-22")));
    }

    [Test]
    public async Task CourrierRegistered_OfARobot_HasNoAcknowledgementToWaitFor()
    {
        var id = Guid.CreateVersion7();

        await _banc.DeliverAsync(new CourrierRegistered
        {
            Source = "ingestion",
            CourrierId = id,
            Version = _banc.NextVersion(id, "ingestion"),
            Etat = Enregistrement(Day("2026-05-13"), Canal.Courriel) with { IsSansAccuse = true },
        });

        Assert.That(await ClockAsync(id, KindEcheance.AccuseEnregistrement), Is.Null);
        Assert.That(await ClockAsync(id, KindEcheance.AccuseReception), Is.Null);
    }

    [TestCase(NatureCourrier.Reclamation, "reclamation", CategorieExpediteur.Particulier, "2026-07-13", TestName = "L231-4: a complaint, 2 months")]
    [TestCase(NatureCourrier.Demande, "demande-document", CategorieExpediteur.Association, "2026-06-13", TestName = "R311-13: a document, 1 month")]
    [TestCase(NatureCourrier.Recours, "recours-gracieux", CategorieExpediteur.Entreprise, "2026-07-13", TestName = "L411-7: an appeal, 2 months")]
    [TestCase(NatureCourrier.Demande, "rescrit-collectivite", CategorieExpediteur.Commune, "2026-08-13", TestName = "CGCT L1116-1: a commune's question, 3 months")]
    [TestCase(NatureCourrier.Reclamation, "reclamation", CategorieExpediteur.Commune, null, TestName = "L100-3: nothing for the complaint of a commune")]
    [TestCase(NatureCourrier.Demande, "demande-information", CategorieExpediteur.Particulier, null, TestName = "Nothing for a question")]
    public async Task CourrierQualified_ByItsType_HasItsSilenceDate(NatureCourrier nature, string type, CategorieExpediteur categorie, string? attendu)
    {
        var id = await _banc.RegisterAsync("2026-05-13", Canal.Courriel, categorie: categorie);

        await _banc.QualifyAsync(id, nature, type);

        Assert.That((await ClockAsync(id, KindEcheance.Silence))?.DueOn, Is.EqualTo(attendu is null ? null : Day(attendu)));
    }

    [Test]
    public async Task CourrierQualified_Anew_LosesItsSilence_AndFindsItAgain()
    {
        var id = await _banc.RegisterAsync("2026-05-13", Canal.Courriel);
        await _banc.QualifyAsync(id, NatureCourrier.Reclamation, "reclamation");

        await _banc.QualifyAsync(id, NatureCourrier.Demande, "demande-information");
        Assert.That((await ClockAsync(id, KindEcheance.Silence))!.MotifArret, Is.EqualTo(MotifArret.SansObjet));
        Assert.That(await _banc.Database.ScalarAsync<long>("SELECT count(*) FROM echeances.lecture_silences WHERE courrier_id = $1", id), Is.Zero);
        await _banc.QualifyAsync(id, NatureCourrier.Demande, "demande-document");

        var silence = (await ClockAsync(id, KindEcheance.Silence))!;
        Assert.That((silence.RegimeCode, silence.DueOn, silence.IsOpen), Is.EqualTo(("demande-document", Day("2026-06-13"), true)));
    }

    [Test]
    public async Task CourrierCorrected_WithAnEarlierReception_MovesTheSilenceAndTheAcknowledgements()
    {
        var id = await _banc.RegisterAsync("2026-05-13", Canal.Courriel, NatureCourrier.Reclamation, "reclamation");

        await _banc.CorrectAsync(id, Enregistrement(Day("2026-05-04"), Canal.Courriel, NatureCourrier.Reclamation, "reclamation"));

        Assert.That((await ClockAsync(id, KindEcheance.Silence))!.DueOn, Is.EqualTo(Day("2026-07-04")));
        Assert.That((await ClockAsync(id, KindEcheance.AccuseEnregistrement))!.DueOn, Is.EqualTo(Day("2026-05-05")));
    }

    [Test]
    public async Task AccuseSent_StopsItsClock_NeverTheAnswers()
    {
        var id = await _banc.RegisterAsync("2026-05-13", Canal.Courriel);
        var reponse = await ClockAsync(id, KindEcheance.Reponse);

        await SendAsync(id, KindAccuse.Enregistrement, EtatAccuse.Envoye);

        var aee = (await ClockAsync(id, KindEcheance.AccuseEnregistrement))!;
        Assert.That((aee.MotifArret, aee.ClosedOn), Is.EqualTo(((MotifArret?)MotifArret.Accuse, (DateOnly?)Day("2026-05-13"))));
        Assert.That((await ClockAsync(id, KindEcheance.AccuseReception))!.IsOpen, "the service is still to be named");
        Assert.That((await ClockAsync(id, KindEcheance.Reponse))!.IsOpen, "an acknowledgement never stops the answer clock");
        Assert.That((await ClockAsync(id, KindEcheance.Reponse))!.DueOn, Is.EqualTo(reponse!.DueOn));
        Assert.That(await _banc.PublishedAsync(id), Is.EqualTo(new[] { "EcheanceOpened" }), "concerns nobody else");
    }

    [Test]
    public async Task AccuseOfReception_Sent_StopsBoth()
    {
        var id = await _banc.RegisterAsync("2026-05-13", Canal.Courriel);

        await SendAsync(id, KindAccuse.Reception, EtatAccuse.Envoye);

        Assert.That((await ClockAsync(id, KindEcheance.AccuseEnregistrement))!.MotifArret, Is.EqualTo(MotifArret.Accuse));
        Assert.That((await ClockAsync(id, KindEcheance.AccuseReception))!.MotifArret, Is.EqualTo(MotifArret.Accuse));
    }

    [Test]
    public async Task AccuseRefused_KeepsItsClockRunning()
    {
        var id = await _banc.RegisterAsync("2026-05-13", Canal.Courriel);
        await SendAsync(id, KindAccuse.Enregistrement, EtatAccuse.Envoye);

        await SendAsync(id, KindAccuse.Enregistrement, EtatAccuse.NonRemis);

        Assert.That((await ClockAsync(id, KindEcheance.AccuseEnregistrement))!.IsOpen, "it came back: the sender was not told");
    }

    [Test]
    public async Task AccuseStateChanged_OlderThanTheOneApplied_ChangesNothing()
    {
        var id = await _banc.RegisterAsync("2026-05-13", Canal.Courriel);
        var (sent, returned) = (_banc.NextVersion(id, "ingestion"), _banc.NextVersion(id, "ingestion"));

        await _banc.DeliverAsync(Fact(id, KindAccuse.Enregistrement, EtatAccuse.NonRemis, returned));
        await _banc.DeliverAsync(Fact(id, KindAccuse.Enregistrement, EtatAccuse.Envoye, sent));

        Assert.That((await ClockAsync(id, KindEcheance.AccuseEnregistrement))!.IsOpen);
    }

    [Test]
    public async Task AccuseSent_ToldBeforeACorrectionOfAnEarlierVersion_IsKept()
    {
        var id = await _banc.RegisterAsync("2026-05-13", Canal.Courriel);
        var (sent, corrected) = (_banc.NextVersion(id, "ingestion"), _banc.NextVersion(id, "ingestion"));

        await _banc.DeliverAsync(new CourrierCorrected { Source = "ingestion", CourrierId = id, Version = corrected, Etat = Enregistrement(Day("2026-05-13"), Canal.Courriel) });
        await _banc.DeliverAsync(Fact(id, KindAccuse.Enregistrement, EtatAccuse.Envoye, sent));

        Assert.That((await ClockAsync(id, KindEcheance.AccuseEnregistrement))!.MotifArret, Is.EqualTo(MotifArret.Accuse));
    }

    [Test]
    public async Task CourrierAnswered_OnTheMerits_StopsTheReceptionAndTheSilence_InOneFactAndOneLine()
    {
        var id = await _banc.RegisterAsync("2026-05-13", Canal.Courriel, NatureCourrier.Reclamation, "reclamation");
        var lines = await LinesAsync(id);

        await _banc.AnswerAsync(id, "2026-05-13");

        Assert.That((await ClockAsync(id, KindEcheance.Silence))!.MotifArret, Is.EqualTo(MotifArret.Repondu));
        Assert.That((await ClockAsync(id, KindEcheance.AccuseReception))!.MotifArret, Is.EqualTo(MotifArret.Repondu));
        Assert.That(await _banc.PublishedAsync(id), Is.EqualTo(new[] { "EcheanceOpened", "EcheanceClosed" }));
        Assert.That(await LinesAsync(id), Is.EqualTo(lines + 1));
    }

    [Test]
    public async Task Sweep_WhenASilenceOrAnAcknowledgementIsPast_MissesTheAnswerAlone()
    {
        await using var banc = await Banc.StartAsync("2026-05-13 09:00");
        var id = await banc.RegisterAsync("2026-02-02", Canal.Courriel, NatureCourrier.Reclamation, "reclamation");

        await banc.SweepAsync();

        Assert.That(await banc.PublishedAsync(id), Is.EqualTo(new[] { "EcheanceOpened", "EcheanceMissed" }));
        Assert.That(
            await banc.Database.ScalarAsync<string>("SELECT string_agg(kind, ',' ORDER BY kind) FROM echeances.horloges WHERE courrier_id = $1 AND missed_at IS NOT NULL", id),
            Is.EqualTo("Reponse"));
        Assert.That(
            await banc.Database.ScalarAsync<string>("SELECT payload FROM messagerie.outbox WHERE type LIKE '%EcheanceMissed'"),
            Does.Contain("Silence"), "a fact carries the whole state");
    }

    private Task SendAsync(Guid id, KindAccuse kind, EtatAccuse etat) => _banc.DeliverAsync(Fact(id, kind, etat, _banc.NextVersion(id, "ingestion")));

    private AccuseStateChanged Fact(Guid id, KindAccuse kind, EtatAccuse etat, int version) => new()
    {
        Source = "ingestion",
        CourrierId = id,
        Version = version,
        Etat = Enregistrement(Day("2026-05-13"), Canal.Courriel),
        Kind = kind,
        EtatAccuse = etat,
        ChangedAt = _banc.Clock.GetUtcNow(),
    };

    private async Task<Horloge?> ClockAsync(Guid id, KindEcheance kind)
    {
        await using var scope = _banc.Courrier.Scope();
        return await scope.ServiceProvider.GetRequiredService<EcheancesDbContext>().Horloges.AsNoTracking()
            .SingleOrDefaultAsync(h => h.CourrierId == id && h.Kind == kind);
    }

    private Task<long> LinesAsync(Guid id) =>
        _banc.Database.ScalarAsync<long>("SELECT count(*) FROM echeances.lecture_journal WHERE courrier_id = $1", id);
}
