using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Calendriers;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.ServiceDefaults.Schemas;

namespace SuiviCourrier.Echeances.Regles;

/// <summary>
/// Loads regimes and steps from <c>reference/regimes.json</c> and <c>reference/etapes-relance.json</c>. The files are the whole truth:
/// rows they no longer hold go. Rules that have changed make a new version of what dates are computed with, so that every open clock is computed
/// again (<see cref="RecalculJob"/>); a closed one keeps the name and version of the rule it had.
/// </summary>
public sealed class SeedRegles(EcheancesDbContext db, TimeProvider clock) : ISeeder
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public int Order => 20;

    public async Task SeedAsync(string seedsFolder, CancellationToken cancellationToken)
    {
        var rules = await ReadAsync<RegimeSeed>(seedsFolder, "regimes.json", cancellationToken);
        var steps = await ReadAsync<EtapesSeed>(seedsFolder, "etapes-relance.json", cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var before = await StateAsync(cancellationToken);
        await db.Regimes.ExecuteDeleteAsync(cancellationToken);
        await db.EtapesRegimes.ExecuteDeleteAsync(cancellationToken);
        db.Regimes.AddRange(rules.Select((r, index) => r.ToRow(index)));
        db.EtapesRegimes.AddRange(steps.SelectMany(s => s.ToRows()));
        await db.SaveChangesAsync(cancellationToken);
        if (before is not null && before != await StateAsync(cancellationToken))
        {
            await AskForRecomputationAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <returns>All that decides of a date, to be compared; null when nothing has been seeded.</returns>
    private async Task<string?> StateAsync(CancellationToken cancellationToken)
    {
        var regimes = await db.Regimes.AsNoTracking().OrderBy(r => r.Ordre).ToListAsync(cancellationToken);
        var etapes = await db.EtapesRegimes.AsNoTracking().OrderBy(e => e.RegimeCode).ThenBy(e => e.Code).ToListAsync(cancellationToken);
        return regimes.Count == 0 ? null : JsonSerializer.Serialize(new { regimes, etapes }, s_json);
    }

    private async Task AskForRecomputationAsync(CancellationToken cancellationToken)
    {
        const string Acteur = "seed";
        const string Motif = "Règles de délai modifiées";
        var version = await CalendrierCourant.NextVersionAsync(db, cancellationToken);
        var now = clock.GetUtcNow();
        db.Recalculs.Add(new Recalcul { Version = version, DemandeAt = now, Acteur = Acteur, Motif = Motif });
        db.Journal.Record(Acteur, nameof(SeedRegles), $"calendrier:{version}", null, now, apres: Motif);
        await db.SaveChangesAsync(cancellationToken);
    }

    private static async Task<List<T>> ReadAsync<T>(string seedsFolder, string name, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(Path.Combine(seedsFolder, "reference", name));
        return await JsonSerializer.DeserializeAsync<List<T>>(file, s_json, cancellationToken)
            ?? throw new JsonException($"{name} holds no list");
    }

    private sealed record ConditionsSeed
    {
        public string[] Canaux { get; init; } = [];
        public string[] Natures { get; init; } = [];
        public string[] Types { get; init; } = [];
        public string[] Categories { get; init; } = [];
        public string[] Services { get; init; } = [];
    }

    private sealed record RegimeSeed
    {
        public required string Code { get; init; }
        public required string Libelle { get; init; }
        public required int Version { get; init; }

        /// <summary>Applies while nobody has said what the courrier is.</summary>
        public bool NonQualifie { get; init; }

        public ConditionsSeed Conditions { get; init; } = new();
        public int? Longueur { get; init; }
        public UniteDelai? Unite { get; init; }
        public DateOnly? ValideDu { get; init; }
        public DateOnly? ValideAu { get; init; }

        public RegleRegime ToRow(int ordre) => new()
        {
            Code = Code,
            Version = Version,
            Ordre = ordre,
            Libelle = Libelle,
            Canaux = Conditions.Canaux,
            Natures = NonQualifie ? [ConditionsRegime.NonQualifie] : Conditions.Natures,
            Types = Conditions.Types,
            Categories = Conditions.Categories,
            Services = Conditions.Services,
            Longueur = Longueur,
            Unite = Unite,
            ValideDu = ValideDu,
            ValideAu = ValideAu,
        };
    }

    private sealed record EtapesSeed
    {
        public required string[] Regimes { get; init; }
        public required EtapeSeed[] Etapes { get; init; }

        public IEnumerable<RegleEtape> ToRows() => Regimes.SelectMany(regime => Etapes.Select(e => new RegleEtape
        {
            RegimeCode = regime,
            Code = e.Code,
            Rang = e.Rang,
            JoursOuvres = e.JoursOuvres,
            Destinataire = e.Destinataire switch
            {
                "Agent" => DestinataireEtape.Agent,
                "ChefService" => DestinataireEtape.Chef,
                "Superviseur" => DestinataireEtape.Superviseur,
                _ => throw new JsonException($"etapes-relance.json: unknown recipient {e.Destinataire}"),
            },
        }));
    }

    private sealed record EtapeSeed
    {
        public required string Code { get; init; }
        public required int Rang { get; init; }
        public required int JoursOuvres { get; init; }
        public required string Destinataire { get; init; }
    }
}
