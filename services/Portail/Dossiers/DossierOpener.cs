using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Dossiers;

/// <summary>
/// Creates dossiers and fills their copies from the read views of Ingestion, whichever comes first: the registration fact, or
/// the first page or action. Always reads the newest state, so that facts may come twice, late and in any order.
/// </summary>
public sealed class DossierOpener(PortailDbContext db)
{
    /// <summary>Creates the dossier if it is missing; leaves it as it is otherwise.</summary>
    public async Task OpenAsync(Guid courrierId, CancellationToken cancellationToken)
    {
        if (!await db.Dossiers.AnyAsync(d => d.CourrierId == courrierId, cancellationToken))
        {
            await CopyRegistrationAsync(courrierId, cancellationToken);
        }
    }

    /// <summary>Creates the dossier, or brings its copies of the registration to their newest state.</summary>
    public Task CopyRegistrationAsync(Guid courrierId, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlRawAsync(Copy("c.courrier_id = {0}"), [courrierId], cancellationToken);

    /// <summary>Creates the dossiers of a day of registration whose facts are still on their way.</summary>
    public Task CatchUpAsync(Site site, DateOnly day, CancellationToken cancellationToken)
    {
        var (from, to) = site.BoundsOf(day);
        return db.Database.ExecuteSqlRawAsync(
            Copy("c.enregistre_le >= {0} and c.enregistre_le < {1} and not exists (select from portail.dossiers d where d.courrier_id = c.courrier_id)"),
            [from, to],
            cancellationToken);
    }

    /// <summary>Every copy of every registration: see <see cref="RebuildDossiers"/>.</summary>
    internal Task<int> CopyAllRegistrationsAsync(CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlRawAsync(Copy("true"), cancellationToken);

    /// <summary>
    /// What the portal has decided is kept: the service once assigned, nature and type once qualified, the state once work has
    /// begun. Only an annulment at the source overrides it.
    /// </summary>
    private static string Copy(string which) =>
        $$"""
        INSERT INTO portail.dossiers AS d (
            courrier_id, etat, service_instructeur_code, is_affecte, is_qualifie, nature, type_code, stream_version,
            version_ingestion, site_code, numero_chrono, objet, expediteur_nom, expediteur_fonction, expediteur_categorie, canal,
            recu_le, enregistre_le, is_restreint, is_pour_information, accuse_etat, version_accuse, version_echeances)
        SELECT c.courrier_id,
            CASE WHEN c.is_annule THEN 'Annule' WHEN c.service_code IS NOT NULL THEN 'Affecte' ELSE 'Enregistre' END,
            c.service_code, false, false, c.nature, c.type_code, 0,
            c.version, c.site_code, c.numero_chrono, c.objet, c.expediteur_nom, c.expediteur_fonction, c.expediteur_categorie, c.canal,
            c.recu_le, c.enregistre_le, c.is_restreint, c.is_pour_information, a.etat, 0, 0
        FROM ingestion.lecture_courriers c
        LEFT JOIN LATERAL (
            SELECT etat FROM ingestion.lecture_accuses WHERE courrier_id = c.courrier_id ORDER BY kind = 'Reception' DESC LIMIT 1) a ON true
        WHERE c.sens = 'Arrivee' AND {{which}}
        ON CONFLICT (courrier_id) DO UPDATE SET
            etat = CASE
                WHEN excluded.etat = 'Annule' THEN 'Annule'
                WHEN d.etat IN ('Enregistre', 'Affecte') AND NOT d.is_affecte THEN excluded.etat
                ELSE d.etat END,
            repondu_le = CASE WHEN excluded.etat = 'Annule' THEN NULL ELSE d.repondu_le END,
            motif_cloture = CASE WHEN excluded.etat = 'Annule' THEN NULL ELSE d.motif_cloture END,
            service_instructeur_code = CASE WHEN d.is_affecte THEN d.service_instructeur_code ELSE excluded.service_instructeur_code END,
            nature = CASE WHEN d.is_qualifie THEN d.nature ELSE excluded.nature END,
            type_code = CASE WHEN d.is_qualifie THEN d.type_code ELSE excluded.type_code END,
            version_ingestion = excluded.version_ingestion,
            site_code = excluded.site_code,
            numero_chrono = excluded.numero_chrono,
            objet = excluded.objet,
            expediteur_nom = excluded.expediteur_nom,
            expediteur_fonction = excluded.expediteur_fonction,
            expediteur_categorie = excluded.expediteur_categorie,
            canal = excluded.canal,
            recu_le = excluded.recu_le,
            enregistre_le = excluded.enregistre_le,
            is_restreint = excluded.is_restreint,
            is_pour_information = excluded.is_pour_information,
            accuse_etat = coalesce(excluded.accuse_etat, d.accuse_etat)
        WHERE d.version_ingestion <= excluded.version_ingestion
        """;
}
