using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using SuiviCourrier.Portail.Comptes;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport.Processes;

namespace SuiviCourrier.TestSupport;

/// <summary>A person at a browser: a real account, a real sign-in by the form, cookies kept, redirections shown rather than followed.</summary>
public sealed partial class SignedInClient : IDisposable
{
    public const string MotDePasse = "mot de passe des essais";

    private readonly HttpClient _http;

    private SignedInClient(HttpClient http, Guid compteId, string courriel)
    {
        _http = http;
        CompteId = compteId;
        Courriel = courriel;
    }

    public Guid CompteId { get; }

    public string Courriel { get; }

    public static async Task<SignedInClient> CreateAsync(
        RunningCourrier courrier, RoleAgent role, string serviceCode = "DCL-ETR", string nom = "Camille Essai")
    {
        await using var scope = courrier.Scope();
        var client = await CreateAsync(scope.ServiceProvider, courrier.BaseAddress, role, serviceCode, nom);
        await client.SignInAsync();
        return client;
    }

    /// <summary>An account of an installation whose process comes and goes: <see cref="SignInAsync()"/> once it runs.</summary>
    public static Task<SignedInClient> CreateAsync(Installation installation, RoleAgent role, string serviceCode, string nom) =>
        installation.InProcessAsync(services => CreateAsync(services, installation.BaseAddress, role, serviceCode, nom));

    /// <summary>Somebody who has not signed in.</summary>
    public static SignedInClient Anonymous(RunningCourrier courrier, string courriel = "personne@essais.invalid") =>
        Anonymous(courrier.BaseAddress, courriel);

    public static SignedInClient Anonymous(Uri address, string courriel) => new(Browser(address), Guid.Empty, courriel);

    /// <summary>Signs in, which must succeed.</summary>
    public async Task SignInAsync()
    {
        using var response = await SignInAsync(MotDePasse);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), "sign-in was refused");
    }

    public Task<HttpResponseMessage> SignInAsync(string motDePasse) =>
        PostAsync("/connexion", new() { ["Courriel"] = Courriel, ["MotDePasse"] = motDePasse });

    public Task<HttpResponseMessage> GetAsync(string url) => _http.GetAsync(url);

    /// <summary>The page, which must answer 200.</summary>
    public async Task<string> ReadAsync(string url)
    {
        using var response = await GetAsync(url);
        var html = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), $"{url}\n{html}");
        return html;
    }

    /// <summary>Opens the page, fills its form and sends it, as a browser does: hidden fields and anti-forgery token included.</summary>
    /// <param name="handler">Query of the form's action, as <c>?handler=Vu</c>.</param>
    public async Task<HttpResponseMessage> PostAsync(string url, Dictionary<string, string?> fields, string handler = "")
    {
        var shown = FieldsOf(await ReadAsync(url));
        return await SendAsync(url + handler, shown.Concat(fields).GroupBy(f => f.Key).ToDictionary(g => g.Key, g => g.Last().Value));
    }

    /// <summary>Opens the page, fills its form, adds a file and sends it.</summary>
    public async Task<HttpResponseMessage> UploadAsync(string url, Dictionary<string, string?> fields, string fileField, string fileName, byte[] content)
    {
        using var multipart = new MultipartFormDataContent();
        foreach (var (name, value) in FieldsOf(await ReadAsync(url)).Concat(fields).GroupBy(f => f.Key).Select(g => g.Last()))
        {
            multipart.Add(new StringContent(value ?? ""), name);
        }

        multipart.Add(new ByteArrayContent(content), fileField, fileName);
        return await _http.PostAsync(url, multipart);
    }

    /// <summary>Sends exactly these fields.</summary>
    public async Task<HttpResponseMessage> SendAsync(string url, Dictionary<string, string?> fields)
    {
        var given = fields.Where(f => f.Value is not null).Select(f => KeyValuePair.Create(f.Key, f.Value!)).ToArray();

        // Our forms of free text are multipart: the server itself refuses a null byte in the other kind, before any page can say so.
        if (given.Any(f => f.Value.Contains('\0', StringComparison.Ordinal)))
        {
            using var multipart = new MultipartFormDataContent();
            foreach (var (name, value) in given)
            {
                multipart.Add(new StringContent(value), name);
            }

            return await _http.PostAsync(url, multipart);
        }

        using var content = new FormUrlEncodedContent(given);
        return await _http.PostAsync(url, content);
    }

    /// <summary>What the forms of the page hold when they are shown, anti-forgery token included.</summary>
    public static Dictionary<string, string?> FieldsOf(string html)
    {
        var main = html[Math.Max(html.IndexOf("<main", StringComparison.Ordinal), 0)..];
        return Field().Matches(main)
            .Select(m => (Name: Attribute(m.Value, "name"), Value: Attribute(m.Value, "value")))
            .Where(f => f.Name is not null)
            .GroupBy(f => f.Name!)
            .ToDictionary(g => g.Key, g => g.First().Value);
    }

    public void Dispose() => _http.Dispose();

    private static string? Attribute(string tag, string name) =>
        Regex.Match(tag, $"\\s{name}=\"([^\"]*)\"") is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value) : null;

    private static async Task<SignedInClient> CreateAsync(IServiceProvider services, Uri address, RoleAgent role, string serviceCode, string nom)
    {
        var courriel = $"{role}.{Guid.NewGuid():N}@essais.invalid".ToLowerInvariant();
        var result = await services.GetRequiredService<CreateCompte>()
            .ExecuteAsync("essais", courriel, nom, role, serviceCode, MotDePasse, CancellationToken.None);
        Assert.That(result.Refus, Is.Empty);
        return new SignedInClient(Browser(address), result.Id!.Value, courriel);
    }

    private static HttpClient Browser(Uri address)
    {
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = address };
        http.DefaultRequestHeaders.AcceptLanguage.Add(new StringWithQualityHeaderValue("en-US"));
        return http;
    }

    [GeneratedRegex("<input(?=[^>]*(type=\"(hidden|text|date|email)\"|checked=))[^>]*>")]
    private static partial Regex Field();
}
