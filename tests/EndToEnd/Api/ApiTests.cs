using System.Text;
using System.Text.Json;
using SuiviCourrier.Presentation.Api;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.EndToEnd.Api;

/// <summary>
/// The API as its own document tells it: each operation and each problem it announces has a case here, sent over HTTP, and each answer is compared
/// with its schema. A case that is missing, or that the document does not announce, fails.
/// </summary>
public sealed class ApiTests
{
    private const string Json = "application/json";
    private static readonly byte[] s_pdf = Encoding.ASCII.GetBytes("%PDF-1.7\nUne lettre\n%%EOF");

    private RunningCourrier _courrier = null!;
    private JsonElement _document;
    private ApiKey _key = null!;
    private HttpClient _http = null!;
    private HttpClient _limited = null!;
    private HttpClient _revoked = null!;

    /// <summary>A request, and what the document says of its answer.</summary>
    private sealed record Case(string Operation, int Status, string? Code, Func<Task<HttpResponseMessage>> SendAsync);

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync();
        using var anyone = new HttpClient { BaseAddress = _courrier.BaseAddress };
        _document = JsonDocument.Parse(await anyone.GetStringAsync("/openapi/v1.json")).RootElement;
        _key = await ApiKey.CreateAsync(_courrier);
        _http = _key.Client(_courrier.BaseAddress);
        _limited = (await ApiKey.CreateAsync(_courrier, null, "DCL")).Client(_courrier.BaseAddress);
        _revoked = new ApiKey(Guid.Empty, "courrier_" + new string('A', 43)).Client(_courrier.BaseAddress);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _http.Dispose();
        _limited.Dispose();
        _revoked.Dispose();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task EveryOperation_AnswersAsTheDocumentSays()
    {
        var cases = await CasesAsync();
        var announced = Announced().ToHashSet();
        var shown = cases.Select(c => (c.Operation, c.Status, c.Code)).ToHashSet();
        Assert.Multiple(() =>
        {
            Assert.That(announced.Except(shown), Is.Empty, "announced by the document, and asked for by no case");
            Assert.That(shown.Except(announced), Is.Empty, "answered, and not announced by the document");
        });

        foreach (var one in cases)
        {
            using var response = await one.SendAsync();
            var name = $"{one.Operation} {one.Status} {one.Code}";
            var body = await response.Content.ReadAsStringAsync();
            Assert.That((int)response.StatusCode, Is.EqualTo(one.Status), $"{name}\n{body}");
            if (one.Operation == "lire_piece" && one.Code is null)
            {
                Assert.That(body, Is.EqualTo(Encoding.ASCII.GetString(s_pdf)));
                continue;
            }

            var media = response.Content.Headers.ContentType!.MediaType!;
            Assert.That(media, Is.EqualTo(one.Code is null ? Json : "application/problem+json"), name);
            var answer = JsonDocument.Parse(body).RootElement;
            var schema = ResponseOf(one.Operation, one.Status).GetProperty("content").GetProperty(media).GetProperty("schema");
            Assert.That(new Schema(_document).Differences(schema, answer), Is.Empty, $"{name}\n{body}");
            if (one.Code is not null)
            {
                Assert.That(answer.GetProperty("code").GetString(), Is.EqualTo(one.Code), $"{name}\n{body}");
            }
        }
    }

    [Test]
    public void Document_NamesTheOperationsThatKeysName_AndDescribesThem()
    {
        Assert.That(Operations().Keys, Is.EquivalentTo(OperationApi.Toutes.Select(o => o.Nom)));
        Assert.That(_document.GetProperty("openapi").GetString(), Does.StartWith("3."));
        Assert.That(_document.GetProperty("components").GetProperty("securitySchemes").EnumerateObject().Single().Value.GetProperty("scheme").GetString(), Is.EqualTo("bearer"));
        foreach (var (name, operation) in Operations())
        {
            Assert.That(operation.GetProperty("summary").GetString(), Has.Length.GreaterThan(5), name);
            Assert.That(operation.GetProperty("responses").EnumerateObject().All(r => r.Value.GetProperty("description").GetString()!.Length > 5), Is.True, name);
        }
    }

