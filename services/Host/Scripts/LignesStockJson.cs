using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Stock;

namespace SuiviCourrier.Host.Scripts;

/// <summary>Tells what becomes of each line, an error, or the report: one JSON object a line. Of the persons, nothing.</summary>
internal sealed class LignesStockJson(Stream output) : IAsyncDisposable
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 16);

    public async Task WriteAsync(IReadOnlyList<(LigneLue Ligne, TakeStock.Fate? Fate)> fates, RapportStock report, CancellationToken cancellationToken)
    {
        foreach (var (ligne, fate) in fates)
        {
            Write(json => WriteFate(json, ligne, fate, report));
        }

        await FlushAsync(cancellationToken);
    }

    public Task WriteAsync(ErreurStock erreur, CancellationToken cancellationToken) => WriteAsync([erreur], cancellationToken);

    public async Task WriteAsync(IReadOnlyList<ErreurStock> erreurs, CancellationToken cancellationToken)
    {
        foreach (var erreur in erreurs)
        {
            Write(json =>
            {
                WriteNumber(json, "ligne", erreur.Ligne);
                json.WriteString("reference", erreur.Reference);
                json.WriteString("sort", "erreur");
                json.WriteString("colonne", erreur.Colonne?.Nom());
                json.WriteString("motif", erreur.Phrase);
            });
        }

        await FlushAsync(cancellationToken);
    }

    public async Task WriteAsync(RapportStock report, CancellationToken cancellationToken)
    {
        Write(json =>
        {
            json.WriteStartObject("rapport");
            json.WriteBoolean("essai", report.IsEssai);
            json.WriteString("encodage", report.Fichier.Encodage);
            json.WriteString("separateur", report.Fichier.Separateur.ToString());
            json.WriteNumber("lignes", report.Lignes);
            json.WriteNumber("a_creer", report.ACreer);
            json.WriteNumber("crees", report.Crees);
            json.WriteNumber("deja_repris", report.DejaRepris);
            json.WriteNumber("changes", report.Changes);
            json.WriteNumber("erreurs", report.Erreurs);
            json.WriteNumber("en_retard", report.EnRetard);
            json.WriteNumber("accuses_courriel", report.AccusesCourriel);
            json.WriteNumber("accuses_courrier", report.AccusesCourrier);
            json.WriteStartArray("services");
            foreach (var (code, (count, late)) in report.Services.OrderByDescending(s => s.Value.EnRetard))
            {
                json.WriteStartObject();
                json.WriteString("service", code.Length == 0 ? null : code);
                json.WriteNumber("a_creer", count);
                json.WriteNumber("en_retard", late);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
        await FlushAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => output.DisposeAsync();

    private static void WriteFate(Utf8JsonWriter json, LigneLue ligne, TakeStock.Fate? fate, RapportStock report)
    {
        WriteNumber(json, "ligne", ligne.Ligne);
        json.WriteString("reference", ligne.Reference);
        json.WriteString("sort", fate?.Sort switch
        {
            SortStock.Cree => "cree",
            SortStock.DejaRepris => "deja-repris",
            SortStock.Change => "change",
            null => "a-creer",
        });
        json.WriteString("chrono", fate?.Chrono);
        if (fate is null or { Sort: SortStock.Cree })
        {
            json.WriteString("echeance", report.DueOn(ligne)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            json.WriteBoolean("en_retard", report.IsEnRetard(ligne));
            json.WriteString("accuse", RapportStock.AccuseOf(ligne) switch
            {
                CanalAccuse.Courriel => "a-envoyer",
                CanalAccuse.Courrier => "a-imprimer",
                null => "non",
            });
        }

        if (fate is { Sort: SortStock.Change })
        {
            json.WriteString("motif", $"Changé depuis la reprise, sans effet : {string.Join(", ", fate.Colonnes.Select(c => c.Nom()))}");
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private void Write(Action<Utf8JsonWriter> write)
    {
        using var json = new Utf8JsonWriter(_buffer, s_json);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        json.Flush();
        _buffer.Write("\n"u8);
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        await output.WriteAsync(_buffer.WrittenMemory, cancellationToken);
        await output.FlushAsync(cancellationToken);
        _buffer.ResetWrittenCount();
    }
}
