using System.Net;
using System.Text.RegularExpressions;
using SuiviCourrier.TestSupport;
using SuiviCourrier.TestSupport.Mail;

namespace SuiviCourrier.Ingestion.Tests.BoitesFonctionnelles.Gestion;

/// <summary>The form of a mailbox as an administrator fills it.</summary>
internal static class FormulaireDeBoite
{
    /// <summary>All fields of a mailbox of the server that works, with some of them changed.</summary>
    public static Dictionary<string, string?> FieldsOf(DovecotServer server, string code, Dictionary<string, string?> changes)
    {
        var all = new Dictionary<string, string?>
        {
            ["Code"] = code,
            ["Libelle"] = $"Boîte {code}",
            ["Adresse"] = $"{code}@indre-et-loire.invalid",
            ["Hote"] = server.Host,
            ["Port"] = server.Port.ToString(),
            ["Securite"] = "StartTls",
            ["Utilisateur"] = code,
            ["Authentification"] = "MotDePasse",
            ["MotDePasse"] = BoiteImap.Password,
            ["EmpreinteCertificat"] = server.Empreinte,
            ["Dossier"] = "INBOX",
            ["DossierTraites"] = "Traités",
            ["DossierAnomalies"] = "Anomalies",
            ["IsActif"] = "true",
        };
        foreach (var (name, value) in changes)
        {
            all[name] = value;
        }

        return all;
    }

    public static async Task AddAsync(SignedInClient client, DovecotServer server, string code, Dictionary<string, string?> changes)
    {
        using var answer = await PostAsync(client, "/boites/nouvelle", FieldsOf(server, code, changes));
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await answer.Content.ReadAsStringAsync());
    }

    public static async Task ChangeAsync(SignedInClient client, string code, Dictionary<string, string?> changes)
    {
        using var answer = await PostAsync(client, $"/boites/{code}/modifier", changes);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await answer.Content.ReadAsStringAsync());
    }

    /// <summary>As a browser: with the choices and texts the form shows, which the shared reading of forms leaves out.</summary>
    public static async Task<HttpResponseMessage> PostAsync(SignedInClient client, string url, Dictionary<string, string?> changes)
    {
        var html = await client.ReadAsync(url);
        var all = SignedInClient.FieldsOf(html);
        foreach (Match select in Regex.Matches(html, "<select[^>]*name=\"(?<name>[^\"]*)\"[^>]*>.*?</select>", RegexOptions.Singleline))
        {
            var chosen = Regex.Matches(select.Value, "<option[^>]*>").Select(o => o.Value).FirstOrDefault(o => o.Contains("selected=", StringComparison.Ordinal));
            all[select.Groups["name"].Value] = chosen is null ? "" : WebUtility.HtmlDecode(Regex.Match(chosen, "value=\"([^\"]*)\"").Groups[1].Value);
        }

        foreach (Match area in Regex.Matches(html, "<textarea[^>]*name=\"(?<name>[^\"]*)\"[^>]*>\n?(?<text>.*?)</textarea>", RegexOptions.Singleline))
        {
            all[area.Groups["name"].Value] = WebUtility.HtmlDecode(area.Groups["text"].Value);
        }

        foreach (var (name, value) in changes)
        {
            all[name] = value;
        }

        return await client.SendAsync(url, all);
    }
}
