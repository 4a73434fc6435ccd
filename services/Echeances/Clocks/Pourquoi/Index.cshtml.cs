using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Echeances;
using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Calendriers;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.Echeances.Regles;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Echeances.Clocks.Pourquoi;

/// <summary>Why this date: the day of reception, the rule, every day counted or skipped with its reason, the calendar's version.</summary>
public sealed class IndexModel(EcheancesDbContext db, CalendrierCourant calendriers, RegimesCourants regimes, SiteCourant sites) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public Suivi Suivi { get; private set; } = null!;
    public Horloge? Horloge { get; private set; }
    public Regime? Regime { get; private set; }
    public string Zone { get; private set; } = "";
    public DateOnly Today { get; private set; }
    public Calendrier Calendrier { get; private set; } = null!;

    /// <summary>Empty when the present data no longer give the date that was computed then: the sentence kept is the evidence.</summary>
    public IReadOnlyList<JourTrace> Trace { get; private set; } = [];

    public IReadOnlyList<Etape> Etapes { get; private set; } = [];

    /// <summary>Clocks of the acknowledgements and of the silence.</summary>
    public IReadOnlyList<Horloge> Autres { get; private set; } = [];

    public bool MayChangeRegime { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        var agent = User.AsAgent();
        var suivi = await db.Suivis.AsNoTracking().Visible(agent).SingleOrDefaultAsync(s => s.CourrierId == Id, cancellationToken);
        if (suivi is null)
        {
            return NotFound();
        }

        Suivi = suivi;
        MayChangeRegime = agent.May(Action.ChangeRegime);
        Today = await sites.TodayAsync(cancellationToken);
        Calendrier = await calendriers.GetAsync(db, cancellationToken);
        Zone = Calendrier.Reglage.Zone.Libelle();
        var horloges = await db.Horloges.AsNoTracking().Include(h => h.Etapes).Where(h => h.CourrierId == Id).ToListAsync(cancellationToken);
        Horloge = horloges.Find(h => h.Kind == KindEcheance.Reponse);
        Autres = [.. horloges.Where(h => h.Kind != KindEcheance.Reponse && h.MotifArret != MotifArret.SansObjet).OrderBy(h => h.Kind)];
        if (Horloge is null)
        {
            return Page();
        }

        Etapes =
        [
            .. Horloge.Etapes
                .Where(e => e.Etat is EtatEtape.Prevue or EtatEtape.Declenchee)
                .OrderBy(e => e.PrevueLe).ThenBy(e => e.Rang),
        ];
        Regime = (await regimes.GetAsync(db, cancellationToken)).Regimes.Tous
            .SingleOrDefault(r => r.Code == Horloge.RegimeCode && r.Version == Horloge.RegimeVersion);
        if (Regime?.Delai is { } delai)
        {
            var computed = Decomptes.Compute(await calendriers.GetAsync(db, Horloge.CalendrierVersion, cancellationToken), Horloge.BaseLe, delai);
            Trace = computed.Date == Horloge.DueOn ? computed.Trace : [];
        }

        return Page();
    }
}
