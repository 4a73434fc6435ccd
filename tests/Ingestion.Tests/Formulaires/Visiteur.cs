using System.Net;
using SuiviCourrier.Ingestion.Tests.Courriers;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Ingestion.Tests.Formulaires;

/// <summary>Somebody who has no account, at a browser without scripts.</summary>
internal sealed class Visiteur(RunningCourrier courrier) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = courrier.BaseAddress };

    public static Dictionary<string, string> Message(string objet = "Délai de mon titre de séjour") => new()
    {
        ["Categorie"] = "Particulier",
        ["Nom"] = "Amina Sow",
        ["Courriel"] = "amina.sow@exemple.example",
        ["TypeCode"] = "titre-sejour-information",
        ["Objet"] = objet,
        ["Message"] = "Bonjour,\nquand aurai-je une réponse ? <b>Merci</b>",
    };

    public Task<HttpResponseMessage> GetAsync(string url) => _http.GetAsync(url);

    public async Task<string> ReadAsync(string url)
    {
        using var response = await _http.GetAsync(url);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Values of the form as it is shown.</summary>
    public async Task<Dictionary<string, string>> FormAsync() => Guichet.FieldsOf(await (await _http.GetAsync("/contact")).Content.ReadAsStringAsync());

    public async Task<Reponse> SendAsync(
        IReadOnlyDictionary<string, string> form, IReadOnlyDictionary<string, string> typed, params (string Nom, byte[] Contenu)[] fichiers)
    {
        using var content = new MultipartFormDataContent();
        foreach (var (name, value) in form.Where(f => !typed.ContainsKey(f.Key)).Concat(typed))
        {
            content.Add(new StringContent(value), name);
        }

        foreach (var (nom, contenu) in fichiers)
        {
            content.Add(new ByteArrayContent(contenu), "Fichiers", nom);
        }

        using var response = await _http.PostAsync("/contact", content);
        return new Reponse(response.StatusCode, response.Headers.Location?.OriginalString, response.Headers.RetryAfter?.Delta, await response.Content.ReadAsStringAsync());
    }

    public async Task<Reponse> SendAsync(IReadOnlyDictionary<string, string> typed, params (string Nom, byte[] Contenu)[] fichiers) =>
        await SendAsync(await FormAsync(), typed, fichiers);

    public void Dispose() => _http.Dispose();

    public sealed record Reponse(HttpStatusCode Status, string? Location, TimeSpan? RetryAfter, string Html)
    {
        public string Lue => WebUtility.HtmlDecode(Html);

        /// <summary>Address of the follow-up, without what says that the form has just been sent.</summary>
        public string Suivi => Location!.Split('?')[0];
    }
}
