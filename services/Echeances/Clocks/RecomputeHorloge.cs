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
/// Brings the answer clock of one courrier to what <see cref="DecideEcheance"/> says: opens, moves, closes or opens it again, with its
/// steps, its audit line and its fact. Running it twice changes nothing the second time. The caller holds the lock of the courrier,
/// saves and commits.
/// </summary>
public sealed class RecomputeHorloge(
    EcheancesDbContext db, FluxEcheances flux, RegimesCourants regimes, CalendrierCourant calendriers, SiteCourant sites, TimeProvider clock)
{
    /// <param name="acteur">Account, or <c>echeances</c>.</param>
    /// <param name="motif">Why a person asked for it.</param>
    /// <returns>Due date before and after, when a clock was there before.</returns>
    public async Task<(DateOnly? Avant, DateOnly? Apres)> ExecuteAsync(Suivi suivi, string acteur, string? motif, CancellationToken cancellationToken)
    {
        // The sweep locks the same row before it fires: closing and firing never cross.
        var horloge = await db.Horloges
            .FromSql($"SELECT * FROM echeances.horloges WHERE courrier_id = {suivi.CourrierId} AND kind = 'Reponse' FOR UPDATE")
            .SingleOrDefaultAsync(cancellationToken);
        if (suivi.RecuLe is null)
        {
            return (horloge?.DueOn, horloge?.DueOn);
        }

        var regles = await regimes.GetAsync(db, cancellationToken);
        var calendrier = await calendriers.GetAsync(db, cancellationToken);
        var today = await sites.TodayAsync(cancellationToken);
        var attendue = DecideEcheance.Decide(suivi, regles, calendrier);
        var before = horloge is null ? null : State(horloge);
        if (attendue is null)
        {
            if (horloge is null)
            {
                return (null, null);
            }

            horloge.ClosedOn ??= today;
            horloge.MotifArret = MotifArret.SansReponse;
        }
        else
        {
            if (horloge is null)
            {
                horloge = new Horloge { CourrierId = suivi.CourrierId, Kind = KindEcheance.Reponse, OpenedAt = clock.GetUtcNow() };
                db.Horloges.Add(horloge);
            }

            Apply(horloge, attendue, isNew: before is null, today);
        }

        if (before is not null)
        {
            await db.Entry(horloge).Collection(h => h.Etapes).LoadAsync(cancellationToken);
        }

        SyncSteps(horloge, attendue is null ? [] : EtapesRelance.DateSteps(calendrier, horloge.DueOn, regles.Etapes[horloge.RegimeCode]), today);
        await AnnounceAsync(horloge, before, acteur, motif, cancellationToken);
        return (before?.DueOn, horloge.DueOn);
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
        horloge.BaseLe = attendue.Echeance.Depart;
        horloge.DueOn = attendue.Echeance.Date;
        horloge.Calcul = attendue.Echeance.Calcul;
        horloge.CalendrierVersion = attendue.Echeance.VersionCalendrier;
        horloge.IsProjection = attendue.Echeance.EstProjection;
        horloge.ClosedOn = attendue.Arret is null
            ? null
            : attendue.ArreteLe ?? (horloge.MotifArret == attendue.Arret ? horloge.ClosedOn : null) ?? today;
        horloge.MotifArret = attendue.Arret;
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
        Horloge horloge, EtatEcheance? before, string acteur, string? motif, CancellationToken cancellationToken)
    {
        var after = State(horloge);
        if (before == after)
        {
            return;
        }

        var action = before switch
        {
            null => horloge.IsOpen ? nameof(EcheanceOpened) : nameof(EcheanceClosed),
            { ClosedOn: not null } when horloge.IsOpen => nameof(EcheanceOpened),
            _ when before.ClosedOn != after.ClosedOn => nameof(EcheanceClosed),
            _ => nameof(EcheanceMoved),
        };
        db.Journal.Record(
            acteur, action, $"horloge:{horloge.Id}", horloge.CourrierId, clock.GetUtcNow(),
            before is null ? null : Words(before), $"{Words(after)} : {horloge.Calcul}", motif);
        await db.SaveChangesAsync(cancellationToken);
        var version = await flux.NextVersionAsync(horloge.CourrierId, cancellationToken);
        var etat = new EtatEcheances { Echeances = [after] };
        db.Outbox.Publish(action switch
        {
            nameof(EcheanceOpened) => new EcheanceOpened { Source = FluxEcheances.Source, CourrierId = horloge.CourrierId, Version = version, Etat = etat },
            nameof(EcheanceClosed) => new EcheanceClosed { Source = FluxEcheances.Source, CourrierId = horloge.CourrierId, Version = version, Etat = etat },
            _ => new EcheanceMoved { Source = FluxEcheances.Source, CourrierId = horloge.CourrierId, Version = version, Etat = etat },
        });
    }

    internal static EtatEcheance State(Horloge horloge) => new()
    {
        Kind = horloge.Kind,
        RegimeCode = horloge.RegimeCode,
        DueOn = horloge.DueOn,
        ClosedOn = horloge.ClosedOn,
    };

    private static string Words(EtatEcheance etat) =>
        $"échéance le {DatesEnFrancais.DateComplete(etat.DueOn)}, règle « {etat.RegimeCode} »"
        + (etat.ClosedOn is { } clos ? $", arrêtée le {DatesEnFrancais.DateComplete(clos)}" : "");
}
