using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using SuiviCourrier.Presentation.Api;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.EndToEnd.Api.ApiTests;

namespace SuiviCourrier.EndToEnd.Api;

/// <summary>What programs send by mistake: each time a problem in French that names what is wrong, and nothing half done.</summary>
public sealed class EntreesFaussesTests
{
    private RunningCourrier _courrier = null!;
    private ApiKey _key = null!;
    private HttpClient _http = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _courrier = await RunningCourrier.StartAsync();
        _key = await ApiKey.CreateAsync(_courrier);
        _http = _key.Client(_courrier.BaseAddress);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _http.Dispose();
        await _courrier.DisposeAsync();
    }

    [TestCase("""{"canal":"lettre","recu_le":"06/05/2026"}""", "recu_le", "une date AAAA-MM-JJ", TestName = "A date in another format")]
    [TestCase("""{"canal":"lettre","recu_le":"2026-05-06T10:00:00Z"}""", "recu_le", "une date AAAA-MM-JJ", TestName = "An instant for a date")]
    [TestCase("""{"canal":"lettre","recu_le":"2026-02-30"}""", "recu_le", "une date AAAA-MM-JJ", TestName = "A day that does not exist")]
    [TestCase("""{"canal":"pigeon"}""", "canal", "lettre, depot, courriel, formulaire", TestName = "An unknown code")]
    [TestCase("""{"canal":1}""", "canal", "lettre, depot, courriel, formulaire", TestName = "A number for a code")]
    [TestCase("""{"objet":12}""", "objet", "du texte", TestName = "A number for a text")]
    [TestCase("""{"restreint":"oui"}""", "restreint", "true ou false", TestName = "A text for a boolean")]
    [TestCase("""{"urgent":true}""", "urgent", "ce champ n’existe pas", TestName = "An unknown field")]
    [TestCase("""{"Objet":"majuscule"}""", "Objet", "ce champ n’existe pas", TestName = "A field in capitals")]
    [TestCase("""{"meme_pli_que":"ARR-2026-00001"}""", "meme_pli_que", "un identifiant", TestName = "A number for an identifier")]
    [TestCase("""{"pieces_annoncees":[{"nature":"cheque","nombre":"deux"}]}""", "pieces_annoncees[0].nombre", "un nombre entier", TestName = "A text for a number, deep inside")]
    public async Task Json_WithSomethingElseThanExpected_NamesTheField(string json, string champ, string attendu)
    {
        using var response = await RegisterAsync(_http, json);

        var problem = await ProblemAsync(response, 400, "demande-mal-formee");
        var erreur = problem.GetProperty("erreurs")[0];
        Assert.That(erreur.GetProperty("champ").GetString(), Is.EqualTo(champ));
        Assert.That(erreur.GetProperty("attendu").GetString(), Does.Contain(attendu));
    }

    [TestCase("{", TestName = "JSON cut short")]
    [TestCase("[]", TestName = "A list for an object")]
    [TestCase("null", TestName = "Nothing")]
    [TestCase("", TestName = "An empty body")]
    [TestCase("""{"objet":"a","objet":"b"}""", TestName = "A field twice")]
    public async Task Json_ThatIsNoRequest_IsRefused(string json)
    {
        using var response = await RegisterAsync(_http, json);

        await ProblemAsync(response, 400, "demande-mal-formee");
    }

    [Test]
    public async Task Declaration_ThatTheMailRoomCouldNotRegister_NamesEveryField()
    {
        using var response = await RegisterAsync(_http, """{"canal":"lettre","recu_le":"2199-01-01","service":"NULLE-PART","expediteur_courriel":"pas une adresse"}""");

        var problem = await ProblemAsync(response, 422, "champs-refuses");
        Assert.That(
            problem.GetProperty("erreurs").EnumerateArray().Select(e => e.GetProperty("champ").GetString()),
            Is.EquivalentTo(new[] { "objet", "recu_le", "service", "expediteur_courriel", "expediteur_nom" }));
    }

    [Test]
    public async Task Multipart_WithFieldsOneByOne_IsTheSameRequestAsInJson()
    {
        var key = NewKey();
        using var fields = new MultipartFormDataContent
        {
            { new StringContent("lettre"), "canal" }, { new StringContent("2026-05-06"), "recu_le" }, { new StringContent("Demande de rendez-vous"), "objet" },
            { new StringContent("Claire Essai"), "expediteur_nom" }, { new StringContent("claire@exemple.invalid"), "expediteur_courriel" },
        };
        using var first = await SendAsync(_http, "/api/v1/courriers", fields, key);
        using var again = await RegisterAsync(_http, Letter(), key);

        Assert.That((int)first.StatusCode, Is.EqualTo(201), await first.Content.ReadAsStringAsync());
        Assert.That(await again.Content.ReadAsByteArrayAsync(), Is.EqualTo(await first.Content.ReadAsByteArrayAsync()));
        Assert.That(again.Headers.GetValues(EnvoiUnique.ReplayedHeader), Is.EqualTo(new[] { "true" }));
    }

    [TestCase("MZ\u0090\u0000un programme", "document", 422, TestName = "A program under the name of a letter")]
    [TestCase("du texte", "document", 422, TestName = "A text for the scan")]
    [TestCase("", "document", 422, TestName = "An empty file")]
    [TestCase("%PDF-1.7", "annexe", 400, TestName = "A file under an unknown name")]
    public async Task File_ThatIsNotOneExpected_NamesIt(string content, string champ, int status)
    {
        var before = await CountAsync();
        using var multipart = new MultipartFormDataContent { { JsonOf(Letter()), "courrier" }, { new ByteArrayContent(Encoding.Latin1.GetBytes(content)), champ, "lettre.pdf" } };

        using var response = await SendAsync(_http, "/api/v1/courriers", multipart, NewKey());

        var problem = await ProblemAsync(response, status, status == 400 ? "demande-mal-formee" : "champs-refuses");
        Assert.That(problem.GetProperty("erreurs")[0].GetProperty("champ").GetString(), Does.StartWith(champ));
        Assert.That(await CountAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Multipart_CutShortInItsFile_IsRefusedAndKeepsNothing()
    {
        var before = await CountAsync();
        var body = Encoding.UTF8.GetBytes(
            $"--limite\r\nContent-Disposition: form-data; name=\"courrier\"\r\nContent-Type: application/json\r\n\r\n{Letter()}\r\n"
            + "--limite\r\nContent-Disposition: form-data; name=\"document\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7 le début, et puis plus rien");
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=limite");

        using var response = await SendAsync(_http, "/api/v1/courriers", content, NewKey());

        var problem = await ProblemAsync(response, 400, "demande-mal-formee");
        Assert.That(problem.GetProperty("detail").GetString(), Does.Contain("incomplet"));
        Assert.That(await CountAsync(), Is.EqualTo(before));
        Assert.That(Directory.EnumerateFiles(Path.Combine(_courrier.Folder, "fichiers", "en-cours")), Is.Empty);
    }

    /// <summary>Two gigabytes announced: the answer comes before they are sent.</summary>
    [Test]
    public async Task File_OfTwoGigabytes_IsRefusedBeforeItIsSent()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_courrier.BaseAddress.Host, _courrier.BaseAddress.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/v1/courriers HTTP/1.1\r\nHost: courrier\r\nAuthorization: Bearer {_key.Secret}\r\nIdempotency-Key: {NewKey()}\r\n"
            + "Content-Type: multipart/form-data; boundary=limite\r\nContent-Length: 2147483648\r\n\r\n"));
        using var reader = new StreamReader(stream);

        var status = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(status, Does.StartWith("HTTP/1.1 413"));
    }

    /// <summary>Sent in chunks, whose total nobody announces: refused when the file passes its limit.</summary>
    [Test]
    public async Task File_LargerThanAllowed_IsRefusedAndNotKept()
    {
        using var multipart = new MultipartFormDataContent { { JsonOf(Letter()), "courrier" }, { new StreamContent(new Zeros(51L * 1024 * 1024)), "document", "gros.pdf" } };
        multipart.Headers.ContentLength = null;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/courriers") { Content = multipart };
        request.Headers.Add(EnvoiUnique.Header, NewKey());
        request.Headers.TransferEncodingChunked = true;
        request.Headers.ExpectContinue = true;

        using var response = await _http.SendAsync(request);

        var problem = await ProblemAsync(response, 413, "trop-gros");
        Assert.That(problem.GetProperty("erreurs")[0].GetProperty("champ").GetString(), Is.EqualTo("document[0]"));
        Assert.That(Directory.EnumerateFiles(Path.Combine(_courrier.Folder, "fichiers"), "*", SearchOption.AllDirectories).Where(f => new FileInfo(f).Length > 1024 * 1024), Is.Empty);
    }

    [TestCase("DELETE", "/api/v1/courriers", 405, "methode-non-permise")]
    [TestCase("PUT", "/api/v1/changements", 405, "methode-non-permise")]
    [TestCase("GET", "/api/v1/courrier", 404, "adresse-inconnue")]
    [TestCase("GET", "/api/v1/courriers/pas-un-identifiant", 404, "adresse-inconnue")]
    [TestCase("POST", "/api/v2/courriers", 404, "adresse-inconnue")]
    public async Task Address_ThatDoesNotExist_IsAProblemToo(string method, string path, int status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await _http.SendAsync(request);

        await ProblemAsync(response, status, code);
        Assert.That(response.Content.Headers.Allow.Count + response.Headers.Count(h => h.Key == "Allow"), status == 405 ? Is.GreaterThan(0) : Is.Zero);
    }

    [TestCase("en_retard=oui", "en_retard")]
    [TestCase("taille=1000000", "taille")]
    [TestCase("etat=Affecte", "etat")]
    [TestCase("service=NULLE-PART", "service")]
    [TestCase("tri=objet", "tri")]
    [TestCase("echeance_avant=2026-5-6", "echeance_avant")]
    public async Task Query_WithSomethingElseThanExpected_NamesTheParameter(string query, string champ)
    {
        using var response = await _http.GetAsync($"/api/v1/courriers?{query}");

        var problem = await ProblemAsync(response, 400, "demande-mal-formee");
        Assert.That(problem.GetProperty("erreurs")[0].GetProperty("champ").GetString(), Is.EqualTo(champ));
    }

    private async Task<long> CountAsync() => await _courrier.Database.ScalarAsync<long>("SELECT count(*) FROM ingestion.courriers");

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage response, int status, string code)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.That((int)response.StatusCode, Is.EqualTo(status), body);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"), body);
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.That(problem.GetProperty("code").GetString(), Is.EqualTo(code), body);
        return problem;
    }

    /// <summary>So many zero bytes, made as they are read, of no length known beforehand.</summary>
    private sealed class Zeros(long length) : ForwardStream
    {
        private long _left = length;
        private bool _isBegun;

        public override int Read(Span<byte> buffer)
        {
            var read = (int)Math.Min(buffer.Length, _left);
            buffer[..read].Clear();
            if (!_isBegun)
            {
                "%PDF-1.7"u8.CopyTo(buffer);
                _isBegun = true;
            }

            _left -= read;
            return read;
        }
    }
}
