using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Ingestion.Tests.Courriers;

/// <summary>A person of the mail room at a browser: real pages over HTTP, anti-forgery included. Only the sign-in is replaced, by a header.</summary>
internal sealed partial class Guichet : IDisposable
{
    private const string Header = "X-Essai-Agent";
    private readonly HttpClient _http;

    public Guichet(RunningCourrier courrier, RoleAgent role = RoleAgent.BureauOrdre, Guid? id = null)
    {
        Id = id ?? Guid.CreateVersion7();
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = courrier.BaseAddress };
        _http.DefaultRequestHeaders.Add(Header, $"{role};SGCD;{Id}");
    }

    public Guid Id { get; }

    /// <summary>Lets the header sign in; given to <see cref="RunningCourrier.StartAsync"/>.</summary>
    public static void Open(WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ByHeader>("essai", _ => { });
        builder.Services.PostConfigure<AuthenticationOptions>(o =>
            o.DefaultScheme = o.DefaultAuthenticateScheme = o.DefaultChallengeScheme = o.DefaultForbidScheme = "essai");
        builder.Services.PostConfigure<AuthorizationOptions>(o =>
            o.FallbackPolicy = new AuthorizationPolicyBuilder("essai").RequireAuthenticatedUser().Build());
    }

    public Task<HttpResponseMessage> GetAsync(string url) => _http.GetAsync(url);

    public Task<HttpResponseMessage> PostAsync(string url, HttpContent content) => _http.PostAsync(url, content);

    /// <summary>The page as it is read: entities decoded.</summary>
    public async Task<string> ReadAsync(string url)
    {
        using var response = await GetAsync(url);
        var html = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), $"{url}\n{html}");
        return WebUtility.HtmlDecode(html);
    }

    /// <summary>Shows the form, changes the fields given, sends it.</summary>
    public async Task<Reply> SendAsync(string url, Dictionary<string, string> changes, params (string Nom, byte[] Contenu)[] scans) =>
        await SendShownAsync(url, FieldsOf(await (await GetAsync(url)).Content.ReadAsStringAsync()), changes, scans);

    /// <summary>Sends a form shown before, with the fields given.</summary>
    public async Task<Reply> SendShownAsync(
        string url, IReadOnlyDictionary<string, string> shown, Dictionary<string, string> changes, params (string Nom, byte[] Contenu)[] scans)
    {
        using var content = new MultipartFormDataContent();
        foreach (var (name, value) in shown.Where(f => !changes.ContainsKey(f.Key)).Concat(changes))
        {
            content.Add(new StringContent(value), name);
        }

        foreach (var (nom, contenu) in scans)
        {
            content.Add(new ByteArrayContent(contenu), "Scans", nom);
        }

        using var response = await _http.PostAsync(url, content);
        return new Reply(response.StatusCode, response.Headers.Location?.OriginalString, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Values a browser would send back untouched.</summary>
    public static Dictionary<string, string> FieldsOf(string html)
    {
        var main = html[html.IndexOf("<main", StringComparison.Ordinal)..];
        var fields = new Dictionary<string, string>();
        foreach (Match tag in Input().Matches(main))
        {
            var type = Attribute(tag.Value, "type") ?? "text";
            if (type is "file" or "submit" or "search" || (type is "radio" or "checkbox" && !tag.Value.Contains("checked", StringComparison.Ordinal)))
            {
                continue;
            }

            if (Attribute(tag.Value, "name") is { } name)
            {
                fields[name] = Attribute(tag.Value, "value") ?? "";
            }
        }

        foreach (Match area in TextArea().Matches(main))
        {
            fields[Attribute(area.Value, "name")!] = WebUtility.HtmlDecode(area.Groups[1].Value).TrimStart('\n');
        }

        foreach (Match select in Select().Matches(main))
        {
            var chosen = Option().Matches(select.Value).FirstOrDefault(o => o.Value.Contains("selected", StringComparison.Ordinal)) ?? Option().Match(select.Value);
            fields[Attribute(select.Value, "name")!] = Attribute(chosen.Value, "value") ?? "";
        }

        return fields;
    }

    public void Dispose() => _http.Dispose();

    private static string? Attribute(string tag, string name) =>
        Regex.Match(tag, $"\\s{name}=\"([^\"]*)\"") is { Success: true } m ? WebUtility.HtmlDecode(m.Groups[1].Value) : null;

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Input();

    [GeneratedRegex("<textarea[^>]*>(.*?)</textarea>", RegexOptions.Singleline)]
    private static partial Regex TextArea();

    [GeneratedRegex("<select[^>]*>.*?</select>", RegexOptions.Singleline)]
    private static partial Regex Select();

    [GeneratedRegex("<option[^>]*>")]
    private static partial Regex Option();

    public sealed record Reply(HttpStatusCode Status, string? Location, string Html)
    {
        /// <summary>Errors beside a field.</summary>
        public IReadOnlyList<string> ErrorsOf(string field)
        {
            var group = Regex.Match(Html, $"id=\"{field}-erreurs\"[^>]*>(.*?)</div>", RegexOptions.Singleline);
            return [.. Regex.Matches(group.Groups[1].Value, "fr-message--error\">(.*?)</p>", RegexOptions.Singleline).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value))];
        }

        public Guid CourrierId => Guid.Parse(Location!.Split('/')[^1]);
    }

    private sealed class ByHeader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers[Header].ToString().Split(';') is not [var role, var service, var id])
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            var identity = new ClaimsIdentity(
                [
                    new Claim(ClaimTypes.NameIdentifier, id), new Claim(ClaimTypes.Name, "Camille Essai"), new Claim(AgentClaims.Role, role),
                    new Claim(AgentClaims.Service, service), new Claim(AgentClaims.Perimetre, service),
                ],
                Scheme.Name);
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }
}