    [Test]
    public void Examples_KeepTheirOwnSchemas()
    {
        var schema = new Schema(_document);
        var checkedCount = 0;
        foreach (var (name, operation) in Operations())
        {
            var contents = operation.GetProperty("responses").EnumerateObject().Select(r => r.Value)
                .Concat(operation.TryGetProperty("requestBody", out var body) ? [body] : [])
                .Where(r => r.TryGetProperty("content", out _)).SelectMany(r => r.GetProperty("content").EnumerateObject().Select(c => c.Value));
            foreach (var content in contents)
            {
                var examples = content.TryGetProperty("examples", out var several) ? several.EnumerateObject().Select(e => e.Value.GetProperty("value"))
                    : content.TryGetProperty("example", out var one) ? [one] : [];
                foreach (var example in examples)
                {
                    Assert.That(schema.Differences(content.GetProperty("schema"), example), Is.Empty, name);
                    checkedCount++;
                }
            }
        }

        Assert.That(checkedCount, Is.GreaterThan(20));
    }

    private Dictionary<string, JsonElement> Operations() => _document.GetProperty("paths").EnumerateObject()
        .SelectMany(p => p.Value.EnumerateObject())
        .Where(o => o.Value.ValueKind == JsonValueKind.Object && o.Value.TryGetProperty("operationId", out _))
        .ToDictionary(o => o.Value.GetProperty("operationId").GetString()!, o => o.Value);

    private JsonElement ResponseOf(string operation, int status) => Operations()[operation].GetProperty("responses").GetProperty($"{status}");

    private IEnumerable<(string Operation, int Status, string? Code)> Announced()
    {
        foreach (var (name, operation) in Operations())
        {
            foreach (var response in operation.GetProperty("responses").EnumerateObject())
            {
                var status = int.Parse(response.Name);
                var problems = response.Value.GetProperty("content").EnumerateObject().Single().Value.TryGetProperty("examples", out var examples)
                    ? examples.EnumerateObject().Select(e => (string?)e.Name) : [null];
                foreach (var code in problems)
                {
                    yield return (name, status, code);
                }
            }
        }
    }

    private async Task<List<Case>> CasesAsync()
    {
        var registered = await RegisteredAsync();
        var (id, piece) = (registered.GetProperty("id").GetString()!, registered.GetProperty("pieces")[0].GetProperty("id").GetString()!);
        var paths = new Dictionary<string, (HttpMethod Method, string Path)>
        {
            ["enregistrer_courrier"] = (HttpMethod.Post, "/api/v1/courriers"),
            ["lister_courriers"] = (HttpMethod.Get, "/api/v1/courriers?taille=1"),
            ["lire_courrier"] = (HttpMethod.Get, $"/api/v1/courriers/{id}"),
            ["lire_piece"] = (HttpMethod.Get, $"/api/v1/courriers/{id}/pieces/{piece}"),
            ["affecter_courrier"] = (HttpMethod.Post, $"/api/v1/courriers/{id}/affectation"),
            ["enregistrer_reponse"] = (HttpMethod.Post, $"/api/v1/courriers/{id}/reponses"),
            ["suivre_changements"] = (HttpMethod.Get, "/api/v1/changements"),
        };
        var cases = new List<Case>();
        foreach (var (operation, (method, path)) in paths)
        {
            var allowedButThis = (await ApiKey.CreateAsync(_courrier, [.. OperationApi.Toutes.Select(o => o.Nom).Where(o => o != operation)])).Client(_courrier.BaseAddress);
            cases.Add(new(operation, 401, "cle-absente", async () =>
            {
                using var http = new HttpClient { BaseAddress = _courrier.BaseAddress };
                return await http.SendAsync(new HttpRequestMessage(method, path));
            }));
            cases.Add(new(operation, 401, "cle-refusee", () => _revoked.SendAsync(new HttpRequestMessage(method, path))));
            cases.Add(new(operation, 403, "operation-hors-cle", () => allowedButThis.SendAsync(new HttpRequestMessage(method, path))));
        }

        cases.AddRange(ReadingCases(paths, id));
        cases.AddRange(RegisteringCases());
        cases.AddRange(await AssigningCasesAsync(id));
        cases.AddRange(await AnsweringCasesAsync());
        cases.AddRange(FailingCases([.. cases.Where(c => c.Code is null)]));
        return cases;
    }

