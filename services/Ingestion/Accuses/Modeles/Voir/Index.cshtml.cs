using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.ServiceDefaults.Time;
using Site = SuiviCourrier.ServiceDefaults.Time.Site;

namespace SuiviCourrier.Ingestion.Accuses.Modeles.Voir;

/// <summary>One letter text: its versions, the draft to approve, what others ask for.</summary>
public sealed class IndexModel(
    IngestionDbContext db, ApproveModele approveModele, RequestChange requestChange, ApercuModele apercus, ActeursEnMots acteurs, SiteCourant siteCourant) : PageModele
{
    private IReadOnlyDictionary<string, string> _noms = new Dictionary<string, string>();

    [BindProperty(SupportsGet = true)]
    public string Code { get; set; } = "";

    /// <summary>Revision of the draft shown.</summary>
    [BindProperty]
    public int Vu { get; set; }

    [BindProperty]
    public DateOnly? ValableDu { get; set; }

    [BindProperty]
    public string? Demande { get; set; }

    public IReadOnlyList<VersionModele> Versions { get; private set; } = [];

    public VersionModele Newest => Versions[0];

    public VersionModele? Brouillon => Versions.FirstOrDefault(v => v.Etat == EtatModele.Brouillon);

    public VersionModele? EnVigueur { get; private set; }

    public IReadOnlyList<DemandeModele> Demandes { get; private set; } = [];

    public Apercu Apercu { get; private set; } = null!;

    public Site Site { get; private set; } = null!;

    public bool MayWrite => Agent.MayWrite(Newest.ServiceProprietaire);

    public bool MayApprove => Agent.MayApprove(Newest.ServiceProprietaire);

    public string Nom(string acteur) => acteur.StartsWith(SeedModeles.Livraison, StringComparison.Ordinal) ? "la livraison" : _noms.GetValueOrDefault(acteur, acteur);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken))
        {
            return NotFound();
        }

        ValableDu = await siteCourant.TodayAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostApprouverAsync(CancellationToken cancellationToken)
    {
        var outcome = await approveModele.ExecuteAsync(Agent, Code, Vu, ValableDu, cancellationToken);
        if (outcome is ApproveModele.Outcome.Approved approved)
        {
            this.SayDone($"La version {approved.Version} est approuvée : les lettres la suivent à partir du jour choisi.");
            return Redirect($"/modeles/{Code}");
        }

        if (outcome is ApproveModele.Outcome.Forbidden)
        {
            return Forbid();
        }

        if (outcome is ApproveModele.Outcome.NotFound || !await LoadAsync(cancellationToken))
        {
            return NotFound();
        }

        switch (outcome)
        {
            case ApproveModele.Outcome.Author:
                return this.PageWithError("Vous avez écrit dans cette version : une autre personne doit l’approuver");
            case ApproveModele.Outcome.ChangedMeanwhile:
                return this.PageWithError("Le texte vient de changer : relisez-le avant de l’approuver");
            case ApproveModele.Outcome.DateRefused refused:
                return this.PageWithError(refused.Phrase, nameof(ValableDu));
            case ApproveModele.Outcome.Refused refused:
                foreach (var phrase in refused.Phrases)
                {
                    ModelState.AddModelError("", phrase);
                }

                return Page();
            default:
                throw new InvalidOperationException("Unknown outcome");
        }
    }

    public async Task<IActionResult> OnPostDemanderAsync(CancellationToken cancellationToken)
    {
        switch (await requestChange.ExecuteAsync(Agent, Code, Demande, cancellationToken))
        {
            case RequestChange.Outcome.Done:
                this.SayDone("La demande est envoyée au service propriétaire.");
                return Redirect($"/modeles/{Code}");
            case RequestChange.Outcome.Refused refused when await LoadAsync(cancellationToken):
                return this.PageWithError(refused.Phrase, nameof(Demande));
            default:
                return NotFound();
        }
    }

    public async Task<IActionResult> OnPostTraiterAsync(Guid demande, CancellationToken cancellationToken)
    {
        switch (await requestChange.SettleAsync(Agent, Code, demande, cancellationToken))
        {
            case RequestChange.Outcome.Done:
                this.SayDone("La demande est marquée comme traitée.");
                return Redirect($"/modeles/{Code}");
            case RequestChange.Outcome.Forbidden:
                return Forbid();
            default:
                return NotFound();
        }
    }

    private async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        Site = await siteCourant.GetAsync(cancellationToken);
        Versions = CodesAnnuaire.IsPossible(Code)
            ? await db.VersionsModeles.AsNoTracking().Where(v => v.Code == Code).OrderByDescending(v => v.Version).ToListAsync(cancellationToken)
            : [];
        if (Versions.Count == 0)
        {
            return false;
        }

        EnVigueur = ModelesEnVigueur.Valid(Versions, await siteCourant.TodayAsync(cancellationToken));
        Demandes = await db.DemandesModeles.AsNoTracking().Where(d => d.Code == Code && d.TraiteeLe == null).OrderBy(d => d.DemandeeLe).ToListAsync(cancellationToken);
        _noms = await acteurs.NamesAsync(Versions.SelectMany(v => v.Auteurs.Append(v.ApprouvePar)).Concat(Demandes.Select(d => d.DemandeePar)), cancellationToken);
        Apercu = await apercus.ShowAsync(Agent, (Brouillon ?? EnVigueur ?? Newest).ToModele(), await apercus.ProposeAsync(Agent, cancellationToken), cancellationToken);
        return true;
    }
}
