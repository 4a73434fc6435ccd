using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Ingestion.Accuses.Reception;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Ingestion.Accuses.ATraiter;

/// <summary>What the mail room looks at, one list at a time.</summary>
public enum GenreAccuses
{
    AImprimer,

    /// <summary>Printed, not yet said to be in the hands of the post.</summary>
    APoster,

    /// <summary>Refused, undelivered or uncertain: a person decides.</summary>
    Refuses,

    /// <summary>Kept back by a cap, of courriers that nobody has answered yet: a person looks whether they may leave.</summary>
    Retenus,

    /// <summary>Not sent, with the reason.</summary>
    SansAccuse,
}

/// <summary>An acknowledgement in a list, for who may see its courrier.</summary>
/// <param name="LotId">Newest lot its letter is in; null when it is in none, or was corrected since.</param>
/// <param name="ExpediteurCourriel">Address of the sender as the register has it now: corrected since, it is the one to write to.</param>
public sealed record LigneAccuse(
    Guid AccuseId, Guid CourrierId, string NumeroChrono, string Objet, string ExpediteurNom, string? ExpediteurCourriel, string? ExpediteurAdresse,
    string Etat, string? Destinataire, string? Motif, DateTimeOffset ChangedAt, bool IsRestreint, string? ServiceInstructeurCode,
    Guid? LotId, DateTimeOffset? LotPrepareLe) : IVisibleRow
{
    public EtatAccuse EtatAccuse => Enum.Parse<EtatAccuse>(Etat);

    /// <summary>Nobody can write to its sender until an address is added.</summary>
    public bool IsSansAdresse => EtatAccuse == EtatAccuse.SansObjet && Motif == AccuseDecision.SansAdresse;

    /// <summary>Where the next page of the list starts.</summary>
    public string Curseur => new Curseur(ChangedAt, AccuseId).ToString();
}

/// <summary>Reads the acknowledgements that wait for somebody, by who looks.</summary>
public sealed class AccusesATraiter(IngestionDbContext db)
{
    public Task<int> CountAsync(Agent agent, GenreAccuses genre, CancellationToken cancellationToken) => Of(agent, genre).CountAsync(cancellationToken);

    /// <summary>What waits comes oldest first; what was not sent, newest first.</summary>
    public Task<List<LigneAccuse>> ListAsync(Agent agent, GenreAccuses genre, string? apres, int size, CancellationToken cancellationToken)
    {
        var rows = Of(agent, genre);
        if (genre == GenreAccuses.SansAccuse)
        {
            if (Curseur.Parse(apres) is { } newer)
            {
                rows = rows.Where(a => EF.Functions.LessThan(ValueTuple.Create(a.ChangedAt, a.AccuseId), ValueTuple.Create(newer.At, newer.Id)));
            }

            return rows.OrderByDescending(a => a.ChangedAt).ThenByDescending(a => a.AccuseId).Take(size).ToListAsync(cancellationToken);
        }

        if (Curseur.Parse(apres) is { } older)
        {
            rows = rows.Where(a => EF.Functions.GreaterThan(ValueTuple.Create(a.ChangedAt, a.AccuseId), ValueTuple.Create(older.At, older.Id)));
        }

        return rows.OrderBy(a => a.ChangedAt).ThenBy(a => a.AccuseId).Take(size).ToListAsync(cancellationToken);
    }

    /// <summary>Letters to print that no lot has yet, oldest first: those of a lot are printed with it.</summary>
    public Task<List<Guid>> WithoutLotAsync(Agent agent, int size, CancellationToken cancellationToken) =>
        Of(agent, GenreAccuses.AImprimer).Where(a => a.LotId == null)
            .OrderBy(a => a.ChangedAt).ThenBy(a => a.AccuseId).Take(size).Select(a => a.AccuseId).ToListAsync(cancellationToken);

    /// <summary>The newest lot with a letter to print; null when there is none.</summary>
    public Task<Guid?> NewestLotAsync(Agent agent, CancellationToken cancellationToken) =>
        Of(agent, GenreAccuses.AImprimer).Where(a => a.LotId != null).OrderByDescending(a => a.LotPrepareLe).Select(a => a.LotId).FirstOrDefaultAsync(cancellationToken);

    public Task<int> CountWithoutLotAsync(Agent agent, CancellationToken cancellationToken) =>
        Of(agent, GenreAccuses.AImprimer).CountAsync(a => a.LotId == null, cancellationToken);

    /// <summary>Letters received whose sender can be written to nowhere.</summary>
    public Task<int> CountSansAdresseAsync(Agent agent, CancellationToken cancellationToken) =>
        Of(agent, GenreAccuses.SansAccuse).CountAsync(a => a.Motif == AccuseDecision.SansAdresse, cancellationToken);

