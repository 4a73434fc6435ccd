using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Listes;
using SuiviCourrier.Portail.Reponses;
using SuiviCourrier.Portail.Taches;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Dossiers.Show;

/// <summary>One courrier: everything needed to answer, in one place.</summary>
public sealed partial class IndexModel(
    PortailDbContext db, DossierOpener opener, CourrierLecture lecture, ServicesPrefecture services, CompleteTache completeTache,
    SiteCourant siteCourant, CalendrierDuSite calendriers) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public Agent Moi { get; private set; } = null!;
    public Dossier Dossier { get; private set; } = null!;
    public Site Site { get; private set; } = null!;
    public DateOnly Today { get; private set; }
    public Calendrier Calendrier { get; private set; } = null!;
    public string Service { get; private set; } = "";
    public string? AgentNom { get; private set; }
    public string? Type { get; private set; }
    public EnregistrementLu Enregistrement { get; private set; } = null!;
    public IReadOnlyList<PieceLue> Pieces { get; private set; } = [];
    public IReadOnlyList<PieceAnnonceeLue> PiecesAnnoncees { get; private set; } = [];
    public IReadOnlyList<EchangeLu> Echanges { get; private set; } = [];
    public IReadOnlyList<AccuseLu> Accuses { get; private set; } = [];
    public IReadOnlyList<ArriveeLue> Arrivees { get; private set; } = [];

    /// <summary>It did not go through, or a rule forbade it and nothing else was sent: a person may send it.</summary>
    public bool IsADecider(AccuseLu accuse) => accuse.EtatAccuse switch
    {
        EtatAccuse.Refuse or EtatAccuse.NonRemis or EtatAccuse.Incertain => true,
        EtatAccuse.SansObjet => Dossier.Etat != EtatCourrier.Annule && Accuses.All(a => a.EtatAccuse == EtatAccuse.SansObjet),
        EtatAccuse.AEnvoyer => Taches.Any(t => t.Kind == KindTache.AccuseNonParti),
        EtatAccuse.AImprimer or EtatAccuse.Envoye or EtatAccuse.Imprime => false,
    };

    public EcheanceLue? Echeance { get; private set; }
    public SilenceLu? Silence { get; private set; }
    public IReadOnlyList<PieceDemandeeLue> PiecesDemandees { get; private set; } = [];
    public IReadOnlyList<RelanceLue> Relances { get; private set; } = [];
    public IReadOnlyList<(Reponse Reponse, string Auteur)> Reponses { get; private set; } = [];
    public IReadOnlyList<Tache> Taches { get; private set; } = [];
    public IReadOnlyList<LigneHistoire> Histoire { get; private set; } = [];
    public IReadOnlyDictionary<string, string> Acteurs { get; private set; } = new Dictionary<string, string>();

    public bool HasInfectee => Pieces.Any(p => p.IsInfectee);

    /// <summary>An infected file is given to nobody; the message that brought it, to those who have to look into it.</summary>
    public bool MayOpen(PieceLue piece) => piece.Role == "Brut" && HasInfectee ? Moi.May(Action.OpenInfected) : !piece.IsInfectee;

    /// <summary>What the scanner said, in words; nothing of what the message itself says when there is no scanner.</summary>
    public string AnalyseEnMots(PieceLue piece) => (piece.EtatAnalyse, piece.AnalyseeLe) switch
    {
        ("Saine", { } le) => $", analysé, rien trouvé le {Site.DateEtHeure(le)}",
        ("NonAnalysable", _) => ", non analysé : trop grand ou protégé par un mot de passe",
        ("NonAnalysee", _) when piece.Role == "PieceJointe" => ", non analysé",
        _ => "",
    };

    public PieceLue? Document => Pieces.FirstOrDefault(p => p.Role == "Document" && p.IsViewable) ?? Pieces.FirstOrDefault(p => p.IsViewable && p.Role != "Brut");

    /// <summary>What the message says, when it is a message in plain text.</summary>
    public (string Texte, bool IsCut)? Texte { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        Moi = User.AsAgent();
        await opener.OpenAsync(Id, cancellationToken);
        if (await db.Dossiers.AsNoTracking().Visible(Moi).SingleOrDefaultAsync(d => d.CourrierId == Id, cancellationToken) is not { } dossier)
        {
            return NotFound();
        }

        Dossier = dossier;
        Site = await siteCourant.GetAsync(cancellationToken);
        Today = await siteCourant.TodayAsync(cancellationToken);
        Calendrier = await calendriers.GetAsync(cancellationToken);
        Service = await services.LibelleAsync(dossier.ServiceInstructeurCode, cancellationToken);
        Type = dossier.TypeCode is null
            ? null
            : (await services.TypesAsync(cancellationToken)).FirstOrDefault(t => t.Code == dossier.TypeCode)?.Libelle ?? dossier.TypeCode;
        Enregistrement = await lecture.EnregistrementAsync(Id, cancellationToken);
        Pieces = await lecture.PiecesAsync(Id, cancellationToken);
        Texte = Document is { IsText: true } message ? await lecture.TexteAsync(message, cancellationToken) : null;
        PiecesAnnoncees = await lecture.PiecesAnnonceesAsync(Id, cancellationToken);
        Echanges = await lecture.EchangesAsync(Id, cancellationToken);
        Accuses = await lecture.AccusesAsync(Id, cancellationToken);
        Arrivees = await lecture.ArriveesAsync(Id, cancellationToken);
        Echeance = await lecture.EcheanceAsync(Id, cancellationToken);
        Silence = await lecture.SilenceAsync(Id, cancellationToken);
        PiecesDemandees = await lecture.PiecesDemandeesAsync(Id, cancellationToken);
        Relances = await lecture.RelancesAsync(Id, cancellationToken);
        Histoire = await lecture.HistoireAsync(Id, cancellationToken);
        Taches = await db.Taches.AsNoTracking().Where(t => t.CourrierId == Id && t.DoneAt == null).OrderBy(t => t.OpenedAt).ToListAsync(cancellationToken);
        var reponses = await db.Reponses.AsNoTracking().Where(r => r.CourrierId == Id).OrderByDescending(r => r.CreatedAt).ToListAsync(cancellationToken);
        var people = reponses.Select(r => r.ActeurId)
            .Concat(Histoire.Select(h => Guid.TryParse(h.Acteur, out var acteur) ? acteur : Guid.Empty))
            .Concat(Histoire.SelectMany(h => Comptes().Matches($"{h.Avant} {h.Apres}")).Select(m => Guid.Parse(m.Groups[1].ValueSpan)))
            .Append(dossier.AgentId ?? Guid.Empty)
            .Distinct().ToArray();
        Acteurs = await db.Comptes.Where(c => people.Contains(c.Id)).Select(c => new { c.Id, c.Nom })
            .Concat(db.ClesApi.Where(c => people.Contains(c.Id)).Select(c => new { c.Id, c.Nom }))
            .ToDictionaryAsync(c => c.Id.ToString(), c => c.Nom, cancellationToken);
        AgentNom = dossier.AgentId is { } agentId ? Acteurs.GetValueOrDefault(agentId.ToString()) : null;
        Reponses = [.. reponses.Select(r => (r, Acteurs.GetValueOrDefault(r.ActeurId.ToString(), "")))];
        return Page();
    }

    /// <summary>« Vu »: the person in charge has read what came.</summary>
    public async Task<IActionResult> OnPostVuAsync(Guid tache, CancellationToken cancellationToken)
    {
        switch (await completeTache.ExecuteAsync(User.AsAgent(), tache, cancellationToken))
        {
            case CompleteTache.Outcome.Done:
                this.SayDone("C’est noté comme vu.");
                return Redirect($"/courriers/{Id}");
            default:
                return NotFound();
        }
    }

    /// <summary>Who acted, for people: a name, or what the program calls itself.</summary>
    public string ActeurEnMots(string acteur) =>
        Acteurs.GetValueOrDefault(acteur) ?? (Guid.TryParse(acteur, out _) ? "compte inconnu" : "automatique");

    /// <summary>What changed, with the names of the accounts it mentions.</summary>
    public string ChangementEnMots(LigneHistoire ligne)
    {
        var text = ligne.Avant is null ? ligne.Apres ?? "" : ligne.Apres is null ? ligne.Avant : $"{ligne.Avant} → {ligne.Apres}";
        return Comptes().Replace(text, m => Acteurs.GetValueOrDefault(m.Groups[1].Value) ?? "compte inconnu");
    }

    [GeneratedRegex("(?:agent|compte):([0-9a-f-]{36})")]
    private static partial Regex Comptes();

    public bool Peut(ActionDossier action) => Dossier.Allows(action) && Moi.May(action switch
    {
        ActionDossier.Qualifier => Action.Qualify,
        ActionDossier.Affecter => Action.Assign,
        ActionDossier.Repondre or ActionDossier.Classer or ActionDossier.Rouvrir => Action.Answer,
    });
}
