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

    /// <summary>Refused, undelivered or uncertain: a person decides.</summary>
    Refuses,

    /// <summary>Not sent, with the reason.</summary>
    SansAccuse,
}

/// <summary>An acknowledgement in a list, for who may see its courrier.</summary>
/// <param name="ExpediteurCourriel">Address of the sender as the register has it now: corrected since, it is the one to write to.</param>
public sealed record LigneAccuse(
    Guid AccuseId, Guid CourrierId, string NumeroChrono, string Objet, string ExpediteurNom, string? ExpediteurCourriel, string? ExpediteurAdresse,
    string Etat, string? Destinataire, string? Motif, DateTimeOffset ChangedAt, bool IsRestreint, string? ServiceInstructeurCode) : IVisibleRow
{
    public EtatAccuse EtatAccuse => Enum.Parse<EtatAccuse>(Etat);

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

    public Task<List<Guid>> IdsAsync(Agent agent, GenreAccuses genre, int size, CancellationToken cancellationToken) =>
        Of(agent, genre).OrderBy(a => a.ChangedAt).ThenBy(a => a.AccuseId).Take(size).Select(a => a.AccuseId).ToListAsync(cancellationToken);

    /// <summary>One, in whatever state; null when there is none or the person may not see its courrier.</summary>
    public Task<LigneAccuse?> FindAsync(Agent agent, Guid accuseId, CancellationToken cancellationToken) =>
        Rows(Enum.GetNames<EtatAccuse>()).Where(a => a.AccuseId == accuseId).Visible(agent).SingleOrDefaultAsync(cancellationToken);

    /// <summary>How many wait that this person may not see.</summary>
    public async Task<int> CountHiddenAsync(Agent agent, GenreAccuses genre, CancellationToken cancellationToken) =>
        await Rows(EtatsOf(genre)).CountAsync(cancellationToken) - await CountAsync(agent, genre, cancellationToken);

    private static string[] EtatsOf(GenreAccuses genre) => genre switch
    {
        GenreAccuses.AImprimer => [nameof(EtatAccuse.AImprimer)],
        GenreAccuses.Refuses => [nameof(EtatAccuse.Refuse), nameof(EtatAccuse.NonRemis), nameof(EtatAccuse.Incertain)],
        GenreAccuses.SansAccuse => [nameof(EtatAccuse.SansObjet)],
    };

    private IQueryable<LigneAccuse> Of(Agent agent, GenreAccuses genre) => Rows(EtatsOf(genre)).Visible(agent);

    /// <summary>One replaced by an accusé de réception is not missing: its courrier is acknowledged.</summary>
    private IQueryable<LigneAccuse> Rows(string[] etats) => db.Database.SqlQuery<LigneAccuse>(
        $"""
        SELECT a.id AS accuse_id, a.courrier_id, c.numero_chrono, c.objet, coalesce(c.expediteur_nom, 'Expéditeur anonyme') AS expediteur_nom,
            c.expediteur_courriel, c.expediteur_adresse, a.etat, a.destinataire, a.motif, a.changed_at, c.is_restreint, d.service_instructeur_code
        FROM ingestion.accuses a
        JOIN ingestion.courriers c ON c.id = a.courrier_id
        LEFT JOIN portail.lecture_dossiers d ON d.courrier_id = c.id
        WHERE a.etat = ANY ({etats}) AND a.motif IS DISTINCT FROM {ReceptionDecision.Remplace}
        """);
}
