using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Courriers.Register;

/// <summary>
/// The due date a registration would have, said while it is typed: by the rules and the calendar that Echeances publishes, counted as it
/// counts. Only a foretaste: the date that engages is the one Echeances opens.
/// </summary>
public sealed class DelaiAnnonce(IngestionDbContext db, CodesAnnuaire codes, SiteCourant siteCourant)
{
    /// <summary>A calendar is costly to build and never changes under its version.</summary>
    private static readonly ConcurrentDictionary<(string Zone, int Version), Calendrier> s_calendriers = new();

    /// <param name="IsAnonyme">As the box of the form says, whatever category is chosen beside.</param>
    public sealed record Saisie(
        DateOnly? RecuLe, Canal? Canal, NatureCourrier? Nature, string? TypeCode, string? ServiceCode, CategorieExpediteur? Categorie,
        bool IsPourInformation, bool IsAnonyme);

    /// <returns>A sentence; null when nothing can be said yet.</returns>
    public async Task<string?> DireAsync(Saisie saisie, CancellationToken cancellationToken)
    {
        var today = await siteCourant.TodayAsync(cancellationToken);
        if (saisie.RecuLe is not { Year: >= 1900 } recuLe || recuLe > today || saisie.Canal is not { } canal)
        {
            return null;
        }

        var type = await codes.FindTypeAsync(saisie.TypeCode, [], cancellationToken);
        var service = string.IsNullOrEmpty(saisie.ServiceCode) ? type?.ServiceCode : saisie.ServiceCode;
        var nature = saisie.IsPourInformation ? NatureCourrier.PourInformation : saisie.Nature ?? type?.Nature;
        var annonce = (await ReadAsync(cancellationToken)).Of(new SituationCourrier
        {
            RecuLe = recuLe,
            Canal = canal.ToString(),
            Nature = nature?.ToString(),
            Type = type?.Code,
            CategorieExpediteur = (saisie.IsAnonyme ? CategorieExpediteur.Anonyme : saisie.Categorie)?.ToString(),
            Service = service,
        });
        return annonce switch
        {
            null => null,
            { DueOn: { } dueOn, Regime.Delai: { } delai } => $"À répondre avant le {DatesEnFrancais.DateComplete(dueOn)} ({delai.Libelle}).",
            _ => "Aucune réponse ne sera attendue.",
        };
    }

    /// <summary>The rules and the calendar of this moment, to ask them for a due date without reading anything more.</summary>
    public async Task<ReglesAnnoncees> ReadAsync(CancellationToken cancellationToken) =>
        new(await RegimesAsync(cancellationToken), await CalendrierAsync(cancellationToken));

    private async Task<Regimes> RegimesAsync(CancellationToken cancellationToken)
    {
        var rules = await db.Database.SqlQuery<RegimePublie>(
            $"""
            SELECT code, version, ordre, libelle, canaux, natures, types, categories, services, longueur, unite, valide_du, valide_au
            FROM echeances.lecture_regimes
            """).OrderBy(r => r.Ordre).ToListAsync(cancellationToken);
        return new Regimes(rules.Select(r => new Regime
        {
            Code = r.Code,
            Version = r.Version,
            Libelle = r.Libelle,
            Conditions = new ConditionsRegime
            {
                Canaux = ConditionsRegime.Codes(r.Canaux),
                Natures = ConditionsRegime.Codes(r.Natures),
                Types = ConditionsRegime.Codes(r.Types),
                CategoriesExpediteur = ConditionsRegime.Codes(r.Categories),
                Services = ConditionsRegime.Codes(r.Services),
            },
            Delai = r is { Longueur: { } longueur, Unite: { } unite } ? new Delai(longueur, Enum.Parse<UniteDelai>(unite)) : null,
            ValideDu = r.ValideDu,
            ValideAu = r.ValideAu,
        }));
    }

    private async Task<Calendrier> CalendrierAsync(CancellationToken cancellationToken)
    {
        var zone = (await siteCourant.GetAsync(cancellationToken)).ZoneFeries;
        var entries = await db.Database.SqlQuery<EntreePubliee>(
            $"SELECT version, kind, du, au, libelle, chaque_annee, arrete_le_decompte FROM echeances.lecture_calendrier").ToListAsync(cancellationToken);
        var version = entries.Count > 0 ? entries[0].Version : 1;
        return s_calendriers.GetOrAdd((zone, version), _ => new Calendrier(new ReglageCalendrier
        {
            Zone = Zones.Parse(zone),
            Version = version,
            VendrediSaintTravaille = entries.Exists(e => e.Kind == "VendrediSaintTravaille"),
            LundiPentecoteTravaille = entries.Exists(e => e.Kind == "LundiPentecoteTravaille"),
            JoursAjoutes = [.. entries.Where(e => e.Kind == "JourAjoute").Select(e => new JourAjoute(e.Du!.Value, e.Libelle!, e.ChaqueAnnee is true))],
            JoursRetires = [.. entries.Where(e => e.Kind == "JourRetire").Select(e => new JourRetire(e.Du!.Value, e.ChaqueAnnee is true))],
            Fermetures =
            [
                .. entries.Where(e => e.Kind == "Fermeture").Select(e => new Fermeture(e.Du!.Value, e.Au ?? e.Du.Value, e.Libelle!, e.ArreteLeDecompte is true)),
            ],
        }));
    }

    private sealed record RegimePublie(
        string Code, int Version, int Ordre, string Libelle, string[] Canaux, string[] Natures, string[] Types, string[] Categories, string[] Services,
        int? Longueur, string? Unite, DateOnly? ValideDu, DateOnly? ValideAu);

    private sealed record EntreePubliee(int Version, string? Kind, DateOnly? Du, DateOnly? Au, string? Libelle, bool? ChaqueAnnee, bool? ArreteLeDecompte);
}

/// <param name="DueOn">Null when no answer is expected.</param>
public sealed record EcheanceAnnoncee(Regime Regime, DateOnly? DueOn);

/// <summary>Rules and calendar as Echeances published them when they were read.</summary>
public sealed class ReglesAnnoncees(Regimes regimes, Calendrier calendrier)
{
    /// <returns>Null when no rule applies.</returns>
    public EcheanceAnnoncee? Of(SituationCourrier situation) =>
        regimes.Select(situation) is { } regime
            ? new EcheanceAnnoncee(regime, regime.Delai is { } delai ? Decomptes.Date(calendrier, situation.RecuLe, delai) : null)
            : null;

    /// <summary>Of a courrier about to be registered.</summary>
    public EcheanceAnnoncee? Of(Courrier courrier) => Of(new SituationCourrier
    {
        RecuLe = courrier.RecuLe,
        Canal = courrier.Canal.ToString(),
        Nature = (courrier.IsPourInformation ? NatureCourrier.PourInformation : courrier.Nature)?.ToString(),
        Type = courrier.TypeCode,
        CategorieExpediteur = courrier.Expediteur.Categorie.ToString(),
        Service = courrier.ServiceCode,
    });
}
