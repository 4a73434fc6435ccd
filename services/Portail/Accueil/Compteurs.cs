using System.Globalization;
using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;
using SuiviCourrier.Portail.Annuaire;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Dossiers;
using SuiviCourrier.Portail.Envois;
using SuiviCourrier.Portail.Listes;
using SuiviCourrier.Portail.Taches;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Accueil;

/// <summary>Answers the first question of each role: the counters of the home page, each leading to what it counts.</summary>
public sealed class Compteurs(
    PortailDbContext db, ServiceDefaults.Messages.Echecs echecs, EnvoisBloques envois, ServicesPrefecture services, SiteCourant siteCourant, CalendrierDuSite calendriers, TimeProvider clock)
{
    /// <summary>Share of the answers in time the préfecture aims at (Services Publics +).</summary>
    private const int CiblePourcent = 90;

    public async Task<IReadOnlyList<Compteur>> OfAsync(Agent agent, CancellationToken cancellationToken)
    {
        var today = await siteCourant.TodayAsync(cancellationToken);
        var calendrier = await calendriers.GetAsync(cancellationToken);
        var ouverts = db.Dossiers.AsNoTracking().Visible(agent).Where(d => EtatsCourrier.Ouverts.Contains(d.Etat));
        var own = agent.Role switch
        {
            RoleAgent.BureauOrdre => await BureauOrdreAsync(agent, ouverts, cancellationToken),
            RoleAgent.Agent => await AgentAsync(agent, ouverts, today, calendrier, cancellationToken),
            RoleAgent.ChefService =>
            [
                .. await AgentAsync(agent, ouverts, today, calendrier, cancellationToken),
                await CountAsync(agent, ouverts, QuandCourrier.SansAgent, "À confier à un agent", today, calendrier, TonCompteur.Attention, cancellationToken),
                .. await PireServiceAsync(ouverts, today, cancellationToken),
            ],
            RoleAgent.Superviseur => await SuperviseurAsync(agent, ouverts, today, calendrier, cancellationToken),
            RoleAgent.Administrateur => await AdministrateurAsync(agent, ouverts, today, calendrier, cancellationToken),
            RoleAgent.Programme => [],
        };
        return [.. own, .. await ModelesAsync(agent, cancellationToken)];
    }

    /// <summary>
    /// Letter texts that wait for the person: drafts of others to approve, and changes asked of the texts whose owner the person belongs to.
    /// Shown only when there are some.
    /// </summary>
    private async Task<IReadOnlyList<Compteur>> ModelesAsync(Agent agent, CancellationToken cancellationToken)
    {
        var perimetre = agent.Perimetre.ToArray();
        var demandes = await db.Database.SqlQuery<int>(
            $"SELECT count(*)::int AS \"Value\" FROM ingestion.lecture_demandes_modeles WHERE service_proprietaire = ANY ({perimetre})").SingleAsync(cancellationToken);
        var aApprouver = await AApprouverAsync(agent, perimetre, cancellationToken);
        return
        [
            .. aApprouver.Count == 0
                ? Array.Empty<Compteur>()
                : [Compteur.Surveille(
                    aApprouver.Count, aApprouver.Count > 1 ? "Modèles à approuver" : "Modèle à approuver",
                    aApprouver is [var code] ? $"/modeles/{Uri.EscapeDataString(code)}" : "/modeles", TonCompteur.Attention)],
            .. demandes == 0 ? Array.Empty<Compteur>() : [Compteur.Surveille(demandes, demandes > 1 ? "Modifications de modèles demandées" : "Modification de modèle demandée", "/modeles", TonCompteur.Attention)],
        ];
    }

    /// <summary>Drafts that this person may approve: in charge of the owner, and in none of them an author.</summary>
    private async Task<List<string>> AApprouverAsync(Agent agent, string[] perimetre, CancellationToken cancellationToken)
    {
        if (!agent.May(Action.ApproveTemplates))
        {
            return [];
        }

        var isOverall = agent.Role is RoleAgent.Superviseur or RoleAgent.Administrateur;
        var approver = agent.Id.ToString();
        return await db.Database.SqlQuery<string>(
            $"""
            SELECT code AS "Value" FROM ingestion.lecture_modeles_a_approuver
            WHERE ({isOverall} OR service_proprietaire = ANY ({perimetre})) AND {approver} <> ALL (auteurs)
            """).ToListAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<Compteur>> BureauOrdreAsync(Agent agent, IQueryable<Dossier> ouverts, CancellationToken cancellationToken)
    {
        var site = await siteCourant.GetAsync(cancellationToken);
        var (from, to) = site.BoundsOf(site.DayOf(clock.GetUtcNow()));
        var sansService = await ouverts.CountAsync(d => d.ServiceInstructeurCode == null, cancellationToken);
        var duJour = await db.Dossiers.Visible(agent).CountAsync(d => d.EnregistreLe >= from && d.EnregistreLe < to, cancellationToken);
        return
        [
            Compteur.Surveille(sansService, "À affecter à un service", "/corbeille?Quand=SansService", TonCompteur.Attention),
            .. await AccusesAsync(agent, ouverts, cancellationToken),
            Compteur.Simple(duJour, duJour > 1 ? "Courriers enregistrés aujourd’hui" : "Courrier enregistré aujourd’hui", "/registre"),
            .. await BoitesAsync(cancellationToken),
        ];
    }

    private async Task<IReadOnlyList<Compteur>> AgentAsync(
        Agent agent, IQueryable<Dossier> ouverts, DateOnly today, Calendrier calendrier, CancellationToken cancellationToken)
    {
        var aLire = await db.Taches.Where(t => t.DoneAt == null && t.Kind != KindTache.EcheanceManquee)
            .CountAsync(t => db.Dossiers.Visible(agent).Any(d => d.CourrierId == t.CourrierId), cancellationToken);
        return
        [
            await CountAsync(agent, ouverts, QuandCourrier.EnRetard, "En retard", today, calendrier, TonCompteur.Alerte, cancellationToken),
            await CountAsync(agent, ouverts, QuandCourrier.Aujourdhui, "À répondre aujourd’hui", today, calendrier, TonCompteur.Attention, cancellationToken),
            await CountAsync(agent, ouverts, QuandCourrier.CetteSemaine, "D’ici la fin de la semaine", today, calendrier, TonCompteur.Neutre, cancellationToken),
            Compteur.Simple(await ouverts.CountAsync(d => d.AgentId == agent.Id, cancellationToken), "Confiés à moi", "/corbeille?Agent=moi"),
            Compteur.Surveille(aLire, aLire > 1 ? "Messages à lire" : "Message à lire", "/taches", TonCompteur.Attention),
        ];
    }

    private async Task<IReadOnlyList<Compteur>> SuperviseurAsync(
        Agent agent, IQueryable<Dossier> ouverts, DateOnly today, Calendrier calendrier, CancellationToken cancellationToken)
    {
        var enRetard = ouverts.Where(d => PortailDbContext.IsEnRetard(d.Etat, d.DueOn, d.ReponduLe, today));
        var count = await enRetard.CountAsync(cancellationToken);
        var elus = await enRetard.CountAsync(d => d.ExpediteurCategorie == CategorieExpediteur.Elu, cancellationToken);
        var reclamations = await enRetard.CountAsync(d => d.Nature == NatureCourrier.Reclamation, cancellationToken);
        return
        [
            Compteur.Surveille(count, "En retard", "/en-retard", detail: count == 0 ? null : $"dont élus {elus}, réclamations {reclamations}"),
            await CountAsync(agent, ouverts, QuandCourrier.SousDeuxJours, "À échéance sous 2 jours ouvrés", today, calendrier, TonCompteur.Attention, cancellationToken),
            await CountAsync(agent, ouverts, QuandCourrier.SansAccuse, "Sans accusé depuis 2 jours", today, calendrier, TonCompteur.Alerte, cancellationToken),
            await CountAsync(agent, ouverts, QuandCourrier.NonOuverts, "Non ouverts depuis 2 jours", today, calendrier, TonCompteur.Attention, cancellationToken),
            .. await PireServiceAsync(ouverts, today, cancellationToken),
            await TauxDuMoisAsync(agent, today, cancellationToken),
            .. await BoitesAsync(cancellationToken),
            .. await AccusesAsync(agent, ouverts, cancellationToken),
        ];
    }

    /// <summary>Acknowledgements that wait for the mail room.</summary>
    private async Task<IReadOnlyList<Compteur>> AccusesAsync(Agent agent, IQueryable<Dossier> ouverts, CancellationToken cancellationToken)
    {
        // The copy in the dossier follows changes of state only: what waits from the start is asked of its owner.
        var waiting = await db.Dossiers.Visible(agent)
            .Join(
                db.Database.SqlQuery<AccuseEnAttente>(
                    $"""
                    SELECT courrier_id, etat = 'AImprimer' AS is_a_imprimer FROM ingestion.lecture_accuses
                    WHERE etat IN ('AImprimer', 'Refuse', 'NonRemis', 'Incertain')
                    """),
                d => d.CourrierId, a => a.CourrierId, (_, a) => a.IsAImprimer)
            .GroupBy(isAImprimer => isAImprimer)
            .Select(g => new { IsAImprimer = g.Key, Count = g.Count() })
            .ToListAsync(cancellationToken);
        var aImprimer = waiting.Where(w => w.IsAImprimer).Sum(w => w.Count);
        var refuses = waiting.Where(w => !w.IsAImprimer).Sum(w => w.Count);
        var aPoster = await db.Dossiers.Visible(agent).CountAsync(
            d => d.Etat != EtatCourrier.Annule
                && db.Database.SqlQuery<Guid>($"SELECT courrier_id AS \"Value\" FROM ingestion.lecture_accuses_a_poster").Contains(d.CourrierId), cancellationToken);
        var retenus = await ouverts.CountAsync(
            d => db.Database.SqlQuery<Guid>($"SELECT courrier_id AS \"Value\" FROM ingestion.lecture_accuses_retenus").Contains(d.CourrierId), cancellationToken);
        return
        [
            Compteur.Surveille(aImprimer, aImprimer > 1 ? "Accusés à imprimer" : "Accusé à imprimer", "/accuses", TonCompteur.Attention),
            .. aPoster == 0 ? Array.Empty<Compteur>() : [Compteur.Surveille(aPoster, aPoster > 1 ? "Accusés à poster" : "Accusé à poster", "/accuses?Voir=a-poster", TonCompteur.Attention)],
            Compteur.Surveille(refuses, refuses > 1 ? "Accusés refusés ou incertains" : "Accusé refusé ou incertain", "/accuses?Voir=refuses"),
            .. retenus == 0 ? Array.Empty<Compteur>() : [Compteur.Surveille(retenus, retenus > 1 ? "Accusés retenus par un plafond" : "Accusé retenu par un plafond", "/accuses?Voir=retenus")],
        ];
    }

    /// <summary>Outgoing mail that a person has to look at, or that a server keeps waiting.</summary>
    private async Task<Compteur> EnvoisAsync(Agent agent, CancellationToken cancellationToken)
    {
        var nombres = new Dictionary<GenreEnvois, int>();
        foreach (var genre in Enum.GetValues<GenreEnvois>())
        {
            nombres[genre] = await envois.CountAsync(agent, genre, cancellationToken);
        }

        var first = nombres.FirstOrDefault(n => n.Value > 0).Key;
        var total = nombres.Values.Sum();
        return Compteur.Surveille(total, total > 1 ? "Courriels sortants bloqués" : "Courriel sortant bloqué", Envois.IndexModel.Chemin(first));
    }

    /// <summary>What the collection of the mailboxes leaves to people.</summary>
    private async Task<IReadOnlyList<Compteur>> BoitesAsync(CancellationToken cancellationToken)
    {
        var misDeCote = await db.Database.SqlQuery<int>($"SELECT count(*)::int AS \"Value\" FROM ingestion.lecture_mis_de_cote").SingleAsync(cancellationToken);

        // A mailbox nobody has read for so long is as broken as one whose server refuses.
        var silence = clock.GetUtcNow().AddMinutes(-15);
        var boites = await db.Database.SqlQuery<bool>(
            $"""
            SELECT en_panne_depuis IS NOT NULL OR coalesce(relevee_le < {silence}, false) AS "Value" FROM ingestion.lecture_boites
            """).ToListAsync(cancellationToken);
        var enPanne = boites.Count(broken => broken);
        return
        [
            Compteur.Surveille(misDeCote, misDeCote > 1 ? "Messages mis de côté" : "Message mis de côté", "/mis-de-cote", TonCompteur.Attention),
            Compteur.Surveille(
                enPanne, enPanne > 1 ? "Boîtes en panne" : "Boîte en panne", "/boites", detail: enPanne > 0 ? null : $"{boites.Count} {(boites.Count > 1 ? "relevées" : "relevée")}"),
        ];
    }

    private async Task<IReadOnlyList<Compteur>> AdministrateurAsync(
        Agent agent, IQueryable<Dossier> ouverts, DateOnly today, Calendrier calendrier, CancellationToken cancellationToken) =>
    [
        Compteur.Surveille((await echecs.ListAsync(cancellationToken)).Count, "Messages en échec", "/echecs"),
        Compteur.Simple(await db.Comptes.CountAsync(c => c.IsActif, cancellationToken), "Comptes actifs", "/comptes"),
        .. await BoitesAsync(cancellationToken),
        await EnvoisAsync(agent, cancellationToken),
        new Compteur("Tâches", "Tâches récurrentes", "/taches-recurrentes"),
        await CountAsync(agent, ouverts, QuandCourrier.EnRetard, "En retard", today, calendrier, TonCompteur.Alerte, cancellationToken),
    ];

    private async Task<Compteur> CountAsync(
        Agent agent, IQueryable<Dossier> ouverts, QuandCourrier quand, string texte, DateOnly today, Calendrier calendrier, TonCompteur ton,
        CancellationToken cancellationToken)
    {
        var count = await new FiltreCourriers { Quand = quand }
            .Apply(ouverts, null, agent.Id, today, calendrier, clock.GetUtcNow())
            .CountAsync(cancellationToken);
        var url = quand == QuandCourrier.EnRetard && agent.May(Action.SeeLate) ? "/en-retard" : $"/corbeille?Quand={quand}";
        return ton == TonCompteur.Neutre ? Compteur.Simple(count, texte, url) : Compteur.Surveille(count, texte, url, ton);
    }

    private async Task<IReadOnlyList<Compteur>> PireServiceAsync(IQueryable<Dossier> ouverts, DateOnly today, CancellationToken cancellationToken)
    {
        var pire = await ouverts
            .Where(d => PortailDbContext.IsEnRetard(d.Etat, d.DueOn, d.ReponduLe, today) && d.ServiceInstructeurCode != null)
            .GroupBy(d => d.ServiceInstructeurCode!)
            .Select(g => new { Code = g.Key, Count = g.Count(), Oldest = g.Min(d => d.DueOn) })
            .OrderByDescending(g => g.Count).ThenBy(g => g.Oldest)
            .FirstOrDefaultAsync(cancellationToken);
        return pire is null
            ? []
            :
            [
                new Compteur(
                    pire.Code, $"Service le plus en retard : {await services.LibelleAsync(pire.Code, cancellationToken)}",
                    $"/en-retard?Service={Uri.EscapeDataString(pire.Code)}", TonCompteur.Alerte,
                    $"{pire.Count} en retard, le plus ancien {EcheanceEnMots.Dire(pire.Oldest!.Value, today, null)}"),
            ];
    }

    /// <summary>Of what was due this month until yesterday: how much was answered on the merits in time.</summary>
    private async Task<Compteur> TauxDuMoisAsync(Agent agent, DateOnly today, CancellationToken cancellationToken)
    {
        var first = new DateOnly(today.Year, today.Month, 1);
        var dus = db.Dossiers.Visible(agent).Where(d =>
            d.DueOn >= first && d.DueOn < today && d.Etat != EtatCourrier.Annule && d.Etat != EtatCourrier.ClasseSansSuite && d.Etat != EtatCourrier.Transmis);
        var total = await dus.CountAsync(cancellationToken);
        if (total == 0)
        {
            return new Compteur("-", $"Taux du mois de {DatesEnFrancais.Mois(today)}", "/en-retard", TonCompteur.Neutre, "rien n’était dû depuis le début du mois");
        }

        var enTemps = await dus.CountAsync(d => d.ReponduLe != null && d.ReponduLe <= d.DueOn, cancellationToken);
        var taux = enTemps * 100 / total;
        return new Compteur(
            $"{taux.ToString(CultureInfo.InvariantCulture)} %", "Répondus dans le délai ce mois-ci", "/en-retard",
            taux >= CiblePourcent ? TonCompteur.Bien : TonCompteur.Attention, $"{enTemps} sur {total}, cible {CiblePourcent} %");
    }

    private sealed record AccuseEnAttente(Guid CourrierId, bool IsAImprimer);
}
