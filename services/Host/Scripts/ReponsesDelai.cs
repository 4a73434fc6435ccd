using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using SuiviCourrier.Delais;

namespace SuiviCourrier.Host.Scripts;

/// <summary>Answers requests, one line of JSON each.</summary>
internal sealed class ReponsesDelai(ReglesDuSite regles) : IDisposable
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Dictionary<Zone, Calendrier> _calendriers = [];
    private readonly Utf8JsonWriter _json = new(Stream.Null, s_json);

    /// <returns>False when the answer is an error.</returns>
    public ValueTask<bool> AnswerAsync(in ReadOnlySequence<byte> line, ArrayBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        try
        {
            return AnswerAsync(DemandeDelai.Read(line), output, cancellationToken);
        }
        catch (DemandeRefuseeException refused)
        {
            WriteError(refused.Message, output);
            return ValueTask.FromResult(false);
        }
    }

    /// <returns>False when the answer is an error.</returns>
    public async ValueTask<bool> AnswerAsync(DemandeDelai demande, ArrayBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        try
        {
            var lue = DemandeLue.Check(demande);
            var (calendrier, delai) = lue.Delai is { } given
                ? (CalendrierOf(lue.Zone ?? Zone.Metropole), given)
                : await regles.FindAsync(demande.Regime!, lue.Recu, lue.Zone, cancellationToken);
            Write(lue.Recu, calendrier, delai, demande.Detail, output);
            return true;
        }
        catch (DemandeRefuseeException refused)
        {
            WriteError(refused.Message, output);
            return false;
        }
        catch (ArgumentOutOfRangeException)
        {
            WriteError($"L’échéance tombe après {Calendrier.DerniereAnnee}.", output);
            return false;
        }
    }

    public void Dispose() => _json.Dispose();

    private Calendrier CalendrierOf(Zone zone)
    {
        if (!_calendriers.TryGetValue(zone, out var calendrier))
        {
            _calendriers[zone] = calendrier = new Calendrier(zone);
        }

        return calendrier;
    }

    /// <param name="delai">Null: no answer is expected, and there is no date.</param>
    private void Write(DateOnly recu, Calendrier calendrier, Delai? delai, bool isDetailed, ArrayBufferWriter<byte> output)
    {
        var trace = isDetailed && delai is { } detailed ? Decomptes.Compute(calendrier, recu, detailed) : null;
        var echeance = trace?.Date ?? (delai is { } plain ? Decomptes.Date(calendrier, recu, plain) : (DateOnly?)null);
        _json.Reset(output);
        _json.WriteStartObject();
        WriteDate("recu", recu);
        _json.WriteString("zone", calendrier.Reglage.Zone.Code());
        if (echeance is { } date)
        {
            WriteDate("echeance", date);
        }
        else
        {
            _json.WriteNull("echeance");
        }

        if (isDetailed)
        {
            _json.WriteStartArray("detail");
            foreach (var jour in trace?.Trace.Where(j => !j.EstDepart) ?? [])
            {
                _json.WriteStartObject();
                WriteDate("date", jour.Date);
                if (jour.Numero is { } number)
                {
                    _json.WriteNumber("compte", number);
                }
                else
                {
                    _json.WriteNull("compte");
                }

                if (jour.Motif is not null)
                {
                    _json.WriteString("motif", jour.Motif);
                }

                _json.WriteEndObject();
            }

            _json.WriteEndArray();
        }

        _json.WriteEndObject();
        End(output);
    }

    private void WriteError(string sentence, ArrayBufferWriter<byte> output)
    {
        _json.Reset(output);
        _json.WriteStartObject();
        _json.WriteString("erreur", sentence);
        _json.WriteEndObject();
        End(output);
    }

    private void WriteDate(string key, DateOnly date)
    {
        Span<char> text = stackalloc char[10];
        date.TryFormat(text, out _, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        _json.WriteString(key, text);
    }

    private void End(ArrayBufferWriter<byte> output)
    {
        _json.Flush();
        output.Write("\n"u8);
    }
}
