using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Ingestion.Tests.Accuses;

/// <summary>What comes back to us joins the courrier it answers: by our signature, then by its references, then by the number a correspondent recalls.</summary>
public sealed class FilsTests
{
    private RunningCourrier _courrier = null!;
    private BoiteDepot _boite = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync(new Dictionary<string, string?>(BoiteDepot.Settings) { ["Courriel:AdresseEtiquetee"] = Courriels.Boite });
        _boite = new BoiteDepot(_courrier);
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _courrier.DisposeAsync();

    [Test]
    public async Task Acknowledgement_Leaving_CarriesItsTokenInItsThreePlaces()
    {
        var (_, accuse) = await AcknowledgedAsync();

        var jeton = accuse.MessageId!.Split('.', '@')[1];
        Assert.That(jeton, Has.Length.EqualTo(JetonsCourriel.Longueur));
        Assert.That(accuse.ReplyTo.Mailboxes.Single().Address, Is.EqualTo($"contact+r.{jeton}@indre-et-loire.invalid"));
        Assert.That(accuse.Headers["Return-Path"], Is.EqualTo($"<contact+n.{jeton}@indre-et-loire.invalid>"));
        Assert.That(accuse.Headers["Auto-Submitted"], Is.EqualTo("auto-replied"));
    }