    /// <summary>One, in whatever state; null when there is none or the person may not see its courrier.</summary>
    public Task<LigneAccuse?> FindAsync(Agent agent, Guid accuseId, CancellationToken cancellationToken) =>
        Others(Enum.GetNames<EtatAccuse>()).Where(a => a.AccuseId == accuseId).Visible(agent).SingleOrDefaultAsync(cancellationToken);

    /// <summary>How many wait that this person may not see.</summary>
    public async Task<int> CountHiddenAsync(Agent agent, GenreAccuses genre, CancellationToken cancellationToken) =>
        await Rows(genre).CountAsync(cancellationToken) - await CountAsync(agent, genre, cancellationToken);

    private IQueryable<LigneAccuse> Of(Agent agent, GenreAccuses genre) => Rows(genre).Visible(agent);

    private IQueryable<LigneAccuse> Rows(GenreAccuses genre) => genre switch
    {
        GenreAccuses.AImprimer => Letters(nameof(EtatAccuse.AImprimer), isPosted: false),
        GenreAccuses.APoster => Letters(nameof(EtatAccuse.Imprime), isPosted: true),
        GenreAccuses.Refuses => Others([nameof(EtatAccuse.Refuse), nameof(EtatAccuse.NonRemis), nameof(EtatAccuse.Incertain)]),
        GenreAccuses.Retenus => Others([nameof(EtatAccuse.SansObjet)]).Where(a => db.Database.SqlQuery<Guid>(
            $"""
            SELECT r.accuse_id AS "Value"
            FROM ingestion.lecture_accuses_retenus r JOIN portail.lecture_dossiers d ON d.courrier_id = r.courrier_id
            WHERE d.repondu_le IS NULL AND d.clos_le IS NULL
            """).Contains(a.AccuseId)),
        GenreAccuses.SansAccuse => Others([nameof(EtatAccuse.SansObjet)]),
    };

    /// <summary>With the newest lot each is in. To post are those whose newest letter is printed and not posted; not those annulled since.</summary>
    private IQueryable<LigneAccuse> Letters(string etat, bool isPosted) => db.Database.SqlQuery<LigneAccuse>(
        $"""
        SELECT a.id AS accuse_id, a.courrier_id, c.numero_chrono, c.objet, coalesce(c.expediteur_nom, 'Expéditeur anonyme') AS expediteur_nom,
            c.expediteur_courriel, c.expediteur_adresse, a.etat, a.destinataire, a.motif, a.changed_at, c.is_restreint, d.service_instructeur_code,
            l.lot_id, l.prepare_le AS lot_prepare_le
        FROM ingestion.accuses a
        JOIN ingestion.courriers c ON c.id = a.courrier_id
        LEFT JOIN portail.lecture_dossiers d ON d.courrier_id = c.id
        LEFT JOIN LATERAL (
            SELECT l.lot_id, o.prepare_le, l.imprimee_le, l.postee_le
            FROM ingestion.lettres_lot l JOIN ingestion.lots_impression o ON o.id = l.lot_id
            WHERE l.accuse_id = a.id AND (a.etat = 'Imprime' OR l.accuse_changed_at = a.changed_at)
            ORDER BY o.prepare_le DESC, o.id DESC LIMIT 1) l ON true
        WHERE a.etat = {etat} AND (NOT {isPosted} OR (l.imprimee_le IS NOT NULL AND l.postee_le IS NULL AND NOT c.is_annule))
        """);

    /// <summary>One replaced by an accusé de réception is not missing: its courrier is acknowledged.</summary>
    private IQueryable<LigneAccuse> Others(string[] etats) => db.Database.SqlQuery<LigneAccuse>(
        $"""
        SELECT a.id AS accuse_id, a.courrier_id, c.numero_chrono, c.objet, coalesce(c.expediteur_nom, 'Expéditeur anonyme') AS expediteur_nom,
            c.expediteur_courriel, c.expediteur_adresse, a.etat, a.destinataire, a.motif, a.changed_at, c.is_restreint, d.service_instructeur_code,
            NULL::uuid AS lot_id, NULL::timestamptz AS lot_prepare_le
        FROM ingestion.accuses a
        JOIN ingestion.courriers c ON c.id = a.courrier_id
        LEFT JOIN portail.lecture_dossiers d ON d.courrier_id = c.id
        WHERE a.etat = ANY ({etats}) AND a.motif IS DISTINCT FROM {ReceptionDecision.Remplace}
        """);
}
