using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Delais;
using SuiviCourrier.Echeances.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Echeances.Calendriers;

/// <summary>The holidays of the site by year, and what the site adds to or takes from them.</summary>
public sealed class IndexModel(EcheancesDbContext db, CalendrierCourant calendriers, ChangeCalendrier changeCalendrier, SiteCourant sites) : PageModel
{
    [BindProperty(SupportsGet = true)]
    [Range(Calendrier.PremiereAnnee, Calendrier.DerniereAnnee, ErrorMessage = "L’année va de 1900 à 2199")]
    public int? Annee { get; set; }

    [BindProperty]
    public KindEntree Kind { get; set; }

    [BindProperty]
    public DateOnly? Du { get; set; }

    [BindProperty]
    public DateOnly? Au { get; set; }

    [BindProperty]
    [StringLength(100, ErrorMessage = "Le nom ne peut pas dépasser 100 caractères")]
    public string? Libelle { get; set; }

    [BindProperty]
    public bool ChaqueAnnee { get; set; }

    [BindProperty]
    public bool ArreteLeDecompte { get; set; }

    public int AnneeMontree { get; private set; }
    public Calendrier Calendrier { get; private set; } = null!;
    public Site Site { get; private set; } = null!;
    public IReadOnlyList<JourFerie> Feries { get; private set; } = [];
    public IReadOnlyList<EntreeCalendrier> Entrees { get; private set; } = [];
    public IReadOnlyList<Recalcul> Recalculs { get; private set; } = [];
    public bool MayChange { get; private set; }

    public static IReadOnlyList<SelectListItem> Kinds { get; } =
    [
        new("Jour férié local, non compté", nameof(KindEntree.JourAjoute)),
        new("Jour férié travaillé, compté", nameof(KindEntree.JourRetire)),
        new("Fermeture ou pont", nameof(KindEntree.Fermeture)),
        new("Vendredi saint travaillé (Alsace-Moselle, commune sans temple protestant)", nameof(KindEntree.VendrediSaintTravaille)),
        new("Lundi de Pentecôte travaillé (journée de solidarité)", nameof(KindEntree.LundiPentecoteTravaille)),
    ];

    public static string Nom(EntreeCalendrier entree) => Kinds.Single(k => k.Value == entree.Kind.ToString()).Text;

    public async Task OnGetAsync(CancellationToken cancellationToken) => await ReadAsync(cancellationToken);

    public async Task<IActionResult> OnPostAjouterAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        Check();
        if (!ModelState.IsValid)
        {
            return Page();
        }

        var hasDates = HasDates;
        var outcome = await changeCalendrier.AddAsync(
            User.AsAgent(),
            version => new EntreeCalendrier
            {
                Kind = Kind,
                Du = hasDates ? Du : null,
                Au = Kind == KindEntree.Fermeture ? Au ?? Du : null,
                Libelle = string.IsNullOrWhiteSpace(Libelle) ? Kinds.Single(k => k.Value == Kind.ToString()).Text : Libelle.Trim(),
                ChaqueAnnee = ChaqueAnnee && (Kind is KindEntree.JourAjoute or KindEntree.JourRetire),
                ArreteLeDecompte = Kind == KindEntree.Fermeture && ArreteLeDecompte,
                DepuisVersion = version,
            },
            cancellationToken);
        return Answer(outcome, "Le calendrier est changé. Les échéances ouvertes sont recalculées dans la minute.");
    }

    public async Task<IActionResult> OnPostRetirerAsync(Guid entreeId, CancellationToken cancellationToken) =>
        Answer(
            await changeCalendrier.RemoveAsync(User.AsAgent(), entreeId, cancellationToken),
            "L’entrée est retirée. Les échéances ouvertes sont recalculées dans la minute.");

    private bool HasDates => Kind is KindEntree.JourAjoute or KindEntree.JourRetire or KindEntree.Fermeture;

    private void Check()
    {
        if (HasDates && Du is null && ModelState.GetFieldValidationState(nameof(Du)) != ModelValidationState.Invalid)
        {
            ModelState.AddModelError(nameof(Du), "Indiquez la date");
        }

        if (Du is { } du && (du < Calendrier.PremierJour || du > Calendrier.DernierJour))
        {
            ModelState.AddModelError(nameof(Du), "La date va de 1900 à 2199");
        }

        if (Kind == KindEntree.Fermeture && Au < Du)
        {
            ModelState.AddModelError(nameof(Au), "La fermeture finit avant de commencer");
        }

        if (Kind == KindEntree.JourRetire && Du is { } worked && Calendrier.Ferie(worked) is null)
        {
            ModelState.AddModelError(nameof(Du), "Ce jour n’est pas férié ici : il est déjà compté");
        }

        if (Kind is KindEntree.JourAjoute or KindEntree.Fermeture && string.IsNullOrWhiteSpace(Libelle))
        {
            ModelState.AddModelError(nameof(Libelle), "Donnez un nom : il s’affiche dans l’explication des dates");
        }
    }

    private IActionResult Answer(ChangeCalendrier.Outcome outcome, string done)
    {
        if (outcome == ChangeCalendrier.Outcome.Changed)
        {
            this.SayDone(done);
        }

        return outcome switch
        {
            ChangeCalendrier.Outcome.Changed => Redirect("/calendriers"),
            ChangeCalendrier.Outcome.Forbidden => Forbid(),
            ChangeCalendrier.Outcome.NotFound => NotFound(),
        };
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        Site = await sites.GetAsync(cancellationToken);
        MayChange = User.AsAgent().May(Action.ManageCalendars);
        Calendrier = await calendriers.GetAsync(db, cancellationToken);
        AnneeMontree = Annee is >= Calendrier.PremiereAnnee and <= Calendrier.DerniereAnnee
            ? Annee.Value
            : (await sites.TodayAsync(cancellationToken)).Year;
        var first = new DateOnly(AnneeMontree, 1, 1);
        Feries =
        [
            .. Enumerable.Range(0, DateTime.IsLeapYear(AnneeMontree) ? 366 : 365)
                .Select(day => Calendrier.Ferie(first.AddDays(day)))
                .OfType<JourFerie>(),
        ];
        Entrees = await db.EntreesCalendrier.AsNoTracking().Where(e => e.JusquaVersion == null).OrderBy(e => e.Du).ToListAsync(cancellationToken);
        Recalculs = await db.Recalculs.AsNoTracking().OrderByDescending(r => r.Version).Take(10).ToListAsync(cancellationToken);
    }
}
