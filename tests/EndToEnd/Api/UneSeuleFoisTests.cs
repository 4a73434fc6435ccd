using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SuiviCourrier.ServiceDefaults.Idempotence;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Processes;
using static SuiviCourrier.EndToEnd.Api.ApiTests;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.EndToEnd.Api;

/// <summary>One effect for one key, whatever is sent twice, at once, or across the death of the process; and a feed that misses no commit.</summary>
public sealed class UneSeuleFoisTests
{
    [Test]
    public async Task Twins_SentAtOnce_AreOneCourrierAndOneAnswer()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        using var http = (await ApiKey.CreateAsync(courrier)).Client(courrier.BaseAddress);
        var key = NewKey();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            using var response = await RegisterAsync(http, Letter(), key);
            return (Status: (int)response.StatusCode, Location: response.Headers.Location?.OriginalString, Body: await response.Content.ReadAsStringAsync());
        }));

        Assert.That(answers.Distinct().ToArray(), Has.Length.EqualTo(1), string.Join('\n', answers));
        Assert.That(answers[0].Status, Is.EqualTo(201));
        Assert.That(await courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.courriers"), Is.EqualTo(1));
        Assert.That(await courrier.Database.ScalarAsync<int>("SELECT dernier FROM ingestion.compteurs_chrono"), Is.EqualTo(1), "no number was lost");
    }

    [Test]
    public async Task Refusal_KeepsNothing_AndLeavesTheKeyToTheCorrectedRequest()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        using var http = (await ApiKey.CreateAsync(courrier)).Client(courrier.BaseAddress);
        var key = NewKey();
        using var refused = await RegisterAsync(http, Letter(service: "NULLE-PART"), key);

        using var corrected = await RegisterAsync(http, Letter(service: "DCL"), key);

        Assert.That(((int)refused.StatusCode, (int)corrected.StatusCode), Is.EqualTo((422, 201)));
    }

    [Test]
    public async Task Key_OfAnotherCaller_IsAnotherKey()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        using var first = (await ApiKey.CreateAsync(courrier)).Client(courrier.BaseAddress);
        using var second = (await ApiKey.CreateAsync(courrier)).Client(courrier.BaseAddress);
        var key = NewKey();

        using var one = await RegisterAsync(first, Letter(), key);
        using var other = await RegisterAsync(second, Letter(objet: "Autre"), key);

        Assert.That((int)other.StatusCode, Is.EqualTo(201));
        Assert.That(other.Headers.Location, Is.Not.EqualTo(one.Headers.Location));
    }

    [Test]
    public async Task Assignment_SentTwice_IsAssignedOnceAndAnsweredTheSame()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        using var http = (await ApiKey.CreateAsync(courrier)).Client(courrier.BaseAddress);
        using var registered = await RegisterAsync(http, Letter());
        var (path, key) = ($"{registered.Headers.Location}/affectation", NewKey());

        using var first = await PostAsync(http, path, """{"service":"DCL"}""", key);
        using var moved = await PostAsync(http, path, """{"service":"DDT","motif":"essai"}""");
        using var again = await PostAsync(http, path, """{ "service" : "DCL" }""", key);

        Assert.That((int)moved.StatusCode, Is.EqualTo(200), await moved.Content.ReadAsStringAsync());
        Assert.That(await again.Content.ReadAsStringAsync(), Is.EqualTo(await first.Content.ReadAsStringAsync()), "what it was, whatever has happened since");
        Assert.That(await courrier.Database.ScalarAsync<string>("SELECT service_instructeur_code FROM portail.dossiers"), Is.EqualTo("DDT"));
    }

    /// <summary>The caller never hears the answer: it was killed with the process, after the commit.</summary>
    [Test]
    public async Task Registration_CommittedByAProcessKilledBeforeItAnswers_IsTheSameCourrierWhenSentAgain()
    {
        await using var installation = await Installation.CreateAsync();
        var apiKey = await ApiKey.CreateAsync(installation);
        for (var round = 1; round <= 3; round++)
        {
            await installation.StartAsync();
            var key = NewKey();
            var json = Letter();
            using var deaf = new TcpClient();
            await deaf.ConnectAsync(installation.BaseAddress.Host, installation.BaseAddress.Port);
            await deaf.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /api/v1/courriers HTTP/1.1\r\nHost: courrier\r\nAuthorization: Bearer {apiKey.Secret}\r\nIdempotency-Key: {key}\r\n"
                + $"Content-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}"));
            var count = round;
            await EventuallyAsync(
                "the registration was never committed",
                async () => await installation.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.courriers") == count);
            await installation.KillAsync();

            await installation.StartAsync();
            using var http = apiKey.Client(installation.BaseAddress);
            using var again = await RegisterAsync(http, Letter(), key);

            Assert.That((int)again.StatusCode, Is.EqualTo(201), await again.Content.ReadAsStringAsync());
            var id = JsonDocument.Parse(await again.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetGuid();
            Assert.That(await installation.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.courriers"), Is.EqualTo(round), "nothing was registered twice");
            Assert.That(await installation.Database.ScalarAsync<Guid>("SELECT id FROM ingestion.courriers ORDER BY rang DESC LIMIT 1"), Is.EqualTo(id));
            await installation.KillAsync();
        }
    }

    [Test]
    public async Task Purge_ForgetsWhatIsOlderThanNinetyDaysOnly()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        using var http = (await ApiKey.CreateAsync(courrier)).Client(courrier.BaseAddress);
        (await RegisterAsync(http, Letter(), "ancienne")).Dispose();
        (await RegisterAsync(http, Letter(), "recente")).Dispose();
        await courrier.Database.ScalarAsync<int>("UPDATE messagerie.cles_idempotence SET created_at = now() - interval '91 days' WHERE cle = 'ancienne'");
        await courrier.Database.ScalarAsync<int>("UPDATE messagerie.cles_idempotence SET created_at = now() - interval '89 days' WHERE cle = 'recente'");

        await using (var scope = courrier.Scope())
        {
            await scope.ServiceProvider.GetRequiredService<PurgeClesIdempotenceJob>().RunAsync(CancellationToken.None);
        }

        Assert.That(await courrier.Database.ScalarAsync<string>("SELECT string_agg(cle, ' ') FROM messagerie.cles_idempotence"), Is.EqualTo("recente"));
    }

    /// <summary>
    /// The older transaction commits after the younger one: a feed ordered by a sequence, or by the clock, would give the younger one, move on, and
    /// never give the older one.
    /// </summary>
    [Test]
    public async Task Feed_OfTwoTransactionsCommittedInReverseOrder_MissesNeither()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        using var http = (await ApiKey.CreateAsync(courrier)).Client(courrier.BaseAddress);
        var ids = new List<Guid>();
        for (var i = 0; i < 2; i++)
        {
            using var response = await RegisterAsync(http, Letter());
            ids.Add(Guid.Parse(response.Headers.Location!.OriginalString.Split('/')[^1]));
        }

        await courrier.UntilAtRestAsync();
        var start = "";
        var before = new HashSet<Guid>();
        await EventuallyAsync("the two courriers never came", async () =>
        {
            (var seen, start, _) = await ReadAsync(http, start);
            before.UnionWith(seen);
            return before.IsSupersetOf(ids);
        });
        await using var older = new NpgsqlConnection(courrier.Database.ConnectionStrings.Migration);
        await using var younger = new NpgsqlConnection(courrier.Database.ConnectionStrings.Migration);
        await older.OpenAsync();
        await younger.OpenAsync();
        await using var first = await older.BeginTransactionAsync();
        await using var second = await younger.BeginTransactionAsync();
        await TouchAsync(older, ids[0]);
        await TouchAsync(younger, ids[1]);
        await second.CommitAsync();
        var (between, cursorBetween, _) = await ReadAsync(http, start);
        await first.CommitAsync();

        var given = new List<Guid>(between);
        await EventuallyAsync("a change was never given", async () =>
        {
            var (seen, cursor, _) = await ReadAsync(http, cursorBetween);
            (given, cursorBetween) = ([.. given, .. seen], cursor);
            return given.ToHashSet().IsSupersetOf(ids);
        });

        Assert.That(between, Is.Empty, "nothing is given while an older transaction may still commit");
        Assert.That(given, Is.EqualTo(ids), "in the order of the transactions");
    }

    [Test]
    public async Task Feed_InSmallPages_GivesEverythingOnce()
    {
        await using var courrier = await RunningCourrier.StartAsync();
        using var http = (await ApiKey.CreateAsync(courrier)).Client(courrier.BaseAddress);
        for (var i = 0; i < 7; i++)
        {
            (await RegisterAsync(http, Letter())).Dispose();
        }

        await courrier.UntilAtRestAsync();
        List<Guid> all = [];
        await EventuallyAsync("the seven courriers were never given", async () =>
        {
            var (cursor, suite) = ("", true);
            all = [];
            while (suite)
            {
                (var seen, cursor, suite) = await ReadAsync(http, cursor, "&taille=3");
                all.AddRange(seen);
            }

            return all.Count >= 7;
        });

        Assert.That(all, Is.Unique);
        Assert.That(all, Has.Count.EqualTo(7));
    }

    private static async Task TouchAsync(NpgsqlConnection connection, Guid id)
    {
        await using var command = new NpgsqlCommand("UPDATE portail.dossiers SET stream_version = stream_version + 1 WHERE courrier_id = $1", connection) { Parameters = { new() { Value = id } } };
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<(List<Guid> Seen, string Cursor, bool Suite)> ReadAsync(HttpClient http, string cursor, string more = "")
    {
        var body = await http.GetStringAsync($"/api/v1/changements?{(cursor.Length == 0 ? "" : $"curseur={cursor}")}{more}");
        var page = JsonDocument.Parse(body).RootElement;
        return (
            [.. page.GetProperty("changements").EnumerateArray().Select(c => c.GetProperty("id").GetGuid())],
            page.GetProperty("curseur").GetString()!,
            page.GetProperty("suite").GetBoolean());
    }
}
