using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SuiviCourrier.Delais;

namespace SuiviCourrier.Host.Scripts;

/// <param name="Texte">As it was given.</param>
/// <param name="Valeur">Null when it is no whole number.</param>
internal readonly record struct NombreLu(string Texte, int? Valeur);

/// <summary>One request, as given: nothing is checked yet.</summary>
internal sealed record DemandeDelai
{
    public string? Recu { get; init; }
    public NombreLu? JoursOuvres { get; init; }
    public NombreLu? Jours { get; init; }
    public NombreLu? Mois { get; init; }
    public string? Regime { get; init; }
    public string? Zone { get; init; }
    public bool Detail { get; init; }

    /// <exception cref="DemandeRefuseeException">The line is not a request.</exception>
    public static DemandeDelai Read(in ReadOnlySequence<byte> line)
    {
        var demande = new Lecture();
        var reader = new Utf8JsonReader(line);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new DemandeRefuseeException("Une ligne est un objet JSON, par exemple {\"recu\":\"2026-05-06\",\"jours_ouvres\":10,\"zone\":\"metropole\"}.");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                demande.Read(ref reader);
            }

            if (reader.Read())
            {
                throw new DemandeRefuseeException("Une ligne porte une seule demande.");
            }
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            throw new DemandeRefuseeException(line.IsEmpty || IsBlank(line) ? "La ligne est vide." : "La ligne n’est pas du JSON.");
        }

        return demande.ToDemande();
    }

    private static bool IsBlank(in ReadOnlySequence<byte> line)
    {
        foreach (var segment in line)
        {
            if (segment.Span.IndexOfAnyExcept(" \t\r"u8) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The keys read so far. Each may come once.</summary>
    private struct Lecture
    {
        private string? _recu;
        private NombreLu? _joursOuvres;
        private NombreLu? _jours;
        private NombreLu? _mois;
        private string? _regime;
        private string? _zone;
        private bool? _detail;

        public void Read(ref Utf8JsonReader reader)
        {
            if (reader.ValueTextEquals("recu"u8))
            {
                _recu = Once(_recu, Text(ref reader, "recu"), "recu");
            }
            else if (reader.ValueTextEquals("jours_ouvres"u8))
            {
                _joursOuvres = Once(_joursOuvres, Number(ref reader), "jours_ouvres");
            }
            else if (reader.ValueTextEquals("jours"u8))
            {
                _jours = Once(_jours, Number(ref reader), "jours");
            }
            else if (reader.ValueTextEquals("mois"u8))
            {
                _mois = Once(_mois, Number(ref reader), "mois");
            }
            else if (reader.ValueTextEquals("regime"u8))
            {
                _regime = Once(_regime, Text(ref reader, "regime"), "regime");
            }
            else if (reader.ValueTextEquals("zone"u8))
            {
                _zone = Once(_zone, Text(ref reader, "zone"), "zone");
            }
            else if (reader.ValueTextEquals("detail"u8))
            {
                reader.Read();
                _detail = Once(_detail, reader.TokenType is JsonTokenType.True or JsonTokenType.False
                    ? reader.GetBoolean()
                    : throw new DemandeRefuseeException("« detail » vaut true ou false."), "detail");
            }
            else
            {
                throw new DemandeRefuseeException($"« {reader.GetString()} » n’est pas connu : les clés sont recu, zone, jours_ouvres, jours, mois, regime et detail.");
            }
        }

        public readonly DemandeDelai ToDemande() => new()
        {
            Recu = _recu,
            JoursOuvres = _joursOuvres,
            Jours = _jours,
            Mois = _mois,
            Regime = _regime,
            Zone = _zone,
            Detail = _detail == true,
        };

        private static T Once<T>(T? before, T now, string key) =>
            before is null ? now : throw new DemandeRefuseeException($"« {key} » est donné deux fois.");

        private static T Once<T>(T? before, T now, string key)
            where T : struct =>
            before is null ? now : throw new DemandeRefuseeException($"« {key} » est donné deux fois.");

        private static string Text(ref Utf8JsonReader reader, string key)
        {
            reader.Read();
            return reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new DemandeRefuseeException($"« {key} » est un texte entre guillemets.");
        }

        private static NombreLu Number(ref Utf8JsonReader reader)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
            {
                return new NombreLu("", number);
            }

            var given = reader.HasValueSequence ? Encoding.UTF8.GetString(reader.ValueSequence) : Encoding.UTF8.GetString(reader.ValueSpan);
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                throw new DemandeRefuseeException("Un délai est un nombre entier.");
            }

            return new NombreLu(given, null);
        }
    }
}

/// <summary>A request that cannot be answered; its message is the answer, in French.</summary>
internal sealed class DemandeRefuseeException(string message) : Exception(message);

/// <summary>A request that has been checked.</summary>
internal readonly record struct DemandeLue(DateOnly Recu, Zone? Zone, Delai? Delai)
{
    private const int LongueurMax = 10_000;

    /// <exception cref="DemandeRefuseeException">Something is missing, given twice or impossible.</exception>
    public static DemandeLue Check(DemandeDelai demande)
    {
        if (demande.Recu is null)
        {
            throw new DemandeRefuseeException("« recu » manque : donnez le jour de la réception, AAAA-MM-JJ.");
        }

        if (!DateOnly.TryParseExact(demande.Recu, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var recu))
        {
            throw new DemandeRefuseeException($"« recu » : « {demande.Recu} » n’est pas une date AAAA-MM-JJ.");
        }

        if (recu < Calendrier.PremierJour || recu > Calendrier.DernierJour)
        {
            throw new DemandeRefuseeException($"« recu » : les dates vont de {Calendrier.PremiereAnnee} à {Calendrier.DerniereAnnee}.");
        }

        Zone? zone = null;
        if (demande.Zone is not null)
        {
            zone = Zones.TryParse(demande.Zone, out var known)
                ? known
                : throw new DemandeRefuseeException($"« zone » : « {demande.Zone} » n’est pas connue ; les zones sont {string.Join(", ", Zones.Toutes.Select(z => z.Code()))}.");
        }

        var given = (demande.JoursOuvres is null ? 0 : 1) + (demande.Jours is null ? 0 : 1) + (demande.Mois is null ? 0 : 1) + (demande.Regime is null ? 0 : 1);
        if (given != 1)
        {
            throw new DemandeRefuseeException(given == 0
                ? "Le délai manque : donnez jours_ouvres, jours, mois ou regime."
                : "Un seul délai par demande : jours_ouvres, jours, mois ou regime.");
        }

        return new DemandeLue(recu, zone, demande switch
        {
            { JoursOuvres: { } number } => new Delai(Length(number, "jours_ouvres"), UniteDelai.JoursOuvres),
            { Jours: { } number } => new Delai(Length(number, "jours"), UniteDelai.JoursCalendaires),
            { Mois: { } number } => new Delai(Length(number, "mois"), UniteDelai.Mois),
            _ => null,
        });
    }

    private static int Length(NombreLu number, string key) => number.Valeur is >= 1 and <= LongueurMax
        ? number.Valeur.Value
        : throw new DemandeRefuseeException($"« {key} » est un nombre entier de 1 à {LongueurMax}.");
}
