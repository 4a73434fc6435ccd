using System.Net;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Portail.Tests.Envois;

/// <summary>Outgoing mail that is stuck, as the mail room finds it. Nothing sends here: what is decided stays to be seen.</summary>
public sealed class EnvoisTests
{
    private const string Page = "/courriels-sortants";
    private RunningCourrier _courrier = null!;
    private SignedInClient _bureau = null!;
    private Guid _arrivee;

    [SetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync(new Dictionary<string, string?> { ["Courriel:EnParallele"] = "0" });
        _bureau = await SignedInClient.CreateAsync(_courrier, RoleAgent.BureauOrdre, "SGCD");
        _arrivee = (await new Arrivee { ServiceCode = "DCL-ETR" }.RegisterAsync(_courrier)).Id;
        await EventuallyAsync(
            "The courrier never reached the portal", async () => await CountAsync("SELECT count(*) FROM portail.dossiers WHERE courrier_id = $1", _arrivee) == 1);
        await _courrier.Database.ScalarAsync<object>("UPDATE messagerie.courriels_sortants SET etat = 'Supprime'");
    }

    [TearDown]
    public async Task StopAsync()
    {
        _bureau.Dispose();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task Waiting_SaysWhyAndUntilWhen_AndLeavesNowWhenAsked()
    {
        var differe = await StuckAsync("Differe", "Le serveur a répondu 451 : revenez plus tard", notBefore: "1 hour");
        await StuckAsync("AEnvoyer", null, notBefore: "1 hour"); // the digest of tonight is not stuck

        var page = await ReadAsync();
        Assert.That(page, Does.Contain("En attente (1)").And.Contain("451 : revenez plus tard").And.Contain("différé, sera retenté").And.Contain($"/courriers/{_arrivee}"));
        using var reply = await PostAsync("", "Renvoyer", ("Choisis", differe.ToString()));

        Assert.That(await ReadAsync(), Does.Contain("1 message repart"));
        Assert.That(await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE id = $1 AND etat = 'Differe' AND not_before <= now() + interval '1 second'", differe), Is.EqualTo(1));
        Assert.That(await CountAsync("SELECT count(*) FROM portail.journal WHERE action = 'DecideEnvois' AND courrier_id = $1", _arrivee), Is.EqualTo(1));
    }

    [Test]
    public async Task Refused_AllAtOnce_LeaveAgainOnce()
    {
        for (var n = 0; n < 3; n++)
        {
            await StuckAsync("Refuse", "Le serveur a répondu 550");
        }

        Assert.That(await ReadAsync("?Voir=refuses"), Does.Contain("Refusés (3)").And.Contain("Tout renvoyer"));
        var replies = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => PostAsync("?Voir=refuses", "Renvoyer", ("Tous", "true"))));

        Assert.That(replies.Select(r => r.StatusCode), Is.All.EqualTo(HttpStatusCode.Redirect));
        Assert.That(await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE etat = 'AEnvoyer' AND kind = 'essai' AND renvoye_at IS NOT NULL"), Is.EqualTo(3));
        Assert.That(await CountAsync("SELECT count(*) FROM portail.journal WHERE action = 'DecideEnvois'"), Is.EqualTo(3));
    }

    [Test]
    public async Task Uncertain_LeavesAgainOnlyWithAReasonAndAYes()
    {
        var id = await StuckAsync("Incertain", "Connexion perdue après l’envoi");
        Assert.That(await ReadAsync("?Voir=incertains"), Does.Contain("Renvoyés, ils peuvent arriver deux fois"));

        using var withoutYes = await PostAsync("?Voir=incertains", "Renvoyer", ("Choisis", id.ToString()), ("Motif", "Rien reçu"));
        using var withoutReason = await PostAsync("?Voir=incertains", "Renvoyer", ("Choisis", id.ToString()), ("AccepteDouble", "true"));
        using var withoutChoice = await PostAsync("?Voir=incertains", "Renvoyer", ("Motif", "x"), ("AccepteDouble", "true"));
        Assert.That(await HtmlAsync(withoutYes), Does.Match("id=\"AccepteDouble-erreurs\"[^>]*>\\s*<p[^>]*>Ces messages sont peut-être arrivés"));
        Assert.That(await HtmlAsync(withoutReason), Does.Match("id=\"Motif-erreurs\"[^>]*>\\s*<p"));
        Assert.That(await HtmlAsync(withoutChoice), Does.Contain("Cochez au moins un message"));
        Assert.That(await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE id = $1 AND etat = 'Incertain'", id), Is.EqualTo(1));

        using var done = await PostAsync("?Voir=incertains", "Renvoyer", ("Choisis", id.ToString()), ("AccepteDouble", "true"), ("Motif", "Mme Martin n’a rien reçu"));
        Assert.That(await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE id = $1 AND etat = 'AEnvoyer'", id), Is.EqualTo(1));
        Assert.That(await CountAsync("SELECT count(*) FROM portail.journal WHERE action = 'DecideEnvois' AND motif = 'Mme Martin n’a rien reçu'"), Is.EqualTo(1));
    }

    [Test]
    public async Task Refused_SeenToOtherwise_IsNotShownAnyMore_AndNeverLeaves()
    {
        var id = await StuckAsync("Refuse", "Le serveur a répondu 550");

        using var without = await PostAsync("?Voir=refuses", "Traiter", ("Choisis", id.ToString()));
        Assert.That(await HtmlAsync(without), Does.Match("id=\"Motif-erreurs\"[^>]*>\\s*<p"));
        using var done = await PostAsync("?Voir=refuses", "Traiter", ("Choisis", id.ToString()), ("Motif", "Écrit par la poste"));

        Assert.That(await ReadAsync("?Voir=refuses"), Does.Contain("Refusés (0)").And.Contain("Aucun courriel refusé"));
        Assert.That(await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE id = $1 AND etat = 'Refuse' AND traite_at IS NOT NULL", id), Is.EqualTo(1));
    }

    [Test]
    public async Task OfARestrictedCourrier_IsCountedAndNotNamed_NorDecided()
    {
        var secret = await new Arrivee { ServiceCode = "DDT", IsRestreint = true, Objet = "Affaire restreinte" }.RegisterAsync(_courrier);
        await _courrier.Database.ScalarAsync<object>("UPDATE messagerie.courriels_sortants SET etat = 'Supprime'");
        var id = await StuckAsync("Refuse", "Le serveur a répondu 550", courrierId: secret.Id);

        Assert.That(await ReadAsync("?Voir=refuses"), Does.Contain("1 autre message concerne un courrier").And.Not.Contain("Affaire restreinte").And.Contain("Refusés (0)"));
        using var reply = await PostAsync("?Voir=refuses", "Renvoyer", ("Choisis", id.ToString()));

        Assert.That(await CountAsync("SELECT count(*) FROM messagerie.courriels_sortants WHERE id = $1 AND etat = 'Refuse'", id), Is.EqualTo(1));
        using var superviseur = await SignedInClient.CreateAsync(_courrier, RoleAgent.Superviseur, "SGCD");
        Assert.That(WebUtility.HtmlDecode(await superviseur.ReadAsync($"{Page}?Voir=refuses")), Does.Contain("Affaire restreinte"));
    }

    private async Task<Guid> StuckAsync(string etat, string? detail, string notBefore = "0", Guid? courrierId = null)
    {
        var id = Guid.CreateVersion7();
        await _courrier.Database.ScalarAsync<object>(
            $"""
            INSERT INTO messagerie.courriels_sortants (id, cle, kind, courrier_id, reference, etat, attempts, not_before, created_at, data_started, detail, settled_at)
            VALUES ('{id}', 'essai:{id}', 'essai', '{courrierId ?? _arrivee}', '{id}', '{etat}', 3, now() + interval '{notBefore}', now() - interval '2 hours', false,
                {(detail is null ? "null" : $"'{detail}'")}, now())
            """);
        return id;
    }

    private async Task<HttpResponseMessage> PostAsync(string query, string handler, params (string Key, string Value)[] fields)
    {
        var form = new Dictionary<string, string?>();
        var token = SignedInClient.FieldsOf(await _bureau.ReadAsync("/enregistrer")).First(f => f.Key == "__RequestVerificationToken");
        form[token.Key] = token.Value;
        foreach (var (key, value) in fields)
        {
            form[key] = value;
        }

        return await _bureau.SendAsync($"{Page}{query}{(query.Length == 0 ? "?" : "&")}handler={handler}", form);
    }

    private async Task<string> ReadAsync(string query = "") => WebUtility.HtmlDecode(await _bureau.ReadAsync(Page + query));

    private static async Task<string> HtmlAsync(HttpResponseMessage response) => WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());

    private Task<long> CountAsync(string sql, params object[] values) => _courrier.Database.ScalarAsync<long>(sql, values);
}
