using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Calendriers;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.ServiceDefaults.Schemas;

namespace SuiviCourrier.Echeances.Regles;

/// <summary>
/// Loads regimes, steps, silence rules and acknowledgement rules from <c>regimes.json</c>, <c>etapes-relance.json</c>, <c>silences.json</c>
/// and <c>delais-accuses.json</c> of <c>reference/</c>. The files are the whole truth: rows they no longer hold go. Rules that have changed make a new version of what dates are computed with, so that every open clock is computed
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
        var silences = await ReadAsync<SilenceSeed>(seedsFolder, "silences.json", cancellationToken);
        var accuses = await ReadAsync<AccuseSeed>(seedsFolder, "delais-accuses.json", cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var before = await StateAsync(cancellationToken);
        await db.Regimes.ExecuteDeleteAsync(cancellationToken);
        await db.EtapesRegimes.ExecuteDeleteAsync(cancellationToken);
        await db.ReglesSilence.ExecuteDeleteAsync(cancellationToken);
        await db.ReglesAccuse.ExecuteDeleteAsync(cancellationToken);
        db.Regimes.AddRange(rules.Select((r, index) => r.ToRow(index)));
        db.EtapesRegimes.AddRange(steps.SelectMany(s => s.ToRows()));
        db.ReglesSilence.AddRange(silences.Select((s, index) => s.ToRow(index)));
        db.ReglesAccuse.AddRange(accuses.Select(a => a.ToRow()));
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
        var silences = await db.ReglesSilence.AsNoTracking().OrderBy(r => r.Ordre).ToListAsync(cancellationToken);
        var accuses = await db.ReglesAccuse.AsNoTracking().OrderBy(r => r.Code).ToListAsync(cancellationToken);
        return regimes.Count == 0 ? null : JsonSerializer.Serialize(new { regimes, etapes, silences, accuses }, s_json);
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

    private sealed record SilenceSeed
    {
        public required string Code { get; init; }
        public required string Libelle { get; init; }
        public ConditionsSeed Conditions { get; init; } = new();
        public string[] CategoriesExclues { get; init; } = [];
        public required EffetSilence Effet { get; init; }
        public required int Longueur { get; init; }
        public required UniteDelai Unite { get; init; }
        public required string Source { get; init; }
        public required string Recours { get; init; }

        public RegleSilenceRow ToRow(int ordre) => new()
        {
            Code = Code,
            Ordre = ordre,
            Libelle = Libelle,
            Canaux = Conditions.Canaux,
            Natures = Conditions.Natures,
            Types = Conditions.Types,
            Categories = Conditions.Categories,
            Services = Conditions.Services,
            CategoriesExclues = CategoriesExclues,
            Effet = Effet,
            Longueur = Longueur,
            Unite = Unite,
            Source = Source,
            Recours = Recours,
        };
    }

    private sealed record DelaiSeed(int Longueur, UniteDelai Unite);

    private sealed record AccuseSeed
    {
        public required string Code { get; init; }
        public required string Libelle { get; init; }
        public required GenreAccuse Genre { get; init; }
        public required string[] Canaux { get; init; }
        public DelaiSeed? Legal { get; init; }
        public DelaiSeed? Objectif { get; init; }
        public required string Source { get; init; }

        public RegleAccuseRow ToRow() => new()
        {
            Code = Code,
            Libelle = Libelle,
            Genre = Genre,
            Canaux = Canaux,
            LegalLongueur = Legal?.Longueur,
            LegalUnite = Legal?.Unite,
            ObjectifLongueur = Objectif?.Longueur,
            ObjectifUnite = Objectif?.Unite,
            Source = Source,
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
