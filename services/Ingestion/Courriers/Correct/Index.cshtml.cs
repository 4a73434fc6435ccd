using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.ServiceDefaults.Time;
using Action = SuiviCourrier.Presentation.Rights.Action;

namespace SuiviCourrier.Ingestion.Courriers.Correct;

public sealed class IndexModel(CorrectCourrier correctCourrier, CourriersEnregistres courriers, ListesAnnuaire listes, SiteCourant site)
    : FormulaireCourrier(listes, site)
{
    /// <summary>Version the form was filled from.</summary>
    [BindProperty]
    public int Vu { get; set; }

    [BindProperty]
    public string? Motif { get; set; }

    public Courrier Courrier { get; private set; } = null!;

    public override IEnumerable<SelectListItem> Canaux =>
        Courrier.Canal is Contracts.Courriers.Canal.Lettre or Contracts.Courriers.Canal.Depot
            ? base.Canaux
            : Libelles.Canaux.Where(c => c.Value == Courrier.Canal.ToString());

    protected override Action Droit => Action.Correct;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await courriers.FindAsync(Agent, id, cancellationToken) is not { } courrier)
        {
            return NotFound();
        }

        Courrier = courrier;
        Vu = courrier.Version;
        Canal = courrier.Canal;
        RecuLe = courrier.RecuLe;
        DateCourrier = courrier.DateCourrier;
        CachetLe = courrier.CachetLe;
        Objet = courrier.Objet;
        Nature = courrier.Nature;
        TypeCode = courrier.TypeCode;
        ServiceCode = courrier.ServiceCode;
        IsPourInformation = courrier.IsPourInformation;
        IsRestreint = courrier.IsRestreint;
        NumeroRecommande = courrier.NumeroRecommande;
        OriginalOu = courrier.OriginalOu;
        Remarques = courrier.Remarques;
        if (ServiceCode is { } closed && Services.All(s => s.Value != closed))
        {
            Services = [.. Services, new SelectListItem($"{closed} – service fermé", closed)];
        }

        Fill(courrier.Expediteur);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await courriers.FindAsync(Agent, id, cancellationToken) is not { } courrier)
        {
            return NotFound();
        }

        Courrier = courrier;
        if (!ModelState.IsValid)
        {
            return Page();
        }

        var outcome = await correctCourrier.ExecuteAsync(ToDemande(), cancellationToken);
        switch (outcome)
        {
            case CorrectCourrier.Outcome.Corrected:
                this.SayDone($"{courrier.NumeroChrono} est corrigé ; les délais sont recalculés.");
                return Redirect($"/enregistrer/{id}");
            case CorrectCourrier.Outcome.Refused refused:
                Say(refused.Erreurs);
                return Page();
            case CorrectCourrier.Outcome.NothingChanged:
                return this.PageWithError("Rien n’a changé : corrigez un champ, ou revenez au courrier");
            case CorrectCourrier.Outcome.Annulled:
                return this.PageWithError("Cet enregistrement est annulé : il ne se corrige plus");
            case CorrectCourrier.Outcome.ChangedMeanwhile:
                return this.PageWithError("Quelqu’un vient de corriger ce courrier : rouvrez cette page pour repartir de ce qui est enregistré");
            case CorrectCourrier.Outcome.NotFound:
                return NotFound();
            default:
                throw new InvalidOperationException("Unknown outcome");
        }
    }

    private CorrectCourrier.Demande ToDemande() => new()
    {
        Acteur = Agent.Id.ToString(),
        CourrierId = Courrier.Id,
        Vu = Vu,
        Motif = Motif,
        Canal = Canal ?? Courrier.Canal,
        RecuLe = RecuLe,
        DateCourrier = DateCourrier,
        CachetLe = CachetLe,
        Objet = Objet,
        IsAnonyme = IsAnonyme,
        Nom = Nom,
        Categorie = Categorie,
        Fonction = Fonction,
        Courriel = Courriel,
        Adresse = Adresse,
        Telephone = Telephone,
        PourLeCompteDe = PourLeCompteDe,
        Nature = Nature,
        TypeCode = TypeCode,
        ServiceCode = ServiceCode,
        IsPourInformation = IsPourInformation,
        IsRestreint = IsRestreint,
        NumeroRecommande = NumeroRecommande,
        OriginalOu = OriginalOu,
        Remarques = Remarques,
    };
}
