using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.ServiceDefaults.Fichiers;

namespace SuiviCourrier.Portail.Dossiers.Show;

/// <summary>One registration, as Ingestion publishes it.</summary>
public sealed record EnregistrementLu(
    DateOnly? DateCourrier, DateOnly? CacheteLe, string? ExpediteurCourriel, string? ExpediteurAdresse, string? ExpediteurTelephone,
    string? PourLeCompteDe, string? NumeroRecommande, string? OriginalOu, string? Remarques, string? MotifAnnulation);

public sealed record PieceLue(
    Guid PieceId, string Nom, string Sha256, long Taille, string TypeMime, string Role, string EtatAnalyse, DateTimeOffset? AnalyseeLe, string? Signature)
{
    /// <summary>The scanner has found something in it: it is given to nobody.</summary>
    public bool IsInfectee => EtatAnalyse == "Infectee";

    public bool IsImage => TypeMime is "image/png" or "image/jpeg";

    /// <summary>What a message says, as text.</summary>
    public bool IsText => Role == "Document" && TypeMime == "text/plain";

    /// <summary>What a message says, in HTML.</summary>
    public bool IsHtml => Role == "Document" && TypeMime == "text/html";

    public bool IsViewable => !IsInfectee && (IsImage || IsText || IsHtml || TypeMime == "application/pdf");
}

public sealed record PieceAnnonceeLue(string Nature, int Nombre, string? Description);

public sealed record EchangeLu(Guid EchangeId, string Kind, DateTimeOffset RecuA, string? Resume, Guid? PieceId)
{
    public KindEchange KindEchange => Enum.Parse<KindEchange>(Kind);
}

/// <summary>One arrival of the message a courrier is: the same one may reach several functional mailboxes.</summary>
public sealed record ArriveeLue(DateTimeOffset RecuA, string Boite, string Adresse, string? Protection, DateOnly? EvenementLe, string? AuteurTransfere)
{
    public string? ProtectionEnMots => Protection switch
    {
        "Signe" or "SignePgp" => "message signé, signature non vérifiée",
        "Chiffre" => "message chiffré : son contenu ne peut pas être lu ici",
        _ => null,
    };
}

public sealed record AccuseLu(Guid AccuseId, string Kind, string Etat, string? Destinataire, string? Motif, DateTimeOffset ChangedAt, Guid? PieceId, string? ModeleCode, int? ModeleVersion,
    DateTimeOffset? PosteLe, bool IsAPoster)
{
    public KindAccuse KindAccuse => Enum.Parse<KindAccuse>(Kind);

    public EtatAccuse EtatAccuse => Enum.Parse<EtatAccuse>(Etat);
}

public sealed record EcheanceLue(string RegimeLibelle, DateOnly BaseLe, DateOnly DueOn, DateOnly? ClosedOn, string Calcul);

/// <summary>What silence means for this courrier, and from which day.</summary>
public sealed record SilenceLu(DateOnly DueOn, DateOnly? ClosedOn, string Libelle, string Source, string Calcul);

public sealed record PieceDemandeeLue(string Libelle, DateOnly DemandeeLe, DateOnly AvantLe);

public sealed record RelanceLue(string EtapeLibelle, string DestinataireRole, DateOnly PrevueLe, DateTimeOffset? FiredAt);

public sealed record LigneHistoire(DateTimeOffset OccurredAt, string Acteur, string Action, string? Avant, string? Apres, string? Motif);

/// <summary>Reads what the other services publish of one courrier. The right to see it is the caller's to check.</summary>
public sealed class CourrierLecture(PortailDbContext db, IFileStore store)
{
    /// <summary>Characters of a message shown on its page.</summary>
    private const int MaxTexte = 100_000;