    /// <summary>What each operation answers when the failure is ours: they come last, nothing works after them.</summary>
    private IEnumerable<Case> FailingCases(IEnumerable<Case> succeeding) => succeeding.Select(s => s with
    {
        Status = 500,
        Code = "erreur-interne",
        SendAsync = async () =>
        {
            // Renamed, not dropped: to drop a schema locks table after table, and meets whoever reads them in another order.
            await _courrier.Database.ScalarAsync<int>(
                """
                DO $$ BEGIN
                    IF to_regnamespace('ingestion') IS NOT NULL THEN
                        ALTER SCHEMA ingestion RENAME TO perdue;
                        ALTER TABLE portail.dossiers RENAME TO perdus;
                    END IF;
                END $$
                """);
            return await s.SendAsync();
        },
    });

    private IEnumerable<Case> ReadingCases(Dictionary<string, (HttpMethod Method, string Path)> paths, string id)
    {
        foreach (var operation in (string[])["lister_courriers", "lire_courrier", "lire_piece", "suivre_changements"])
        {
            yield return new(operation, 200, null, () => _http.GetAsync(paths[operation].Path));
        }

        yield return new("lire_courrier", 404, "courrier-introuvable", () => _http.GetAsync($"/api/v1/courriers/{Guid.NewGuid()}"));
        yield return new("lire_piece", 404, "piece-introuvable", () => _http.GetAsync($"/api/v1/courriers/{id}/pieces/{Guid.NewGuid()}"));
        yield return new("lire_piece", 403, "piece-infectee", async () =>
        {
            var other = await RegisteredAsync();
            var piece = other.GetProperty("pieces")[0].GetProperty("id").GetString()!;
            await _courrier.Database.ScalarAsync<Guid>(
                "UPDATE ingestion.pieces SET etat_analyse = 'Infectee', analysee_le = now(), signature = 'Essai' WHERE id = $1 RETURNING id", Guid.Parse(piece));
            return await _http.GetAsync($"/api/v1/courriers/{other.GetProperty("id").GetString()}/pieces/{piece}");
        });
        yield return new("lister_courriers", 400, "demande-mal-formee", () => _http.GetAsync("/api/v1/courriers?echeance_avant=22/05/2026"));
        yield return new("lister_courriers", 400, "curseur-illisible", () => _http.GetAsync("/api/v1/courriers?curseur=nimporte"));
        yield return new("lister_courriers", 400, "curseur-d-une-autre-demande", async () => await _http.GetAsync($"/api/v1/courriers?ouverts=true&curseur={await CursorAsync()}"));
        yield return new("suivre_changements", 400, "demande-mal-formee", () => _http.GetAsync("/api/v1/changements?taille=0"));
        yield return new("suivre_changements", 400, "curseur-illisible", () => _http.GetAsync("/api/v1/changements?curseur=@@"));
        yield return new("suivre_changements", 410, "curseur-perime", () => _http.GetAsync($"/api/v1/changements?curseur={CurseurApi.Write("suivre_changements 1/1/1", $"7_{Guid.NewGuid()}")}"));
    }

    private async Task<string> CursorAsync()
    {
        foreach (var _ in (int[])[1, 2])
        {
            await RegisteredAsync();
        }

        var cursor = "";
        await EventuallyAsync("a second page never came", async () =>
        {
            var page = JsonDocument.Parse(await _http.GetStringAsync("/api/v1/courriers?taille=1")).RootElement;
            cursor = page.TryGetProperty("suivant", out var next) ? next.GetString() ?? "" : "";
            return cursor.Length > 0;
        });
        return cursor;
    }

