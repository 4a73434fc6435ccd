using System.Text.Json;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.EndToEnd.Api.ApiTests;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.EndToEnd.Api;

/// <summary>A key sees what its services see, in every operation; and lists are narrowed and followed without losing or repeating anything.</summary>
public sealed class PerimetreTests
{
    private RunningCourrier _courrier = null!;
    private HttpClient _everything = null!;
    private HttpClient _dcl = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync();
        _everything = (await ApiKey.CreateAsync(_courrier)).Client(_courrier.BaseAddress);
        _dcl = (await ApiKey.CreateAsync(_courrier, null, "DCL")).Client(_courrier.BaseAddress);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _everything.Dispose();
        _dcl.Dispose();
        await _courrier.DisposeAsync();
    }

    [Test]
    public async Task CourrierOfAnotherService_DoesNotExistForALimitedKey_InAnyOperation()
    {
        var foreign = await RegisterAsync("DDT");
        var own = await RegisterAsync("DCL-ETR");
        using var piece = new MultipartFormDataContent { { JsonOf(Letter("DDT")), "courrier" }, { new ByteArrayContent("%PDF-1.7"u8.ToArray()), "document", "a.pdf" } };
        using var withPiece = await SendAsync(_everything, "/api/v1/courriers", piece, NewKey());
        var registered = JsonDocument.Parse(await withPiece.Content.ReadAsStringAsync()).RootElement;

        foreach (var url in (string[])[$"/api/v1/courriers/{foreign}", $"/api/v1/courriers/{registered.GetProperty("id")}/pieces/{registered.GetProperty("pieces")[0].GetProperty("id")}"])
        {
            using var hidden = await _dcl.GetAsync(url);
            using var shown = await _everything.GetAsync(url);
            Assert.That(((int)hidden.StatusCode, (int)shown.StatusCode), Is.EqualTo((404, 200)), url);
        }

        using var assigned = await PostAsync(_dcl, $"/api/v1/courriers/{foreign}/affectation", """{"service":"DCL","motif":"essai"}""");
        using var answered = await PostAsync(_dcl, $"/api/v1/courriers/{foreign}/reponses", """{"mode":"lettre","sur_le_fond":true,"texte":"Accordé"}""");
        Assert.That(((int)assigned.StatusCode, (int)answered.StatusCode), Is.EqualTo((404, 404)));
        Assert.That(await _courrier.Database.ScalarAsync<string>("SELECT service_instructeur_code || ' ' || etat FROM portail.dossiers WHERE courrier_id = $1", foreign), Is.EqualTo("DDT Affecte"));

        await EventuallyAsync("the courrier of its own service never came", async () => (await ListAsync(_dcl, "")).Contains(own));
        Assert.That(await ListAsync(_dcl, ""), Does.Not.Contain(foreign));
        Assert.That(await ListAsync(_everything, ""), Does.Contain(foreign));
        await EventuallyAsync("the feed never gave the courrier of its own service", async () => (await FeedAsync(_dcl)).Contains(own));
        Assert.That(await FeedAsync(_dcl), Does.Not.Contain(foreign));
    }

    [Test]
    public async Task RestrictedCourrier_IsForItsServiceOnly()
    {
        using var registered = await PostAsync(_everything, "/api/v1/courriers", Letter("DCL").Replace("{", """{"restreint":true,""", StringComparison.Ordinal));
        var url = registered.Headers.Location;

        using var everything = await _everything.GetAsync(url);
        using var service = await _dcl.GetAsync(url);

        Assert.That(((int)everything.StatusCode, (int)service.StatusCode), Is.EqualTo((404, 200)));
    }

    [Test]
    public async Task List_NarrowedAndFollowedByItsCursors_GivesEverythingOnce()
    {
        List<Guid> late = [], others = [];
        for (var i = 0; i < 5; i++)
        {
            late.Add(await RegisterAsync("DDPP", "2026-01-05"));
            others.Add(await RegisterAsync("DDPP"));
        }

        await EventuallyAsync("the due dates never came", async () =>
            await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM portail.dossiers WHERE service_instructeur_code = 'DDPP' AND due_on IS NOT NULL") == 10);

        Assert.That(await ListAsync(_everything, "service=DDPP&en_retard=true&taille=2"), Is.EquivalentTo(late));
        Assert.That(await ListAsync(_everything, "service=DDPP&en_retard=false&taille=2"), Is.EquivalentTo(others));
        Assert.That(await ListAsync(_everything, "service=DDPP&taille=3"), Is.EquivalentTo(late.Concat(others)).And.Unique);
        Assert.That(await ListAsync(_everything, "service=DDPP&echeance_avant=2026-02-01"), Is.EquivalentTo(late));
        Assert.That(await ListAsync(_everything, "service=PREF&ouverts=true&etat=affecte&canal=lettre"), Is.SupersetOf(late.Concat(others)), "sub-services are included");
        Assert.That(await ListAsync(_everything, "service=DDPP&etat=repondu"), Is.Empty);
    }

    private async Task<Guid> RegisterAsync(string service, string? recuLe = null)
    {
        var today = await _courrier.Database.ScalarAsync<string>("SELECT to_char(now() AT TIME ZONE 'Europe/Paris', 'YYYY-MM-DD')");
        using var response = await PostAsync(_everything, "/api/v1/courriers", Letter(service).Replace("2026-05-06", recuLe ?? today, StringComparison.Ordinal));
        Assert.That((int)response.StatusCode, Is.EqualTo(201), await response.Content.ReadAsStringAsync());
        return Guid.Parse(response.Headers.Location!.OriginalString.Split('/')[^1]);
    }

    /// <summary>Every page of a list.</summary>
    private static async Task<List<Guid>> ListAsync(HttpClient http, string query)
    {
        var all = new List<Guid>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = JsonDocument.Parse(await http.GetStringAsync($"/api/v1/courriers?{query}{cursor}")).RootElement;
            all.AddRange(page.GetProperty("courriers").EnumerateArray().Select(c => c.GetProperty("id").GetGuid()));
            cursor = page.GetProperty("suivant").GetString() is { } next ? $"&curseur={next}" : null;
        }

        return all;
    }

    private static async Task<List<Guid>> FeedAsync(HttpClient http)
    {
        var page = JsonDocument.Parse(await http.GetStringAsync("/api/v1/changements?taille=1000")).RootElement;
        return [.. page.GetProperty("changements").EnumerateArray().Select(c => c.GetProperty("id").GetGuid())];
    }
}
