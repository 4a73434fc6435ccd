using System.Net;
using System.Text;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Processes;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.Host.Tests;

/// <summary>What leaves towards a monitoring tool, and what is written to the log: enough to follow a letter, nothing about its sender.</summary>
public sealed class TelemetryTests
{
    private const string Marker = "Zwiqvrak";
    private OtlpCollector _collector = null!;
    private Installation _installation = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _collector = await OtlpCollector.StartAsync();
        _installation = await Installation.CreateAsync(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Endpoint.ToString(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
            ["Logging:LogLevel:Default"] = "Debug",
            ["Logging:LogLevel:SuiviCourrier"] = "Trace",
        });
        await _installation.StartAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _installation.DisposeAsync();
        await _collector.DisposeAsync();
    }

    [Test]
    public async Task Registration_IsOneTraceToItsConsumers_AndNothingPersonalLeaves()
    {
        using var guichet = await SignedInClient.CreateAsync(_installation, RoleAgent.BureauOrdre, "SGCD", $"Camille {Marker}");
        await guichet.SignInAsync();
        using var registered = await guichet.UploadAsync("/enregistrer", Letter(), "Scans", $"{Marker}.pdf", Encoding.ASCII.GetBytes($"%PDF-1.7\n{Marker}"));
        Assert.That(registered.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await registered.Content.ReadAsStringAsync());
        await guichet.ReadAsync(registered.Headers.Location!.ToString());
        await guichet.GetAsync($"/registre?q={Marker}");
        using var suivi = await _installation.Http.GetAsync($"/suivi/{Marker}");
        Assert.That(suivi.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), "the address of a follow-up page is a secret");
        using var stranger = SignedInClient.Anonymous(_installation.BaseAddress, $"{Marker}@essais.invalid");
        using var mistaken = await stranger.SignInAsync(Marker);
        Assert.That(mistaken.StatusCode, Is.EqualTo(HttpStatusCode.OK), "the page says that it is wrong");
        await DropAMailAsync();

        await EventuallyAsync(
            "the mail was never registered",
            async () => await _installation.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.lecture_courriers WHERE canal <> 'Depot'") == 2);
        var auditor = new Auditor(_installation.Database, _installation.Folder);
        await EventuallyAsync("the queues never drained", auditor.IsAtRestAsync);
        string[] followed = ["echeances.follow-courrier.CourrierRegistered", "portail.copy-registration.CourrierRegistered", "portail.copy-echeance.EcheanceOpened"];
        await EventuallyAsync(
            $"the trace of the registration never held its consumers: {string.Join(", ", _collector.Spans.Select(s => s.Name).Distinct())}",
            () => Task.FromResult(TracesOf("POST enregistrer").Any(trace => followed.All(trace.Contains))));
        await EventuallyAsync("no measure of the pages ever came", () => Task.FromResult(_collector.Metrics.Contains("http.server.request.duration")));
        Assert.That(_collector.Metrics, Has.Some.StartsWith("db.client").Or.Some.StartsWith("npgsql"));
        Assert.That(_collector.Spans.Select(s => s.Name), Has.None.Contains("sante"), "probes are not traced");

        Assert.That(registered.Headers.Location.ToString(), Does.Not.Contain(Marker).IgnoreCase);
        Assert.That(_collector.Received.Where(HoldsTheMarker).Select(Encoding.UTF8.GetString), Is.Empty);
        Assert.That(_installation.Output, Does.Not.Contain(Marker).IgnoreCase);
        Assert.That(_installation.Output, Does.Contain("SuiviCourrier."), "nothing was logged: nothing was looked at");
    }

    [Test]
    public async Task Requests_OfAProgram_LeaveNeitherItsKeyNorAnythingPersonal()
    {
        var key = await ApiKey.CreateAsync(_installation);
        using var http = key.Client(_installation.BaseAddress);
        using var letter = new MultipartFormDataContent
        {
            {
                new StringContent(
                    $$"""{"canal":"depot","recu_le":"2026-05-06","objet":"Demande de {{Marker}}","expediteur_nom":"{{Marker}}","expediteur_adresse":"{{Marker}}"}""", Encoding.UTF8, "application/json"),
                "courrier"
            },
            { new ByteArrayContent(Encoding.ASCII.GetBytes($"%PDF-1.7\n{Marker}")), "document", $"{Marker}.pdf" },
        };
        letter.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());

        using var registered = await http.PostAsync("/api/v1/courriers", letter);
        Assert.That((int)registered.StatusCode, Is.EqualTo(201), await registered.Content.ReadAsStringAsync());
        await http.GetStringAsync(registered.Headers.Location);
        using var mistaken = await http.GetAsync($"/api/v1/courriers?service={Marker}");
        using var refused = await new ApiKey(Guid.Empty, key.Secret[..^1] + "!").Client(_installation.BaseAddress).GetAsync("/api/v1/courriers");

        Assert.That(((int)mistaken.StatusCode, (int)refused.StatusCode), Is.EqualTo((400, 401)));
        await EventuallyAsync(
            $"no trace of the API ever came: {string.Join(", ", _collector.Spans.Select(s => s.Name).Distinct())}",
            () => Task.FromResult(_collector.Spans.Any(s => s.Name.Contains("api/v1/courriers/{id", StringComparison.Ordinal))));
        Assert.That(_collector.Received.Where(HoldsTheMarker).Select(Encoding.UTF8.GetString), Is.Empty);
        Assert.That(_collector.Received.Where(r => Encoding.UTF8.GetString(r).Contains(key.Secret[..^1], StringComparison.Ordinal)), Is.Empty);
        Assert.That(_installation.Output, Does.Not.Contain(Marker).IgnoreCase.And.Not.Contain(key.Secret[..^1]));
    }

    private static Dictionary<string, string?> Letter() => new()
    {
        ["Objet"] = $"Demande de {Marker}",
        ["Nom"] = $"Claire {Marker}",
        ["Categorie"] = "Particulier",
        ["Courriel"] = $"{Marker}@exemple.invalid",
        ["Adresse"] = $"3 rue {Marker}\n37000 TOURS",
        ["Remarques"] = $"Voir {Marker}",
    };

    private async Task DropAMailAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_installation.Folder, "courriels-entrants", "contact")).FullName;
        var unfinished = Path.Combine(folder, $".{Marker}.eml");
        await File.WriteAllTextAsync(
            unfinished,
            $"From: Claire {Marker} <{Marker}@exemple.invalid>\r\nTo: contact@indre-et-loire.invalid\r\nMessage-ID: <{Marker}@exemple.invalid>\r\nSubject: Plainte {Marker}\r\n\r\nBonjour, {Marker}.\r\n");
        File.Move(unfinished, Path.Combine(folder, $"{Marker}.eml"));
    }

    private IEnumerable<HashSet<string>> TracesOf(string name)
    {
        var spans = _collector.Spans;
        return spans.Where(s => s.Name == name).Select(root => spans.Where(s => s.TraceId == root.TraceId).Select(s => s.Name).ToHashSet());
    }

    private static bool HoldsTheMarker(byte[] export) => Encoding.UTF8.GetString(export).Contains(Marker, StringComparison.OrdinalIgnoreCase);
}