    private IEnumerable<Case> RegisteringCases()
    {
        const string Operation = "enregistrer_courrier";
        yield return new(Operation, 201, null, () => RegisterAsync(_http, Letter()));
        yield return new(Operation, 400, "demande-mal-formee", () => PostAsync(_http, "/api/v1/courriers", """{"canal":"lettre","recu_le":"06/05/2026"}"""));
        yield return new(Operation, 400, "cle-idempotence-absente", () => _http.PostAsync("/api/v1/courriers", JsonOf(Letter())));
        yield return new(Operation, 403, "service-hors-cle", () => RegisterAsync(_limited, Letter(service: "DDT")));
        yield return new(Operation, 409, "cle-idempotence-ancienne", async () =>
        {
            var key = NewKey();
            (await RegisterAsync(_http, Letter(), key)).Dispose();
            await _courrier.Database.ScalarAsync<int>($"DELETE FROM messagerie.cles_idempotence WHERE cle = '{key}'");
            return await RegisterAsync(_http, Letter(), key);
        });
        yield return new(Operation, 413, "trop-gros", () => PostAsync(_http, "/api/v1/courriers", $$"""{"objet":"{{new string('a', 2 * 1024 * 1024)}}"}"""));
        yield return new(Operation, 415, "type-de-contenu", () => PostAsync(_http, "/api/v1/courriers", "<courrier/>", media: "application/xml"));
        yield return new(Operation, 422, "champs-refuses", () => RegisterAsync(_http, Letter(service: "NULLE-PART")));
        yield return new(Operation, 422, "cle-idempotence-autre-demande", async () =>
        {
            var key = NewKey();
            (await RegisterAsync(_http, Letter(), key)).Dispose();
            return await RegisterAsync(_http, Letter(objet: "Autre chose"), key);
        });
    }

    private async Task<IEnumerable<Case>> AssigningCasesAsync(string id)
    {
        const string Operation = "affecter_courrier";
        var path = $"/api/v1/courriers/{id}/affectation";
        var closed = await ClosedAsync();
        var own = (await RegisteredAsync(service: "DCL-ETR")).GetProperty("id").GetString();
        return
        [
            new(Operation, 200, null, () => PostAsync(_http, path, """{"service":"DCL-ETR","motif":"essai"}""")),
            new(Operation, 400, "demande-mal-formee", () => PostAsync(_http, path, """{"service":"DCL-ETR","urgent":true}""")),
            new(Operation, 400, "cle-idempotence-absente", () => _http.PostAsync(path, JsonOf("""{"service":"DCL"}"""))),
            new(Operation, 403, "service-hors-cle", () => PostAsync(_limited, $"/api/v1/courriers/{own}/affectation", """{"service":"DDT","motif":"essai"}""")),
            new(Operation, 404, "courrier-introuvable", () => PostAsync(_http, $"/api/v1/courriers/{Guid.NewGuid()}/affectation", """{"service":"DCL"}""")),
            new(Operation, 409, "courrier-clos", () => PostAsync(_http, $"/api/v1/courriers/{closed}/affectation", """{"service":"DCL","motif":"essai"}""")),
            new(Operation, 409, "modifie-entre-temps", () => PostAsync(_http, path, """{"service":"DDT","motif":"essai","version":999}""")),
            new(Operation, 413, "trop-gros", () => PostAsync(_http, path, $$"""{"motif":"{{new string('a', 2 * 1024 * 1024)}}"}""")),
            new(Operation, 415, "type-de-contenu", () => PostAsync(_http, path, "service=DCL", media: "application/x-www-form-urlencoded")),
            new(Operation, 422, "champs-refuses", () => PostAsync(_http, path, """{"service":"NULLE-PART","motif":"essai"}""")),
            new(Operation, 422, "cle-idempotence-autre-demande", async () =>
            {
                var key = NewKey();
                (await PostAsync(_http, path, """{"service":"DCL-NAT","motif":"essai"}""", key)).Dispose();
                return await PostAsync(_http, path, """{"service":"DDT","motif":"essai"}""", key);
            }),
        ];
    }

