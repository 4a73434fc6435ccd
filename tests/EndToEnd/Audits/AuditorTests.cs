using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Time;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;

namespace SuiviCourrier.EndToEnd.Audits;

/// <summary>The auditor finds what is wrong, and nothing when nothing is.</summary>
[Category("Messages")]
public sealed class AuditorTests
{
    [Test]
    public async Task Auditor_OnASoundRegister_FindsNothing_AndOnABrokenOneEachBreach()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        var auditor = new Auditor(courrier.Database, courrier.Folder);
        for (var i = 0; i < 3; i++)
        {
            await RegisterAsync(courrier, $"Lettre {i}");
        }

        Assert.That(await auditor.BreachesAsync(), Is.Empty);

        await courrier.Database.ScalarAsync<object>("UPDATE ingestion.courriers SET numero_chrono = replace(numero_chrono, '00002', '00009') WHERE numero_chrono LIKE '%00002'");
        await courrier.Database.ScalarAsync<object>("DELETE FROM ingestion.journal WHERE courrier_id = (SELECT id FROM ingestion.courriers WHERE numero_chrono LIKE '%00001')");
        await courrier.Database.ScalarAsync<object>("DELETE FROM ingestion.accuses WHERE courrier_id = (SELECT id FROM ingestion.courriers WHERE numero_chrono LIKE '%00003')");
        var files = Directory.EnumerateFiles(Path.Combine(courrier.Folder, "fichiers"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        File.Delete(files[0]);
        await File.WriteAllTextAsync(files[1], "autre chose");

        var breaches = await auditor.BreachesAsync();

        Assert.That(breaches, Has.Count.EqualTo(5));
        Assert.That(breaches, Has.One.StartsWith("a number is missing").And.One.StartsWith("a registration has no line").And.One.StartsWith("a courrier has neither"));
        Assert.That(breaches, Has.One.EndsWith("is missing").And.One.Contains("has the content of"));
    }

    [Test]
    public async Task Auditor_AtRest_FindsNothing_ThenEachClockAndQueueThatIsWrong()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        var auditor = new Auditor(courrier.Database, courrier.Folder);
        for (var i = 0; i < 3; i++)
        {
            await RegisterAsync(courrier, $"Lettre {i}");
        }

        await Eventually.EventuallyAsync("the facts were never applied", async () => await auditor.IsAtRestAsync()
            && await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM portail.dossiers WHERE due_on IS NOT NULL") == 3);
        Assert.That(await auditor.BreachesAtRestAsync(), Is.Empty);

        await courrier.Database.ScalarAsync<object>(
            """
            DELETE FROM echeances.etapes WHERE courrier_id = (SELECT id FROM ingestion.courriers WHERE rang = 1);
            DELETE FROM echeances.horloges WHERE courrier_id = (SELECT id FROM ingestion.courriers WHERE rang = 1);
            DELETE FROM portail.dossiers WHERE courrier_id = (SELECT id FROM ingestion.courriers WHERE rang = 2);
            UPDATE echeances.etapes SET etat = 'Declenchee', fired_at = now()
            WHERE id = (SELECT id FROM echeances.etapes WHERE etat = 'Prevue' AND prevue_le > current_date + 1 ORDER BY prevue_le DESC LIMIT 1);
            INSERT INTO messagerie.outbox (message_id, type, payload, not_before) VALUES (gen_random_uuid(), 'essai', '{}', now() + interval '1 day');
            INSERT INTO messagerie.livraisons (message_id, consumer, attempts, not_before) VALUES (gen_random_uuid(), 'essai', 1, now() + interval '1 day');
            INSERT INTO messagerie.echecs (id, message_id, consumer, type, payload, erreur, attempts, failed_at)
            VALUES (gen_random_uuid(), gen_random_uuid(), 'essai', 'essai', '{}', 'essai', 6, now());
            INSERT INTO messagerie.courriels_sortants (id, cle, kind, reference, etat, attempts, not_before, created_at, data_started)
            VALUES (gen_random_uuid(), 'essai', 'essai', '', 'AEnvoyer', 0, now() + interval '1 day', now(), false);
            """);

        var breaches = await auditor.BreachesAtRestAsync();

        Assert.That(breaches, Has.Count.EqualTo(8), string.Join('\n', breaches));
        Assert.That(breaches, Has.One.StartsWith("a courrier that awaits an answer has no due date").And.One.StartsWith("a courrier has no dossier").And.One.StartsWith("a step has fired"));
        Assert.That(breaches, Has.One.StartsWith("a fact has not left").And.One.StartsWith("a delivery waits").And.One.StartsWith("a delivery failed").And.One.StartsWith("a message has not been sent"));
        Assert.That(breaches, Has.One.StartsWith("the owner of a message has not been told"));
        Assert.That(await auditor.IsAtRestAsync(), Is.False);
    }

    [Test]
    public async Task Auditor_OnMailSent_SeesDoublesLossesAndTooMuchDoubt()
    {
        await using var courrier = await RunningCourrier.StartAsync(new Dictionary<string, string?> { ["Courriel:Poll"] = "01:00:00" });
        var auditor = new Auditor(courrier.Database, courrier.Folder);
        await courrier.Database.ScalarAsync<object>(
            """
            INSERT INTO messagerie.courriels_sortants (id, cle, kind, reference, etat, attempts, not_before, created_at, data_started, message_id)
            SELECT gen_random_uuid(), etat || n, 'essai', '', etat, 1, now() + interval '1 day', now(), false, '<' || etat || n || '@essais>'
            FROM unnest(ARRAY['Accepte', 'Incertain', 'Refuse']) AS etat, generate_series(1, 2) AS n
            """);

        Assert.That(
            await auditor.BreachesOfSendingAsync([Received("Accepte1"), Received("Accepte2"), Received("Incertain1")], cutsInData: 2),
            Is.Empty);
        Assert.That(
            await auditor.BreachesOfSendingAsync([Received("Accepte1"), Received("Accepte1"), Received("Refuse1")], cutsInData: 1),
            Has.Count.EqualTo(4));
    }

    private static SmtpReceived Received(string id) =>
        new("", ["a@b.example"], Encoding.UTF8.GetBytes($"Message-ID: <{id}@essais>\r\nSubject: x\r\n\r\nx\r\n"));

    private static async Task RegisterAsync(RunningCourrier courrier, string objet)
    {
        await using var scope = courrier.Scope();
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(objet));
        var fichier = await scope.ServiceProvider.GetRequiredService<IFileStore>().StoreAsync(content, 1000, CancellationToken.None);
        var outcome = await scope.ServiceProvider.GetRequiredService<RegisterCourrier>().ExecuteAsync(
            new RegisterCourrier.Demande
            {
                Acteur = "essais",
                Origine = OrigineEnregistrement.Saisie,
                CleIdempotence = Guid.NewGuid().ToString(),
                Canal = Canal.Lettre,
                RecuLe = await scope.ServiceProvider.GetRequiredService<SiteCourant>().TodayAsync(CancellationToken.None),
                Objet = objet,
                Nom = "Association des riverains",
                Categorie = CategorieExpediteur.Association,
                Pieces = [new RegisterCourrier.PieceDemandee(fichier, "scan.txt", RolePiece.Document)],
            },
            CancellationToken.None);
        Assert.That(outcome, Is.TypeOf<RegisterCourrier.Outcome.Registered>());
    }
}
