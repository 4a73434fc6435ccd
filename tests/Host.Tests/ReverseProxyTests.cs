using System.Net;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Host.Tests;

/// <summary>The client's address and scheme as a reverse proxy tells them: believed from the one that is named, from nobody else.</summary>
public sealed class ReverseProxyTests
{
    private const string Citizen = "203.0.113.7";

    [Test]
    public async Task ForwardedHeaders_FromNobodyNamed_AreIgnored() => await AssertIgnoredAsync([]);

    [Test]
    public async Task ForwardedHeaders_FromAnotherAddressThanTheProxys_AreIgnored() =>
        await AssertIgnoredAsync(new() { ["MandataireInverse:Adresses:0"] = "192.0.2.1", ["MandataireInverse:Adresses:1"] = "10.0.0.0/8" });

    [TestCase("127.0.0.1")]
    [TestCase("127.0.0.0/30")]
    public async Task ForwardedHeaders_FromTheNamedProxy_GiveSchemeAndAddress(string proxy)
    {
        await using var courrier = await StartAsync(new() { ["MandataireInverse:Adresses:0"] = proxy });

        using var asked = await SendAsync(courrier, "/corbeille", Citizen);
        Assert.That(asked.Headers.Location!.Scheme, Is.EqualTo("https"));
        using var form = await SendAsync(courrier, "/connexion", Citizen);
        Assert.That(form.Headers.GetValues("Set-Cookie"), Has.All.Contains("secure"));

        await FailToSignInAsync(courrier, _ => $"198.51.100.9, {Citizen}");
        Assert.That(await IsRefusedAsync(courrier, Citizen), "the attempts of this address are counted, whatever it wrote in front");
        Assert.That(await IsRefusedAsync(courrier, "203.0.113.8"), Is.False, "its neighbour has done nothing");
    }

    private static async Task AssertIgnoredAsync(Dictionary<string, string?> settings)
    {
        await using var courrier = await StartAsync(settings);

        using var asked = await SendAsync(courrier, "/corbeille", Citizen);
        Assert.That(asked.Headers.Location!.OriginalString, Does.Not.Contain("https"));
        using var form = await SendAsync(courrier, "/connexion", Citizen);
        Assert.That(form.Headers.GetValues("Set-Cookie"), Has.None.Contains("secure"));

        await FailToSignInAsync(courrier, attempt => $"203.0.113.{attempt + 1}");
        Assert.That(await IsRefusedAsync(courrier, "198.51.100.9"), "another pretended address must not forgive");
    }

    private static Task<RunningCourrier> StartAsync(Dictionary<string, string?> settings) =>
        RunningCourrier.StartAsync(new Dictionary<string, string?>(settings) { ["Connexion:EchecsParMinute"] = "3" });

    private static async Task FailToSignInAsync(RunningCourrier courrier, Func<int, string> forwardedFor)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var refused = await SignInAsync(courrier, forwardedFor(attempt));
            Assert.That(refused.StatusCode, Is.Not.EqualTo(HttpStatusCode.TooManyRequests));
        }
    }

    private static async Task<bool> IsRefusedAsync(RunningCourrier courrier, string forwardedFor)
    {
        using var answer = await SignInAsync(courrier, forwardedFor);
        return answer.StatusCode == HttpStatusCode.TooManyRequests;
    }

    private static async Task<HttpResponseMessage> SignInAsync(RunningCourrier courrier, string forwardedFor)
    {
        using var form = await SendAsync(courrier, "/connexion", forwardedFor);
        var fields = SignedInClient.FieldsOf(await form.Content.ReadAsStringAsync());
        fields["Courriel"] = "personne@essais.invalid";
        fields["MotDePasse"] = "ce n’est pas le bon";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connexion") { Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Key, f.Value ?? ""))) };
        request.Headers.Add("Cookie", form.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]));
        return await SendAsync(courrier, request, forwardedFor);
    }

    private static async Task<HttpResponseMessage> SendAsync(RunningCourrier courrier, string path, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(courrier, request, forwardedFor);
    }

    private static async Task<HttpResponseMessage> SendAsync(RunningCourrier courrier, HttpRequestMessage request, string forwardedFor)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = courrier.BaseAddress };
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        request.Headers.Add("X-Forwarded-Proto", "https");
        return await http.SendAsync(request);
    }
}
