using System.Net.Sockets;
using System.Text;
using SuiviCourrier.TestSupport;
using static SuiviCourrier.TestSupport.Eventually;

namespace SuiviCourrier.EndToEnd.Installations;

/// <summary>One person at a browser who sends the form of each letter, with its scan, until it is answered, whatever falls meanwhile.</summary>
internal sealed class LetterForm(Func<Uri> nextAddress, SignedInClient account) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(20) };
    private Dictionary<string, string?>? _shown;

    /// <summary>The key the form of a letter carries, however often it is sent.</summary>
    public static Guid KeyOf(int letter) => new(letter + 1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]);

    /// <summary>Half have an electronic address.</summary>
    public static string? AddressOf(int letter) => letter % 2 == 0 ? $"lettre{letter}@exemple.example" : null;

    public static byte[] Scan(int letter, Random random, int largest)
    {
        var scan = new byte[random.Next(100, largest)];
        random.NextBytes(scan);
        Encoding.ASCII.GetBytes($"%PDF-1.4\n% {letter}\n").CopyTo(scan, 0);
        return scan;
    }

    /// <returns>The courrier.</returns>
    public async Task<Guid> PostAsync(int letter, byte[] scan, DateOnly? recuLe = null)
    {
        Guid? courrier = null;
        await EventuallyAsync($"letter {letter} was never answered", async () =>
        {
            try
            {
                courrier = await TryPostAsync(nextAddress(), letter, scan, recuLe);
            }
            catch (Exception cut) when (cut is HttpRequestException or SocketException or IOException or OperationCanceledException)
            {
                // It is sent again, with the same key.
            }

            return courrier is not null;
        }, TimeSpan.FromMinutes(3));
        return courrier!.Value;
    }

    public void Dispose() => _http.Dispose();

    /// <returns>The courrier; null when the answer was no success.</returns>
    private async Task<Guid?> TryPostAsync(Uri address, int letter, byte[] scan, DateOnly? recuLe)
    {
        if (await FieldsAsync(address) is not { } shown)
        {
            return null;
        }

        var fields = new Dictionary<string, string?>(shown)
        {
            ["Cle"] = KeyOf(letter).ToString(),
            ["Objet"] = $"Lettre {letter}",
            ["Nom"] = $"Expéditeur {letter}",
            ["Courriel"] = AddressOf(letter),
            ["Adresse"] = "3 rue des Halles, 37000 Tours",
        };
        if (recuLe is { } date)
        {
            fields["RecuLe"] = date.ToString("yyyy-MM-dd");
        }

        using var multipart = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
        {
            multipart.Add(new StringContent(value ?? ""), name);
        }

        multipart.Add(new ByteArrayContent(scan), "Scans", "scan.pdf");
        using var answer = await _http.PostAsync(new Uri(address, "/enregistrer"), multipart);
        if (answer.Headers.Location?.OriginalString is { } location && location.StartsWith("/enregistrer/", StringComparison.Ordinal))
        {
            return Guid.Parse(location[^36..]);
        }

        _shown = null;
        return null;
    }

    /// <summary>The form as it was shown once: its tokens hold at every process of the installation.</summary>
    private async Task<Dictionary<string, string?>?> FieldsAsync(Uri address)
    {
        if (_shown is not null)
        {
            return _shown;
        }

        using var shown = await _http.GetAsync(new Uri(address, "/enregistrer"));
        if (shown.IsSuccessStatusCode)
        {
            return _shown = SignedInClient.FieldsOf(await shown.Content.ReadAsStringAsync());
        }

        using var form = await _http.GetAsync(new Uri(address, "/connexion"));
        var credentials = SignedInClient.FieldsOf(await form.Content.ReadAsStringAsync());
        (credentials["Courriel"], credentials["MotDePasse"]) = (account.Courriel, SignedInClient.MotDePasse);
        using var content = new FormUrlEncodedContent(credentials.Where(f => f.Value is not null).Select(f => KeyValuePair.Create(f.Key, f.Value!)));
        using var signedIn = await _http.PostAsync(new Uri(address, "/connexion"), content);
        return null;
    }
}
