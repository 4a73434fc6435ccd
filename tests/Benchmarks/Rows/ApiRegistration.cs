using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using SuiviCourrier.ServiceDefaults;
using SuiviCourrier.TestSupport;

namespace SuiviCourrier.Benchmarks.Rows;

/// <summary>
/// A letter with a PDF of 100 KB through the API, one client on its own connection, the facts of the one before delivered meanwhile and not counted,
/// beside what cannot be spared: the same bytes in a file that is on the disk when it has its name, then the same rows in one transaction.
/// </summary>
internal static class ApiRegistration
{
    private const double BarMilliseconds = 3.5;
    private static readonly byte[] s_pdf = Pdf();

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var bench = await Bench.StartAsync(roles: ServiceRoles.Portail);
        using var http = (await ApiKey.CreateAsync(bench.Courrier)).Client(bench.Courrier.BaseAddress);
        var first = await RegisterAsync(http);
        await UntilDeliveredAsync(bench);
        var rows = await SameRows.ReadAsync(bench.Connection, first, [
            ("ingestion.correspondants", "id = (SELECT correspondant_id FROM ingestion.courriers WHERE id = $1)"),
            ("ingestion.courriers", "id = $1"),
            ("ingestion.pieces", "courrier_id = $1"),
            ("ingestion.accuses", "courrier_id = $1"),
            ("ingestion.journal", "courrier_id = $1")]);
        await using var counter = new NpgsqlCommand(
            "UPDATE ingestion.compteurs_chrono SET dernier = dernier + 1 WHERE sens = 'Arrivee' RETURNING dernier", bench.Connection);
        await counter.PrepareAsync();
        var folder = Directory.CreateTempSubdirectory("courrier-mesure-");
        var measures = await Duel.RunAsync(
            [
                new("API", async () =>
                {
                    await RegisterAsync(http);
                    return 1;
                }, () => UntilDeliveredAsync(bench)),
                new("file and bare Npgsql", async () =>
                {
                    await StoreAsync(folder.FullName);
                    await using var transaction = await bench.Connection.BeginTransactionAsync();
                    var rang = (int)(await counter.ExecuteScalarAsync())!;
                    await rows.WriteAsync(transaction, column => column switch
                    {
                        "rang" => rang,
                        "numero_chrono" => $"ARR-NUE-{rang:D6}",
                        "cle_idempotence" => $"nue:{rang}",
                        "jeton_suivi" => $"nue{rang:D23}",
                        _ => null,
                    });
                    await transaction.CommitAsync();
                    return 1;
                }),
            ],
            TimeSpan.FromSeconds(1.5));
        folder.Delete(recursive: true);
        return
        [
            new Row
            {
                What = "registration through the API, PDF of 100 KB, fsync included",
                Measured = $"{Row.Rate(measures[0].PerSecond)}; {Row.Times(measures[0])}",
                Limit = $"{measures[1].Name}: {Row.Rate(measures[1].PerSecond)}; {Row.Times(measures[1])}",
                Ratio = Row.Text($"{Duel.Ratio(measures[0], measures[1]):0.00}"),
                Bar = Row.Text($"p50 ≤ {BarMilliseconds:0.0} ms, idle machine"),
                IsMet = measures[0].P(50) <= BarMilliseconds,
            },
        ];
    }

    private static async Task<Guid> RegisterAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/courriers")
        {
            Headers = { { "Idempotency-Key", Guid.NewGuid().ToString() } },
            Content = new MultipartFormDataContent
            {
                {
                    new StringContent(
                        """{"canal":"lettre","recu_le":"2026-05-06","objet":"Demande de rendez-vous","expediteur_nom":"Claire Exemple","expediteur_adresse":"12 rue des Essais, 37000 Tours","service":"DCL-ETR"}""",
                        Encoding.UTF8, "application/json"),
                    "courrier"
                },
                { Scan(), "document", "lettre.pdf" },
            },
        };
        using var answer = await http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        return answer.StatusCode == HttpStatusCode.Created
            ? JsonDocument.Parse(body).RootElement.GetProperty("id").GetGuid()
            : throw new InvalidOperationException($"The registration was refused: {body}");
    }

    /// <summary>Each scan is another one: the same bytes would be stored once.</summary>
    private static ByteArrayContent Scan()
    {
        RandomNumberGenerator.Fill(s_pdf.AsSpan(s_pdf.Length - 16));
        return new ByteArrayContent(s_pdf) { Headers = { ContentType = new MediaTypeHeaderValue("application/pdf") } };
    }

    private static async Task StoreAsync(string folder)
    {
        var name = Path.Combine(folder, Guid.NewGuid().ToString());
        await using (var file = new FileStream(name + ".tmp", FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1))
        {
            await file.WriteAsync(s_pdf);
            file.Flush(flushToDisk: true);
        }

        File.Move(name + ".tmp", name);
    }

    private static async Task UntilDeliveredAsync(Bench bench) => await Eventually.EventuallyAsync(
        "the facts were never delivered", async () => await bench.ScalarAsync<long>("SELECT count(*) FROM messagerie.outbox") == 0);

    private static byte[] Pdf()
    {
        var pdf = new byte[100_000];
        RandomNumberGenerator.Fill(pdf);
        "%PDF-1.4\n"u8.CopyTo(pdf);
        return pdf;
    }
}
