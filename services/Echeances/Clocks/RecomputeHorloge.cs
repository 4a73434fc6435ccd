using System.Globalization;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Echeances;
using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Calendriers;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.Echeances.Regles;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Echeances.Clocks;

/// <summary>
/// Brings the clocks of one courrier to what <see cref="DecideEcheance"/> says: opens, moves, closes or opens them again, the answer's with
/// its steps, with one audit line and one fact for all. Running it twice changes nothing the second time. The caller holds the lock
/// of the courrier, saves and commits.
/// </summary>
public sealed class RecomputeHorloge(
    EcheancesDbContext db, FluxEcheances flux, RegimesCourants regimes, CalendrierCourant calendriers, SiteCourant sites, TimeProvider clock)
{
    /// <param name="acteur">Account, or <c>echeances</c>.</param>
    /// <param name="motif">Why a person asked for it.</param>
    /// <returns>Due date of the answer before and after, when its clock was there before.</returns>
    public async Task<(DateOnly? Avant, DateOnly? Apres)> ExecuteAsync(Suivi suivi, string acteur, string? motif, CancellationToken cancellationToken)
    {
        // The sweep locks the same rows before it fires: closing and firing never cross.
        var horloges = await db.Horloges
            .FromSql($"SELECT * FROM echeances.horloges WHERE courrier_id = {suivi.CourrierId} FOR UPDATE")
            .ToListAsync(cancellationToken);
        var reponse = horloges.Find(h => h.Kind == KindEcheance.Reponse);
        var dueBefore = reponse?.DueOn;
        if (suivi.RecuLe is null)
        {
            return (dueBefore, dueBefore);
        }

        var before = horloges.ToDictionary(h => h.Kind, State);
        var regles = await regimes.GetAsync(db, cancellationToken);
        var calendrier = await calendriers.GetAsync(db, cancellationToken);
        var today = await sites.TodayAsync(cancellationToken);
        if (await SyncReponseAsync(suivi, reponse, regles, calendrier, today, cancellationToken) is { } opened)
        {
            horloges.Add(opened);
        }

        SyncOthers(suivi, horloges, DecideEcheance.DecideOthers(suivi, regles, calendrier), today);
        await AnnounceAsync(suivi.CourrierId, horloges, before, acteur, motif, cancellationToken);
        return (dueBefore, horloges.Find(h => h.Kind == KindEcheance.Reponse)?.DueOn);
    }

    /// <returns>The clock, when it is new.</returns>
    private async Task<Horloge?> SyncReponseAsync(
        Suivi suivi, Horloge? horloge, JeuDeRegles regles, Calendrier calendrier, DateOnly today, CancellationToken cancellationToken)
    {
        var attendue = DecideEcheance.Decide(suivi, regles, calendrier);
        var isNew = horloge is null;
        if (attendue is null)
        {
            if (horloge is null)
            {
                return null;
            }

            horloge.ClosedOn ??= today;
            horloge.MotifArret = MotifArret.SansReponse;
        }
        else
        {
            horloge ??= Open(suivi, KindEcheance.Reponse);
            Apply(horloge, attendue, isNew, today);
        }

        if (!isNew)
        {
            await db.Entry(horloge).Collection(h => h.Etapes).LoadAsync(cancellationToken);
        }

        SyncSteps(horloge, attendue is null ? [] : EtapesRelance.DateSteps(calendrier, horloge.DueOn, regles.Etapes[horloge.RegimeCode]), today);
        return isNew ? horloge : null;
    }

    /// <summary>Acknowledgements and silence: no steps. One that is expected no more stops; it is kept, with the day.</summary>
    private void SyncOthers(Suivi suivi, List<Horloge> horloges, IReadOnlyList<HorlogeSecondaire> attendues, DateOnly today)
    {
        foreach (var horloge in horloges.Where(h => h.Kind != KindEcheance.Reponse && attendues.All(a => a.Kind != h.Kind)))
        {
            (horloge.ClosedOn, horloge.MotifArret) = (horloge.ClosedOn ?? today, MotifArret.SansObjet);
        }

        foreach (var attendue in attendues)
        {
            var horloge = horloges.Find(h => h.Kind == attendue.Kind);
            if (horloge is null)
            {
                horloge = Open(suivi, attendue.Kind);
                horloges.Add(horloge);
            }

            horloge.RegimeCode = attendue.Code;
            horloge.RegimeVersion = 1;
            horloge.RegimeLibelle = attendue.Libelle;
            horloge.ObjectifLe = attendue.ObjectifLe;
            Keep(horloge, attendue.Echeance, attendue.Arret, attendue.ArreteLe, today);
        }
    }

    private Horloge Open(Suivi suivi, KindEcheance kind)
    {
        var horloge = new Horloge { CourrierId = suivi.CourrierId, Kind = kind, OpenedAt = clock.GetUtcNow() };
        db.Horloges.Add(horloge);
        return horloge;
    }

    private static void Keep(Horloge horloge, Echeance echeance, MotifArret? arret, DateOnly? arreteLe, DateOnly today)
    {
        horloge.BaseLe = echeance.Depart;
        horloge.DueOn = echeance.Date;
        horloge.Calcul = echeance.Calcul;
        horloge.CalendrierVersion = echeance.VersionCalendrier;
        horloge.IsProjection = echeance.EstProjection;
        horloge.ClosedOn = arret is null ? null : arreteLe ?? (horloge.MotifArret == arret ? horloge.ClosedOn : null) ?? today;
        horloge.MotifArret = arret;
    }

    private static void Apply(Horloge horloge, HorlogeAttendue attendue, bool isNew, DateOnly today)
    {
        if (isNew || horloge.DueOn != attendue.Echeance.Date)
        {
            horloge.MissedAt = null;
        }

        horloge.RegimeCode = attendue.Regime.Code;
        horloge.RegimeVersion = attendue.Regime.Version;
        horloge.RegimeLibelle = attendue.Regime.Libelle;
        horloge.IsImpose = attendue.IsImpose;
        Keep(horloge, attendue.Echeance, attendue.Arret, attendue.ArreteLe, today);
    }

    /// <summary>
    /// Steps of another due date, or of a clock that no longer runs, are cancelled. When steps appear (the clock opens, moves, opens again
    /// or changes its rule), of those already past only the highest stays to fire, unless one as high has fired for this due date.
    /// </summary>
    private static void SyncSteps(Horloge horloge, IReadOnlyList<EtapeDatee> dated, DateOnly today)
    {
        var codes = dated.Select(d => d.Etape.Code).ToHashSet(StringComparer.Ordinal);
        foreach (var etape in horloge.Etapes.Where(e => e.Etat is EtatEtape.Prevue or EtatEtape.Depassee))
        {
            if (!horloge.IsOpen || etape.DueOn != horloge.DueOn || !codes.Contains(etape.Code))
            {
                etape.Etat = EtatEtape.Annulee;
            }
        }

        if (!horloge.IsOpen)
        {
            return;
        }

        var rows = horloge.Etapes.Where(e => e.DueOn == horloge.DueOn).ToDictionary(e => e.Code, StringComparer.Ordinal);
        var appeared = false;
        var toFire = new List<EtapeDatee>();
        foreach (var step in dated)
        {
            if (!rows.TryGetValue(step.Etape.Code, out var row))
            {
                row = new Etape { CourrierId = horloge.CourrierId, DueOn = horloge.DueOn, Code = step.Etape.Code, Etat = EtatEtape.Annulee };
                horloge.Etapes.Add(row);
                rows.Add(row.Code, row);
            }

            if (row.Etat == EtatEtape.Declenchee)
            {
                continue;
            }

            appeared |= row.Etat == EtatEtape.Annulee;
            row.Etat = row.Etat == EtatEtape.Annulee ? EtatEtape.Prevue : row.Etat;
            row.Rang = step.Etape.Rang;
            row.Decalage = step.Etape.Decalage;
            row.Libelle = step.Etape.Libelle;
            row.Destinataire = step.Etape.Destinataire;
            row.PrevueLe = step.Date;
            toFire.Add(step);
        }

        if (!appeared)
        {
            return;
        }

        var onOpening = EtapesRelance.WhichFireOnOpening(toFire, today);
        foreach (var step in onOpening.Depassees)
        {
            rows[step.Etape.Code].Etat = EtatEtape.Depassee;
        }

        if (onOpening.Declenchee is { } highest)
        {
            var isOutranked = rows.Values.Any(r => r.Etat == EtatEtape.Declenchee && r.Rang >= highest.Etape.Rang);
            rows[highest.Etape.Code].Etat = isOutranked ? EtatEtape.Depassee : EtatEtape.Prevue;
        }
    }

    private async Task AnnounceAsync(
        Guid courrierId, List<Horloge> horloges, Dictionary<KindEcheance, EtatEcheance> before, string acteur, string? motif,
        CancellationToken cancellationToken)
    {
        var changed = horloges
            .Select(horloge => (Horloge: horloge, Before: before.GetValueOrDefault(horloge.Kind), After: State(horloge)))
            .Where(c => c.Before != c.After)
            .OrderBy(c => c.Horloge.Kind)
            .ToList();
        if (changed.Count == 0)
        {
            return;
        }

        // The answer comes first: what became of it names the change.
        var action = ActionOf(changed[0].Before, changed[0].Horloge);
        var formerly = changed.Where(c => c.Before is not null).Select(c => Words(c.Before!)).ToList();
        db.Journal.Record(
            acteur, action, $"horloge:{changed[0].Horloge.Id}", courrierId, clock.GetUtcNow(),
            formerly.Count == 0 ? null : string.Join(" ; ", formerly),
            string.Join(" ; ", changed.Select(c => $"{Words(c.After)} : {c.Horloge.Calcul}")), motif);
        await db.SaveChangesAsync(cancellationToken);
        var published = Published(horloges);
        if (!changed.Any(c => IsPublished(c.Horloge)))
        {
            return;
        }

        var version = await flux.NextVersionAsync(courrierId, cancellationToken);
        db.Outbox.Publish(action switch
        {
            nameof(EcheanceOpened) => new EcheanceOpened { Source = FluxEcheances.Source, CourrierId = courrierId, Version = version, Etat = published },
            nameof(EcheanceClosed) => new EcheanceClosed { Source = FluxEcheances.Source, CourrierId = courrierId, Version = version, Etat = published },
            _ => new EcheanceMoved { Source = FluxEcheances.Source, CourrierId = courrierId, Version = version, Etat = published },
        });
    }

    private static string ActionOf(EtatEcheance? before, Horloge horloge) => before switch
    {
        null => horloge.IsOpen ? nameof(EcheanceOpened) : nameof(EcheanceClosed),
        { ClosedOn: not null } when horloge.IsOpen => nameof(EcheanceOpened),
        _ when before.ClosedOn != horloge.ClosedOn => nameof(EcheanceClosed),
        _ => nameof(EcheanceMoved),
    };

    /// <summary>What facts say of the clocks of one courrier.</summary>
    internal static EtatEcheances Published(IEnumerable<Horloge> horloges) =>
        new() { Echeances = [.. horloges.Where(IsPublished).OrderBy(h => h.Kind).Select(State)] };

    private static bool IsPublished(Horloge horloge) => horloge.Kind is KindEcheance.Reponse or KindEcheance.Silence;

    private static EtatEcheance State(Horloge horloge) => new()
    {
        Kind = horloge.Kind,
        RegimeCode = horloge.RegimeCode,
        DueOn = horloge.DueOn,
        ClosedOn = horloge.ClosedOn,
    };

    private static string Words(EtatEcheance etat) =>
        (etat.Kind switch
        {
            KindEcheance.Reponse => "échéance le ",
            KindEcheance.AccuseEnregistrement => "accusé d’enregistrement avant la fin du ",
            KindEcheance.AccuseReception => "accusé de réception avant la fin du ",
            KindEcheance.Silence => "effet du silence le ",
        })
        + $"{DatesEnFrancais.DateComplete(etat.DueOn)}, règle « {etat.RegimeCode} »"
        + (etat.ClosedOn is { } clos ? $", arrêtée le {DatesEnFrancais.DateComplete(clos)}" : "");
}