    [Test]
    public async Task Reply_ToTheTaggedAddress_WithoutAnyReference_JoinsItsCourrier()
    {
        var (courrierId, accuse) = await AcknowledgedAsync();

        await ReplyAsync($"From: quelquun@ailleurs.example\nTo: {accuse.ReplyTo.Mailboxes.Single().Address.ToUpperInvariant()}");

        await AttachedAsync(courrierId, "Reponse");
        await TacheAsync(courrierId, "EchangeRecu", 1);
        Assert.That(await _boite.CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE courrier_id = $1", courrierId), Is.EqualTo(1), "a reply is not acknowledged");
    }

    [Test]
    public async Task Reply_DeliveredToTheTaggedAddress_ButWrittenToAnother_JoinsItsCourrier()
    {
        var (courrierId, accuse) = await AcknowledgedAsync();

        await ReplyAsync($"From: quelquun@ailleurs.example\nDelivered-To: {accuse.ReplyTo.Mailboxes.Single().Address}\nTo: {Courriels.Boite}");

        await AttachedAsync(courrierId, "Reponse");
    }

    [Test]
    public async Task Token_ComesBeforeReferences()
    {
        var (first, accuse) = await AcknowledgedAsync();
        var (_, other) = await AcknowledgedAsync();

        await ReplyAsync($"To: {accuse.ReplyTo.Mailboxes.Single().Address}\nReferences: <{other.InReplyTo}>");

        await AttachedAsync(first, "Reponse");
    }

    [Test]
    public async Task Token_NotOfOurMaking_SaysNothing()
    {
        var (courrierId, accuse) = await AcknowledgedAsync();
        var address = accuse.ReplyTo.Mailboxes.Single().Address;
        var at = address.IndexOf('@', StringComparison.Ordinal);
        var forged = address[..(at - 3)] + (address[at - 3] == '0' ? '1' : '0') + address[(at - 2)..];

        await ReplyAsync($"From: quelquun@ailleurs.example\nTo: {forged}");

        Assert.That(await _boite.CountAsync("SELECT count(*) FROM ingestion.echanges WHERE courrier_id = $1", courrierId), Is.Zero);
    }

    [TestCase("claire", "", true, TestName = "Number in the subject: its correspondent goes on")]
    [TestCase("autre", "", false, TestName = "Number in the subject: anybody else writes a courrier of their own")]
    [TestCase("claire", "Authentication-Results: mx.invalid; dmarc=fail header.from=exemple.example", false, TestName = "Number in the subject: not for who pretends to be its correspondent")]
    public async Task Reply_WithTheNumberInItsSubject(string who, string headers, bool joins)
    {
        var from = $"claire.{Guid.NewGuid():N}@exemple.example";
        var (courrierId, _) = await AcknowledgedAsync(from);
        var chrono = await _courrier.Database.ScalarAsync<string>("SELECT numero_chrono FROM ingestion.courriers WHERE id = $1", courrierId);

        await ReplyAsync($"From: {(who == "claire" ? from : "autre@exemple.example")}\n{headers}".TrimEnd('\n'), subject: $"Suite de mon courrier {chrono!.ToLowerInvariant()}, merci");

        Assert.That(await _boite.CountAsync("SELECT count(*) FROM ingestion.echanges WHERE courrier_id = $1 AND kind = 'Reponse'", courrierId), Is.EqualTo(joins ? 1 : 0));
    }

    [TestCase("Réponse automatique : Nous avons bien reçu votre courrier", TestName = "Out of office without headers, to the envelope of ours")]
    [TestCase("Bonjour", TestName = "Anything written to the envelope of ours is a robot's")]
    public async Task OutOfOffice_ToTheEnvelopeAddress_IsFiledSilently(string subject)
    {
        var (courrierId, accuse) = await AcknowledgedAsync();

        await ReplyAsync($"From: quelquun@ailleurs.example\nTo: {accuse.Headers["Return-Path"]}", subject);

        await AttachedAsync(courrierId, "ReponseAutomatique");
        await _courrier.UntilAppliedAsync();
        await TacheAsync(courrierId, "EchangeRecu", 0);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Return_ToTheEnvelopeAddress_MarksTheMessageUndelivered_AndOpensATask(bool isReport)
    {
        var (courrierId, accuse) = await AcknowledgedAsync();
        var envelope = accuse.Headers["Return-Path"]!.Trim('<', '>');

        // The report names another Message-ID, as servers that write their own do; or there is none at all.
        var bytes = isReport
            ? System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(Courriels.Bounce("autre@relais.example")).Replace($"To: {Courriels.Boite}", $"To: {envelope}", StringComparison.Ordinal))
            : Courriels.Make($"From: MAILER-DAEMON@exemple.example\nReturn-Path: <>\nTo: {envelope}", subject: "Undelivered mail", text: "Boîte inconnue");
        await _boite.DroppedAndDoneAsync(bytes);

        await AttachedAsync(courrierId, "NonRemis");
        Assert.That(await _courrier.Database.ScalarAsync<string>("SELECT etat FROM ingestion.accuses WHERE courrier_id = $1", courrierId), Is.EqualTo("NonRemis"));
        Assert.That(await _boite.CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE courrier_id = $1 AND revenu_at IS NOT NULL", courrierId), Is.EqualTo(1));
        await TacheAsync(courrierId, "AdresseRefusee", 1);
    }

    /// <summary>A reply to a courrier already answered tells the agent, who decides: nothing reopens, no clock starts again.</summary>
    [Test]
    public async Task Reply_ToAnAnsweredCourrier_TellsTheAgent_AndChangesNothingElse()
    {
        var (courrierId, accuse) = await AcknowledgedAsync();
        await EventuallyAsync("The due date never came", async () => await ClockAsync(courrierId) is not null);
        await _courrier.UntilAppliedAsync();
        await _courrier.Database.ScalarAsync<object>("UPDATE portail.dossiers SET etat = 'Repondu', repondu_le = current_date WHERE courrier_id = $1", courrierId);
        var before = await ClockAsync(courrierId);

        await ReplyAsync($"In-Reply-To: <{accuse.MessageId}>");
        await _courrier.UntilAppliedAsync();

        await TacheAsync(courrierId, "EchangeRecu", 1);
        Assert.That(await _courrier.Database.ScalarAsync<string>("SELECT etat FROM portail.dossiers WHERE courrier_id = $1", courrierId), Is.EqualTo("Repondu"));
        Assert.That(await ClockAsync(courrierId), Is.EqualTo(before));
    }

    /// <summary>The correspondent's reader shows our answer below what it answers: the last message, in the thread of the first (RFC 5322 §3.6.4).</summary>
    [Test]
    public async Task Answer_SentFromHere_JoinsTheThreadOfWhatItAnswers()
    {
        using var agent = await SignedInClient.CreateAsync(_courrier, RoleAgent.Superviseur, "SG", "Marie Castel");
        var (courrierId, accuse) = await AcknowledgedAsync();
        var replyId = $"{Guid.NewGuid():N}@exemple.example";
        await ReplyAsync($"Message-ID: <{replyId}>\nIn-Reply-To: <{accuse.MessageId}>");
        await _courrier.UntilAppliedAsync();

        using var response = await agent.PostAsync($"/courriers/{courrierId}/repondre", new()
        {
            ["Fond"] = "SurLeFond",
            ["Mode"] = "Courriel",
            ["Destinataire"] = "claire@exemple.example",
            ["Objet"] = "Votre demande",
            ["Texte"] = "Voici notre réponse.",
        });

        var answer = await AnswerAsync(courrierId);
        Assert.That(answer.InReplyTo, Is.EqualTo(replyId));
        Assert.That(answer.References, Is.EqualTo(new[] { accuse.InReplyTo, replyId }));
        await ReplyAsync($"In-Reply-To: <{answer.MessageId}>");
        Assert.That(await _boite.CountAsync("SELECT count(*) FROM ingestion.echanges WHERE courrier_id = $1 AND kind = 'Reponse'", courrierId), Is.EqualTo(2), "what answers our answer joins too");
    }

    [Test]
    public async Task Tokens_OfTwoMessages_AreTwo_AndReadBackWhateverStandsAround()
    {
        var jetons = _courrier.App.Services.GetRequiredService<JetonsCourriel>();
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var (one, two) = (await jetons.OfAsync(first, CancellationToken.None), await jetons.OfAsync(second, CancellationToken.None));

        Assert.That(one, Is.Not.EqualTo(two).And.EqualTo(await jetons.OfAsync(first, CancellationToken.None)));
        Assert.That(
            await jetons.ReadAsync([$"accuse.{one}@x.example", $"contact+R.{two.ToUpperInvariant()}@x.example", "rien@x.example", one[1..] + "z"], CancellationToken.None),
            Is.EqualTo(new[] { first, second }));
    }

    private Task<string?> ClockAsync(Guid courrierId) => _courrier.Database.ScalarAsync<string>(
        "SELECT due_on::text || ' ' || coalesce(closed_on::text, '') FROM echeances.lecture_echeances WHERE courrier_id = $1 AND kind = 'Reponse'", courrierId);

    private Task ReplyAsync(string headers, string subject = "Ma réponse") =>
        _boite.DroppedAndDoneAsync(Courriels.Make(headers, subject: subject, text: $"Voici la suite {Guid.NewGuid()}"));

    private async Task AttachedAsync(Guid courrierId, string kind) => Assert.That(
        await _courrier.Database.RowsAsync("SELECT kind FROM ingestion.echanges WHERE courrier_id = $1", courrierId), Is.EqualTo(new[] { kind }));

    private Task TacheAsync(Guid courrierId, string kind, int expected) => EventuallyAsync(
        $"There never was {expected} task {kind}",
        async () => await _boite.CountAsync("SELECT count(*) FROM portail.taches WHERE courrier_id = $1 AND kind = $2 AND done_at IS NULL", courrierId, kind) == expected);

    private async Task<MimeMessage> AnswerAsync(Guid courrierId)
    {
        string? messageId = null;
        await EventuallyAsync("The answer never left", async () => (messageId = await _courrier.Database.ScalarAsync<string>(
            "SELECT message_id FROM messagerie.courriels_sortants WHERE courrier_id = $1 AND kind = 'reponse' AND etat = 'Accepte'", courrierId)) is not null);
        return await MimeMessage.LoadAsync(Path.Combine(_boite.SentFolder, $"{messageId}.eml"));
    }

    private async Task<(Guid CourrierId, MimeMessage Accuse)> AcknowledgedAsync(string? from = null)
    {
        var id = Guid.NewGuid().ToString("N");
        _boite.Drop(Courriels.Make($"From: {from ?? $"{id}@exemple.example"}", id: id));
        var courrierId = await _boite.CourrierOfAsync($"{id}@exemple.example");
        return (courrierId, await _boite.AccuseOfAsync(courrierId));
    }
}