    public Task<EnregistrementLu> EnregistrementAsync(Guid id, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<EnregistrementLu>(
            $"""
            SELECT date_courrier, cachet_le AS cachete_le, expediteur_courriel, expediteur_adresse, expediteur_telephone,
                pour_le_compte_de, numero_recommande, original_ou, remarques, motif_annulation
            FROM ingestion.lecture_courriers WHERE courrier_id = {id}
            """).SingleAsync(cancellationToken);

    public Task<List<PieceLue>> PiecesAsync(Guid id, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<PieceLue>(
            $"""
            SELECT piece_id, nom, sha256, taille, type_mime, role, etat_analyse, analysee_le, signature FROM ingestion.lecture_pieces
            WHERE courrier_id = {id} AND echange_id IS NULL ORDER BY array_position(ARRAY['Document', 'PieceJointe', 'Brut'], role), ordre
            """).ToListAsync(cancellationToken);

    /// <summary>The text of a message, its beginning when it is very long.</summary>
    public async Task<(string Texte, bool IsCut)> TexteAsync(PieceLue piece, CancellationToken cancellationToken)
    {
        var buffer = new char[MaxTexte];
        await using var content = store.OpenRead(piece.Sha256);
        using var reader = new StreamReader(content);
        var read = await reader.ReadBlockAsync(buffer, cancellationToken);

        // Never between the two halves of one character.
        var end = read == MaxTexte && char.IsHighSurrogate(buffer[^1]) ? read - 1 : read;
        return (new string(buffer, 0, end), read == MaxTexte);
    }

    public Task<List<PieceAnnonceeLue>> PiecesAnnonceesAsync(Guid id, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<PieceAnnonceeLue>(
            $"SELECT nature, nombre, description FROM ingestion.lecture_pieces_annoncees WHERE courrier_id = {id}").ToListAsync(cancellationToken);

    public Task<List<EchangeLu>> EchangesAsync(Guid id, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<EchangeLu>(
            $"SELECT echange_id, kind, recu_a, resume, piece_id FROM ingestion.lecture_echanges WHERE courrier_id = {id} ORDER BY recu_a DESC")
            .ToListAsync(cancellationToken);

    public Task<List<ArriveeLue>> ArriveesAsync(Guid id, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<ArriveeLue>(
            $"SELECT recu_a, boite, adresse, protection, evenement_le, auteur_transfere FROM ingestion.lecture_arrivees WHERE courrier_id = {id} ORDER BY recu_a, arrivee_id LIMIT 20")
            .ToListAsync(cancellationToken);

    public Task<List<AccuseLu>> AccusesAsync(Guid id, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<AccuseLu>(
            $"""
            SELECT accuse_id, kind, etat, destinataire, motif, changed_at, piece_id, modele_code, modele_version, poste_le, is_a_poster
            FROM ingestion.lecture_accuses WHERE courrier_id = {id} ORDER BY changed_at
            """).ToListAsync(cancellationToken);

    public Task<EcheanceLue?> EcheanceAsync(Guid id, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<EcheanceLue?>(
            $"""
            SELECT regime_libelle, base_le, due_on, closed_on, calcul
            FROM echeances.lecture_echeances WHERE courrier_id = {id} AND kind = 'Reponse'
            """).FirstOrDefaultAsync(cancellationToken);

    public Task<SilenceLu?> SilenceAsync(Guid id, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<SilenceLu?>(
            $"SELECT due_on, closed_on, libelle, source, calcul FROM echeances.lecture_silences WHERE courrier_id = {id}").FirstOrDefaultAsync(cancellationToken);

    public Task<List<PieceDemandeeLue>> PiecesDemandeesAsync(Guid id, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<PieceDemandeeLue>(
            $"SELECT libelle, demandee_le, avant_le FROM ingestion.lecture_pieces_demandees WHERE courrier_id = {id} ORDER BY ordre").ToListAsync(cancellationToken);

    public Task<List<RelanceLue>> RelancesAsync(Guid id, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<RelanceLue>(
            $"""
            SELECT etape_libelle, destinataire_role, prevue_le, fired_at
            FROM echeances.lecture_relances WHERE courrier_id = {id} ORDER BY prevue_le
            """).ToListAsync(cancellationToken);

    /// <summary>The audit of the three services, newest first.</summary>
    public Task<List<LigneHistoire>> HistoireAsync(Guid id, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<LigneHistoire>(
            $"""
            SELECT occurred_at, acteur, action, avant, apres, motif FROM (
                SELECT * FROM ingestion.lecture_journal WHERE courrier_id = {id}
                UNION ALL SELECT * FROM echeances.lecture_journal WHERE courrier_id = {id}
                UNION ALL SELECT * FROM portail.lecture_journal WHERE courrier_id = {id}) AS journal
            ORDER BY occurred_at DESC, id DESC LIMIT 200
            """).ToListAsync(cancellationToken);
}
