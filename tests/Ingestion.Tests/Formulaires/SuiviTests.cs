using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Ingestion.Tests.Formulaires;

public sealed class SuiviTests
{
    private readonly Memoire _logs = new();
    private RunningCourrier _courrier = null!;

    [SetUp]
    public async Task StartAsync() => _courrier = await RunningCourrier.StartAsync(
        new Dictionary<string, string?> { ["Formulaire:SuivisParMinute"] = "12" },
        builder =>
        {
            builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
            builder.Services.AddSingleton<ILoggerProvider>(_logs);
        });

    [TearDown]
    public async Task StopAsync()
    {
        await _courrier.DisposeAsync();
        _logs.Dispose();
    }

    [TestCase("00000000000000000000000000", TestName = "Suivi_OfATokenNobodyHas_IsNotFound")]
    [TestCase("ARR-2026-00001", TestName = "Suivi_OfAChrono_IsNotFound")]
    [TestCase("x", TestName = "Suivi_OfNoToken_IsNotFound")]
    public async Task Suivi_Unknown_AnswersTheSameAndIsKeptNowhere(string jeton)
    {
        using var visiteur = new Visiteur(_courrier);
        await visiteur.SendAsync(Visiteur.Message());

        using var response = await visiteur.GetAsync($"/suivi/{jeton}");
        using var other = await visiteur.GetAsync("/suivi/zzzzzzzzzzzzzzzzzzzzzzzzzz");

        Assert.Multiple(async () =>
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(await other.Content.ReadAsStringAsync()));
            Assert.That(string.Join(' ', response.Headers.GetValues("Referrer-Policy")), Is.EqualTo("no-referrer"));
            Assert.That(response.Headers.CacheControl?.NoStore, Is.True);
            Assert.That(string.Join(' ', response.Headers.GetValues("X-Robots-Tag")), Does.Contain("noindex"));
        });
    }

    [TestCase("etat = 'Enregistre'", "Reçu")]
    [TestCase("etat = 'EnInstruction', service_instructeur_code = 'DDT'", "En cours", "Direction départementale des territoires")]
    [TestCase("etat = 'Repondu', repondu_le = '2026-11-20', clos_le = '2026-11-20'", "Répondu le vendredi 20 novembre 2026")]
    [TestCase("etat = 'ClasseSansSuite', clos_le = '2026-11-20', motif_cloture = 'SansObjet'", "Clos le vendredi 20 novembre 2026")]
    public async Task Suivi_OfEachState_SaysItInPlainWordsAndShowsNobody(string state, params string[] expected)
    {
        using var visiteur = new Visiteur(_courrier);
        var reply = await visiteur.SendAsync(Visiteur.Message());
        await Eventually.EventuallyAsync("the dossier never came", async () => await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM portail.dossiers") == 1);
        await _courrier.Database.RowsAsync($"UPDATE portail.dossiers SET {state}");

        using var response = await visiteur.GetAsync(reply.Suivi.ToUpperInvariant().Replace("/SUIVI/", "/suivi/", StringComparison.Ordinal));
        var page = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), "capitals, as copied from a letter");
        Assert.Multiple(() =>
        {
            foreach (var words in expected)
            {
                Assert.That(page, Does.Contain(words));
            }

            Assert.That(page, Does.Not.Contain("Amina").And.Not.Contain("amina.sow").And.Not.Contain("titre de séjour"));
            Assert.That(string.Join(' ', response.Headers.GetValues("Referrer-Policy")), Is.EqualTo("no-referrer"));
            Assert.That(response.Headers.CacheControl?.NoStore, Is.True);
        });
    }

    [Test]
    public async Task Suivi_AskedTooOften_IsAskedToWait()
    {
        using var visiteur = new Visiteur(_courrier);
        var statuses = new List<HttpStatusCode>();
        for (var n = 0; n < 14; n++)
        {
            using var response = await visiteur.GetAsync($"/suivi/{n}");
            statuses.Add(response.StatusCode);
        }

        Assert.That(statuses[0], Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(statuses[^1], Is.EqualTo(HttpStatusCode.TooManyRequests));
    }

    [Test]
    public async Task Token_AndPersonalData_StandInNoLogNorAuditNorMessage()
    {
        await _courrier.Database.ScalarAsync<int>(
            """
            CREATE TABLE messagerie.faits_vus (payload text);
            CREATE FUNCTION messagerie.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN INSERT INTO messagerie.faits_vus VALUES (NEW.payload); RETURN NEW; END $$;
            CREATE TRIGGER note AFTER INSERT ON messagerie.outbox FOR EACH ROW EXECUTE FUNCTION messagerie.note();
            """);
        using var visiteur = new Visiteur(_courrier);
        var reply = await visiteur.SendAsync(Visiteur.Message());
        await visiteur.ReadAsync(reply.Location!);
        var jeton = reply.Suivi["/suivi/".Length..];
        await _courrier.UntilAtRestAsync();

        Assert.That(_logs.Lines, Has.Some.Contain("Accepte"), "the logs are listened to");
        Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.faits_vus"), Is.Positive, "and the messages");
        Assert.Multiple(async () =>
        {
            Assert.That(_logs.Lines, Is.All.Not.Contain(jeton).And.All.Not.Contain("amina").And.All.Not.Contain("Amina"));
            Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.journal WHERE concat(objet, avant, apres, motif) LIKE '%' || $1 || '%'", jeton), Is.Zero);
            Assert.That(await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM messagerie.faits_vus WHERE payload ~* ('amina|' || $1)", jeton), Is.Zero);
        });
    }

    private sealed class Memoire : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}
