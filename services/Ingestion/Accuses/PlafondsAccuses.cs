using System.Globalization;
using Microsoft.Extensions.Options;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Data;

namespace SuiviCourrier.Ingestion.Accuses;

/// <summary>
/// How many acknowledgements one address, one domain and everybody get: two robots that answer each other stop here, and so does whoever writes in
/// the name of many. What a person sends by hand, and accusés de réception, are never held back; they count.
/// </summary>
public sealed class PlafondsAccuses(IngestionDbContext db, IOptions<ReleveOptions> options, TimeProvider clock)
{
    /// <summary>How the reason begins when a cap was reached: the lists look for it.</summary>
    public const string Debut = "Plafond atteint";

    private static readonly CultureInfo s_french = CultureInfo.GetCultureInfo("fr-FR");

    /// <returns>Why no more is sent, a sentence in French; null when one may be.</returns>
    public async Task<string?> ReachedAsync(string address, CancellationToken cancellationToken)
    {
        var cle = address.ToLowerInvariant();
        var domaine = cle[(cle.LastIndexOf('@') + 1)..];
        var o = options.Value;
        var now = clock.GetUtcNow();
        string? reached = null;
        var trip = new RoundTrip();
        Ask("à cette adresse", o.AccusesParHeure, o.AccusesParJour, (nth, since) =>
            $"SELECT 1 FROM ingestion.accuses WHERE canal = 'Courriel' AND etat <> 'SansObjet' AND adresse_cle = {cle} AND created_at > {since} ORDER BY created_at DESC OFFSET {nth} LIMIT 1");
        Ask($"à {domaine}", o.AccusesParHeureParDomaine, o.AccusesParJourParDomaine, (nth, since) =>
            $"SELECT 1 FROM ingestion.accuses WHERE canal = 'Courriel' AND etat <> 'SansObjet' AND domaine = {domaine} AND created_at > {since} ORDER BY created_at DESC OFFSET {nth} LIMIT 1");
        Ask("en tout", o.AccusesParHeureEnTout, o.AccusesParJourEnTout, (nth, since) =>
            $"SELECT 1 FROM ingestion.accuses WHERE canal = 'Courriel' AND etat <> 'SansObjet' AND created_at > {since} ORDER BY created_at DESC OFFSET {nth} LIMIT 1");
        await trip.ExecuteAsync(db, cancellationToken);
        return reached;

        // A row answers when there are that many: the index is read no further than the cap.
        void Ask(string to, int perHour, int perDay, Func<int, DateTimeOffset, FormattableString> newest)
        {
            foreach (var (cap, since, period) in new[] { (perHour, now.AddHours(-1), "une heure"), (perDay, now.AddDays(-1), "un jour") })
            {
                if (cap > 0)
                {
                    trip.Ask(newest(cap - 1, since), _ => reached ??= string.Create(s_french, $"{Debut} : déjà {cap:N0} {(cap > 1 ? "accusés envoyés" : "accusé envoyé")} {to} depuis {period}"));
                }
            }
        }
    }
}
