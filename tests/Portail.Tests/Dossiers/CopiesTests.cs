using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Contracts.Echeances;
using SuiviCourrier.Portail.Dossiers;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Portail.Tests.Dossiers;

/// <summary>What the lists copy from the other services. Versions are high, so that the tests speak louder than the services that run beside them.</summary>
[Category("Messages")]
public sealed class CopiesTests
{
    private static readonly DateOnly s_due = new(2026, 5, 22);
    private RunningCourrier _courrier = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _courrier = await RunningCourrier.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [Test]
    public async Task EcheanceMoved_BeforeTheRegistrationAndBeforeItsOpening_LeavesTheNewestDate()
    {
        var arrivee = await new Arrivee { HoldFact = true }.RegisterAsync(_courrier);

        await Facts.PublishAsync(_courrier, Moved(arrivee.Id, 1002, s_due.AddDays(7)));
        await EventuallyAsync("the moved date never came", async () => await DueOnAsync(arrivee.Id) == s_due.AddDays(7));
        await Facts.PublishAsync(_courrier, Opened(arrivee.Id, 1001, s_due), Registered(arrivee));
        await UntilAppliedAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(await DueOnAsync(arrivee.Id), Is.EqualTo(s_due.AddDays(7)));
            Assert.That(await TextAsync("numero_chrono", arrivee.Id), Is.EqualTo(arrivee.NumeroChrono));
        });
    }

    [TestCase(EtatAccuse.AImprimer, 1)]
    [TestCase(EtatAccuse.SansObjet, 0)]
    public async Task Registered_WithAnAcknowledgementNoFactSpeaksOf_ShowsItAndMissesOnlyWhatIsOwed(EtatAccuse accuse, int expected)
    {
        var arrivee = await new Arrivee { Accuse = accuse }.RegisterAsync(_courrier);
        await EventuallyAsync("the state of the acknowledgement was never copied", async () => await TextAsync("accuse_etat", arrivee.Id) == accuse.ToString());

        await _courrier.Database.ScalarAsync<object>("UPDATE portail.dossiers SET enregistre_le = enregistre_le - interval '3 days' WHERE courrier_id = $1", arrivee.Id);
        using var superviseur = await SignedInClient.CreateAsync(_courrier, RoleAgent.Superviseur, "SG");
        var page = await superviseur.ReadAsync("/corbeille?Quand=SansAccuse");

        Assert.That(page.Split($"/courriers/{arrivee.Id}").Length - 1, Is.EqualTo(expected));
    }

    [Test]
    public async Task AccuseStateChanged_OlderThanTheOneApplied_ChangesNothing()
    {
        var arrivee = await new Arrivee().RegisterAsync(_courrier);

        await Facts.PublishAsync(_courrier, Accuse(arrivee, 1005, EtatAccuse.Refuse), Accuse(arrivee, 1004, EtatAccuse.Envoye), Accuse(arrivee, 1005, EtatAccuse.Refuse));
        await UntilAppliedAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(await TextAsync("accuse_etat", arrivee.Id), Is.EqualTo("Refuse"));
            Assert.That(await TachesAsync(arrivee.Id, "AdresseRefusee"), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task EchangeReceived_Twice_OpensOneTask()
    {
        var arrivee = await new Arrivee().RegisterAsync(_courrier);
        var fact = new EchangeReceived
        {
            Source = "ingestion",
            CourrierId = arrivee.Id,
            Version = 1001,
            Etat = arrivee.ToEtat(),
            EchangeId = Guid.CreateVersion7(),
            Kind = KindEchange.Reponse,
            RecuA = DateTimeOffset.UtcNow,
        };

        await Facts.PublishAsync(_courrier, fact, fact);
        await UntilAppliedAsync();

        Assert.That(await TachesAsync(arrivee.Id, "EchangeRecu"), Is.EqualTo(1));
    }

    [Test]
    public async Task EchangeReceived_ForAnAnswerThatCameBack_MarksIt_AndOpensATask()
    {
        var arrivee = await new Arrivee { ServiceCode = "DCL-ETR" }.RegisterAsync(_courrier);
        await UntilAppliedAsync();
        using var auteur = await SignedInClient.CreateAsync(_courrier, RoleAgent.Agent, "DCL-ETR");
        var reponseId = Guid.CreateVersion7();
        await _courrier.Database.ScalarAsync<object>(
            """
            INSERT INTO portail.reponses (id, courrier_id, mode, is_sur_le_fond, repondu_le, auteur_id, destinataire, texte, created_at, etat_envoi)
            VALUES ($1, $2, 'Courriel', true, current_date, $3, 'faute@exemple.invalid', 'Bonjour', now(), 'Accepte')
            """,
            reponseId, arrivee.Id, auteur.CompteId);

        await Facts.PublishAsync(_courrier, new EchangeReceived
        {
            Source = "ingestion",
            CourrierId = arrivee.Id,
            Version = 1001,
            Etat = arrivee.ToEtat(),
            EchangeId = Guid.CreateVersion7(),
            Kind = KindEchange.NonRemis,
            RecuA = DateTimeOffset.UtcNow,
            ReponseId = reponseId,
        });
        await UntilAppliedAsync();

        Assert.That(await _courrier.Database.ScalarAsync<bool>("SELECT non_remise_le IS NOT NULL FROM portail.reponses WHERE id = $1", reponseId), Is.True);
        Assert.That(await TachesAsync(arrivee.Id, "AdresseRefusee"), Is.EqualTo(1));
    }

    [Test]
    public async Task EcheanceMissed_ThenMoved_TakesItsTaskBack()
    {
        var arrivee = await new Arrivee().RegisterAsync(_courrier);
        await Facts.PublishAsync(_courrier, new EcheanceMissed { Source = "echeances", CourrierId = arrivee.Id, Version = 1001, Etat = Etat(s_due) });
        await EventuallyAsync("the task of the missed date never came", async () => await TachesAsync(arrivee.Id, "EcheanceManquee") == 1);

        await Facts.PublishAsync(_courrier, Moved(arrivee.Id, 1002, s_due.AddDays(30)));

        await EventuallyAsync("the task of a date that has moved stayed", async () => await TachesAsync(arrivee.Id, "EcheanceManquee") == 0);
    }

    [Test]
    public async Task Rebuild_AfterTheCopiesWereSpoilt_RestoresThemAndKeepsTheWork()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        var first = await new Arrivee { Objet = "Premier" }.RegisterAsync(courrier);
        var second = await new Arrivee { Objet = "Second", ServiceCode = "DDT" }.RegisterAsync(courrier);
        using var superviseur = await SignedInClient.CreateAsync(courrier, SuiviCourrier.Presentation.Rights.RoleAgent.Superviseur, "SG");
        using var assigned = await superviseur.PostAsync($"/courriers/{first.Id}/affecter", new() { ["Service"] = "DCL" });
        await courrier.UntilAppliedAsync();
        var before = await SnapshotAsync(courrier);
        await courrier.Database.ScalarAsync<int>(
            "UPDATE portail.dossiers SET objet = 'faux', numero_chrono = 'X', recu_le = '1999-01-01', due_on = '1999-01-02', canal = 'Depot', expediteur_nom = 'faux', version_ingestion = 0");

        await using (var scope = courrier.Scope())
        {
            await scope.ServiceProvider.GetRequiredService<RebuildDossiers>().ExecuteAsync(CancellationToken.None);
        }

        Assert.Multiple(async () =>
        {
            Assert.That(before, Does.Contain("Premier").And.Contain("DCL"));
            Assert.That(await SnapshotAsync(courrier), Is.EqualTo(before));
            Assert.That(second.ServiceCode, Is.EqualTo("DDT"));
        });
    }

    /// <summary>Every column of every dossier, but the transaction that wrote it, as one text.</summary>
    private static async Task<string?> SnapshotAsync(RunningCourrier courrier) =>
        await courrier.Database.ScalarAsync<string>("SELECT string_agg((to_jsonb(d) - 'transaction_id')::text, E'\\n' ORDER BY courrier_id) FROM portail.dossiers d");

    private Task UntilAppliedAsync() => _courrier.UntilAppliedAsync();

    private async Task<DateOnly?> DueOnAsync(Guid id)
    {
        var due = await _courrier.Database.ScalarAsync<DateTime>("SELECT due_on::timestamp FROM portail.dossiers WHERE courrier_id = $1", id);
        return due == default ? null : DateOnly.FromDateTime(due);
    }

    private Task<string?> TextAsync(string column, Guid id) =>
        _courrier.Database.ScalarAsync<string>($"SELECT {column}::text FROM portail.dossiers WHERE courrier_id = $1", id);

    private Task<long> TachesAsync(Guid id, string kind) =>
        _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM portail.taches WHERE courrier_id = $1 AND kind = $2 AND done_at IS NULL", id, kind);

    private static EtatEcheances Etat(DateOnly due) => new()
    {
        Echeances = [new EtatEcheance { Kind = KindEcheance.Reponse, RegimeCode = "essai", DueOn = due }],
    };

    private static EcheanceOpened Opened(Guid id, int version, DateOnly due) => new() { Source = "echeances", CourrierId = id, Version = version, Etat = Etat(due) };

    private static EcheanceMoved Moved(Guid id, int version, DateOnly due) => new() { Source = "echeances", CourrierId = id, Version = version, Etat = Etat(due) };

    private static CourrierRegistered Registered(SuiviCourrier.Ingestion.Courriers.Courrier arrivee) =>
        new() { Source = "ingestion", CourrierId = arrivee.Id, Version = 1, Etat = arrivee.ToEtat() };

    private static AccuseStateChanged Accuse(SuiviCourrier.Ingestion.Courriers.Courrier arrivee, int version, EtatAccuse etat) => new AccuseStateChanged
    {
        Source = "ingestion",
        CourrierId = arrivee.Id,
        Version = version,
        Etat = arrivee.ToEtat(),
        Kind = KindAccuse.Enregistrement,
        EtatAccuse = etat,
        ChangedAt = DateTimeOffset.UtcNow,
    };
}