    private async Task<IEnumerable<Case>> AnsweringCasesAsync()
    {
        const string Operation = "enregistrer_reponse";
        const string Held = """{"mode":"telephone","sur_le_fond":false,"personne":"Claire Essai","texte":"Rappelée"}""";
        var path = $"/api/v1/courriers/{(await RegisteredAsync()).GetProperty("id")}/reponses";
        var closed = await ClosedAsync();
        return
        [
            new(Operation, 201, null, () => PostAsync(_http, path, Held)),
            new(Operation, 400, "demande-mal-formee", () => PostAsync(_http, path, """{"mode":"pigeon"}""")),
            new(Operation, 400, "cle-idempotence-absente", () => _http.PostAsync(path, JsonOf(Held))),
            new(Operation, 404, "courrier-introuvable", () => PostAsync(_http, $"/api/v1/courriers/{Guid.NewGuid()}/reponses", Held)),
            new(Operation, 409, "courrier-clos", () => PostAsync(_http, $"/api/v1/courriers/{closed}/reponses", Held)),
            new(Operation, 409, "modifie-entre-temps", () => PostAsync(_http, path, Held.Replace("{", """{"version":999,""", StringComparison.Ordinal))),
            new(Operation, 413, "trop-gros", () => PostAsync(_http, path, $$"""{"texte":"{{new string('a', 2 * 1024 * 1024)}}"}""")),
            new(Operation, 415, "type-de-contenu", () => PostAsync(_http, path, Held, media: "text/plain")),
            new(Operation, 422, "champs-refuses", () => PostAsync(_http, path, """{"mode":"telephone","sur_le_fond":true}""")),
            new(Operation, 422, "cle-idempotence-autre-demande", async () =>
            {
                var key = NewKey();
                (await PostAsync(_http, path, Held, key)).Dispose();
                return await PostAsync(_http, path, Held.Replace("Rappelée", "Autre", StringComparison.Ordinal), key);
            }),
        ];
    }

    private async Task<JsonElement> RegisteredAsync(string? service = null)
    {
        using var content = new MultipartFormDataContent { { JsonOf(Letter(service)), "courrier" }, { new ByteArrayContent(s_pdf), "document", "lettre.pdf" } };
        using var response = await SendAsync(_http, "/api/v1/courriers", content, NewKey());
        Assert.That((int)response.StatusCode, Is.EqualTo(201), await response.Content.ReadAsStringAsync());
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    private async Task<string> ClosedAsync()
    {
        var id = (await RegisteredAsync()).GetProperty("id").GetString()!;
        using var answered = await PostAsync(_http, $"/api/v1/courriers/{id}/reponses", """{"mode":"lettre","sur_le_fond":true,"texte":"Accordé"}""");
        Assert.That((int)answered.StatusCode, Is.EqualTo(201), await answered.Content.ReadAsStringAsync());
        return id;
    }

    internal static string Letter(string? service = null, string objet = "Demande de rendez-vous") =>
        $$"""{"canal":"lettre","recu_le":"2026-05-06","objet":"{{objet}}","expediteur_nom":"Claire Essai","expediteur_courriel":"claire@exemple.invalid"{{(service is null ? "" : $",\"service\":\"{service}\"")}}}""";

    internal static string NewKey() => Guid.NewGuid().ToString();

    internal static StringContent JsonOf(string json, string media = Json) => new(json, Encoding.UTF8, media);

    internal static Task<HttpResponseMessage> RegisterAsync(HttpClient http, string json, string? key = null) => PostAsync(http, "/api/v1/courriers", json, key);

    internal static Task<HttpResponseMessage> PostAsync(HttpClient http, string path, string json, string? key = null, string media = Json) =>
        SendAsync(http, path, JsonOf(json, media), key ?? NewKey());

    internal static async Task<HttpResponseMessage> SendAsync(HttpClient http, string path, HttpContent content, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Add(EnvoiUnique.Header, key);
        return await http.SendAsync(request);
    }
}
