using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Accuses.Reception;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Courriers.Register;

/// <summary>
/// Registers one matter: number, sender, files, acknowledgement, audit and fact in one transaction. The form, the mailboxes and every
/// later door come through here.
/// </summary>
public sealed class RegisterCourrier(
    IngestionDbContext db, CodesAnnuaire codes, AnnuaireExpediteurs annuaire, SiteCourant siteCourant, IFileStore store, TimeProvider clock)
{
    /// <summary>Name of this service in facts and audit.</summary>
    public const string Source = "ingestion";

    public abstract record Outcome
    {
        public sealed record Registered(Guid CourrierId, string NumeroChrono, AccuseDecision Accuse) : Outcome;

        /// <summary>The same idempotency key has been registered before: nothing was written.</summary>
        public sealed record AlreadyRegistered(Guid CourrierId, string NumeroChrono) : Outcome;

        public sealed record Refused(IReadOnlyList<ErreurSaisie> Erreurs) : Outcome;
    }

    /// <summary>What is registered.</summary>
    public sealed record Demande : Declaration
    {
        /// <summary>Account identifier, or name of the automatic process (<c>ingestion.imap</c>).</summary>
        public required string Acteur { get; init; }

        public required OrigineEnregistrement Origine { get; init; }

        /// <summary>The same key is the same registration. Chosen by the caller: of the form shown, of the message collected.</summary>
        public required string CleIdempotence { get; init; }

        /// <summary>A courrier already registered that came in the same envelope.</summary>
        public Guid? MemePliQue { get; init; }

        public IReadOnlyList<PieceDemandee> Pieces { get; init; } = [];
        public IReadOnlyList<PieceAnnonceeDemandee> PiecesAnnoncees { get; init; } = [];

        /// <summary>Reason not to acknowledge, in French; null when there is none.</summary>
        public string? InterdictionAccuse { get; init; }

        /// <summary>Address the person wants to be answered at (Reply-To), when it is not <see cref="Declaration.Courriel"/>.</summary>
        public string? RepondreA { get; init; }
    }

    /// <param name="Fichier">As the store returned it.</param>
    /// <param name="Nom">As it came: it is made fit here.</param>
    public sealed record PieceDemandee(Fichier Fichier, string? Nom, RolePiece Role, string? ContentId = null);

    public sealed record PieceAnnonceeDemandee(NaturePieceAnnoncee Nature, int Nombre, string? Description);

    /// <param name="alongside">Adds rows that commit with the registration (the message it came from).</param>
    /// <exception cref="FichierManquantException">A file was collected since it was stored: store it again.</exception>
    public async Task<Outcome> ExecuteAsync(Demande demande, CancellationToken cancellationToken, Action<Courrier>? alongside = null)
    {
        var now = clock.GetUtcNow();
        var site = await siteCourant.GetAsync(cancellationToken);
        var erreurs = new List<ErreurSaisie>();

        // From here on one connection, and as few round trips as there can be: each is a wait.
        await using var transaction = await db.BeginOrJoinAsync(cancellationToken);
        var lue = Read(demande, site.DayOf(now), erreurs);
        var trip = new RoundTrip();
        codes.Ask(trip, demande.TypeCode, demande.ServiceCode);
        Guid? enveloppeId = null;
        var rang = 0;
        if (lue is not null && MayExist(demande.TypeCode) && MayExist(demande.ServiceCode))
        {
            annuaire.Ask(trip, lue.Expediteur);
            if (demande.Pieces.Count > 0)
            {
                // Kept on the disk once their rows are locked, and before the counter is.
                await db.ReferenceAsync(store, [.. demande.Pieces.Select(p => p.Fichier)], cancellationToken, trip);
                trip = new RoundTrip();
            }

            AskEnveloppe(trip, demande.MemePliQue, found => enveloppeId = found);
            AskRangs(trip, site, now, count: 1, demande.TypeCode, demande.ServiceCode, first => rang = first);
        }

        await trip.ExecuteAsync(db, cancellationToken);
        if (await CompleteAsync(demande, lue, erreurs, cancellationToken) is not { } read)
        {
            // Sent twice, the second time may no longer be acceptable (its day has passed): it is registered all the same.
            return await FindAsync(demande.CleIdempotence, cancellationToken) ?? new Outcome.Refused(erreurs);
        }

        if (demande.MemePliQue is not null && enveloppeId is null)
        {
            throw new InvalidOperationException("The first courrier of the envelope does not exist");
        }

        var (courrier, decision) = Add(read, annuaire.FindOrAdd(read.Lue.Expediteur, now), enveloppeId, site, now, rang);
        alongside?.Invoke(courrier);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException refusal) when (refusal.InnerException is PostgresException { ConstraintName: CourrierMapping.CleIdempotenceIndex })
        {
            await transaction.RollbackAsync(cancellationToken); // the number goes back with it
            db.ChangeTracker.Clear();
            return await FindAsync(demande.CleIdempotence, cancellationToken)
                ?? throw new InvalidOperationException("The index refused a key that no courrier has");
        }

        return new Outcome.Registered(courrier.Id, courrier.NumeroChrono, decision);
    }

    /// <summary>
    /// Registers many matters in one transaction, all or none, in the order given. Other registrations of the site wait while they are
    /// written: a few hundred at a time. For matters without files.
    /// </summary>
    /// <param name="alongside">Adds rows that commit with the registration of each, by its position.</param>
    /// <exception cref="ArgumentException">One of them is refused: the caller reads them first (<see cref="DeclarationLue"/>).</exception>
    /// <exception cref="DbUpdateException">A key has been registered before: nothing was written.</exception>
    public async Task<IReadOnlyList<Outcome.Registered>> ExecuteAllAsync(
        IReadOnlyList<Demande> demandes, Action<int, Courrier> alongside, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var site = await siteCourant.GetAsync(cancellationToken);
        var erreurs = new List<ErreurSaisie>();
        var all = new List<(Lecture Lecture, Correspondant? Correspondant)>(demandes.Count);
        foreach (var demande in demandes)
        {
            var read = await CompleteAsync(demande, Read(demande, site.DayOf(now), erreurs), erreurs, cancellationToken)
                ?? throw new ArgumentException($"The matter {all.Count} is refused: {erreurs[0].Champ}", nameof(demandes));
            all.Add((read, await annuaire.FindOrAddAsync(read.Lue.Expediteur, now, cancellationToken)));
        }

        if (all.Count == 0)
        {
            return [];
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var rang = 0;
        var trip = new RoundTrip();
        AskRangs(trip, site, now, all.Count, typeCode: null, serviceCode: null, first => rang = first);
        await trip.ExecuteAsync(db, cancellationToken);
        var registered = new List<Outcome.Registered>(all.Count);
        foreach (var (position, (read, correspondant)) in all.Index())
        {
            var (courrier, decision) = Add(read, correspondant, enveloppeId: null, site, now, rang + position);
            alongside(position, courrier);
            registered.Add(new Outcome.Registered(courrier.Id, courrier.NumeroChrono, decision));
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return registered;
    }

    /// <summary>What is asked, without anything to object to.</summary>
    private sealed record Lecture(Demande Demande, DeclarationLue Lue, TypeCourrier? Type, string? ServiceCode);

    /// <summary>What can be said of it without asking the database.</summary>
    /// <returns>Null when <paramref name="erreurs"/> has something to say.</returns>
    private static DeclarationLue? Read(Demande demande, DateOnly today, List<ErreurSaisie> erreurs)
    {
        var lue = DeclarationLue.Read(demande, today, erreurs);
        CheckPiecesAnnoncees(demande.PiecesAnnoncees, erreurs);
        return erreurs.Count > 0 ? null : lue;
    }

    /// <returns>Null when <paramref name="erreurs"/> has something to say.</returns>
    private async Task<Lecture?> CompleteAsync(Demande demande, DeclarationLue? lue, List<ErreurSaisie> erreurs, CancellationToken cancellationToken)
    {
        var type = await codes.FindTypeAsync(demande.TypeCode, erreurs, cancellationToken);
        var serviceCode = await codes.CheckServiceAsync(demande.ServiceCode, erreurs, cancellationToken) ?? type?.ServiceCode;
        return lue is null || erreurs.Count > 0 ? null : new Lecture(demande, lue, type, serviceCode);
    }

    private static bool MayExist(string? code) => string.IsNullOrEmpty(code) || CodesAnnuaire.IsPossible(code);

    /// <summary>The courrier with its files, acknowledgement, audit line and fact, added to the transaction that took its rank.</summary>
    private (Courrier Courrier, AccuseDecision Decision) Add(
        Lecture read, Correspondant? correspondant, Guid? enveloppeId, ServiceDefaults.Time.Site site, DateTimeOffset now, int rang)
    {
        var (demande, lue, type, serviceCode) = read;
        var annee = site.DayOf(now).Year;
        var courrier = new Courrier
        {
            SiteCode = site.Code,
            Sens = Sens.Arrivee,
            Canal = demande.Canal,
            Origine = demande.Origine,
            NumeroChrono = string.Create(CultureInfo.InvariantCulture, $"{site.PrefixeArrivee}-{annee}-{rang:D5}"),
            Annee = annee,
            Rang = rang,
            Objet = lue.Objet,
            RecuLe = lue.RecuLe,
            DateCourrier = demande.DateCourrier,
            CachetLe = demande.CachetLe,
            EnregistreLe = now,
            EnregistrePar = demande.Acteur,
            Expediteur = lue.Expediteur,
            CorrespondantId = correspondant?.Id,
            Nature = demande.Nature ?? type?.Nature,
            TypeCode = type?.Code,
            ServiceCode = serviceCode,
            IsPourInformation = demande.IsPourInformation,
            IsRestreint = demande.IsRestreint,
            NumeroRecommande = lue.NumeroRecommande,
            OriginalOu = lue.OriginalOu,
            Remarques = lue.Remarques,
            EnveloppeId = enveloppeId,
            CleIdempotence = demande.CleIdempotence,
        };
        AddPieces(courrier, demande);
        db.Courriers.Add(courrier);
        var decision = Acknowledge(courrier, demande, type, now);
        db.Journal.Record(
            demande.Acteur, nameof(RegisterCourrier), $"courrier:{courrier.Id}", courrier.Id, now, apres: CourrierEnMots.Of(courrier));
        db.Outbox.Publish(new CourrierRegistered { Source = Source, CourrierId = courrier.Id, Version = courrier.Version, Etat = courrier.ToEtat() });
        return (courrier, decision);
    }

    private async Task<Outcome?> FindAsync(string cle, CancellationToken cancellationToken) =>
        await db.Courriers.Where(c => c.CleIdempotence == cle).Select(c => new { c.Id, c.NumeroChrono }).SingleOrDefaultAsync(cancellationToken) is { } found
            ? new Outcome.AlreadyRegistered(found.Id, found.NumeroChrono)
            : null;

    private static void CheckPiecesAnnoncees(IReadOnlyList<PieceAnnonceeDemandee> pieces, List<ErreurSaisie> erreurs)
    {
        foreach (var piece in pieces)
        {
            TexteSaisi.ReadLine(piece.Description, Limites.Description, out var refus);
            if (refus is not null || piece.Nombre is < 1 or > 999)
            {
                erreurs.Add(new ErreurSaisie(nameof(Demande.PiecesAnnoncees), refus ?? "Le nombre de pièces va de 1 à 999"));
            }
        }
    }

    private static void AddPieces(Courrier courrier, Demande demande)
    {
        foreach (var (rank, piece) in demande.Pieces.Index())
        {
            courrier.Pieces.Add(new Piece
            {
                Role = piece.Role,
                Nom = NomFichier.Of(piece.Nom, instead: $"document-{rank + 1}"),
                Sha256 = piece.Fichier.Sha256,
                Taille = piece.Fichier.Taille,
                TypeMime = piece.Fichier.TypeMime,
                Ordre = rank + 1,
                ContentId = piece.ContentId,
            });
        }

        foreach (var piece in demande.PiecesAnnoncees)
        {
            courrier.PiecesAnnoncees.Add(new PieceAnnoncee
            {
                Nature = piece.Nature,
                Nombre = piece.Nombre,
                Description = TexteSaisi.ReadLine(piece.Description, Limites.Description, out _),
            });
        }
    }

    /// <summary>
    /// Service and type known already (by the mailbox, the form, the mail room): one accusé de réception leaves at once and replaces the accusé
    /// d'enregistrement.
    /// </summary>
    private AccuseDecision Acknowledge(Courrier courrier, Demande demande, TypeCourrier? type, DateTimeOffset now)
    {
        var destinataire = demande.RepondreA is { } repondreA ? courrier.Expediteur with { Courriel = repondreA } : courrier.Expediteur;
        var decision = AccuseDecision.Decide(destinataire, demande.InterdictionAccuse ?? (type is { IsSansAccuse: true } ? TypeCourrier.SansAccuse : null));
        courrier.IsSansAccuse = decision.Etat == EtatAccuse.SansObjet;
        if (!courrier.IsSansAccuse && type is not null && ReceptionDecision.IsInstant(courrier))
        {
            db.Accuses.Add(AccuseOf(courrier, KindAccuse.Enregistrement, AccuseDecision.None(ReceptionDecision.Remplace), now));
            Owe(AccuseOf(courrier, KindAccuse.Reception, decision, now), now);
        }
        else
        {
            Owe(AccuseOf(courrier, KindAccuse.Enregistrement, decision, now), now);
        }

        return decision;
    }

    private void Owe(Accuse accuse, DateTimeOffset now)
    {
        db.Accuses.Add(accuse);
        if (accuse.Etat == EtatAccuse.AEnvoyer)
        {
            db.Courriels.Enqueue(AccuseSortant.Of(accuse, now));
        }
    }

    private static Accuse AccuseOf(Courrier courrier, KindAccuse kind, AccuseDecision decision, DateTimeOffset now) => new()
    {
        CourrierId = courrier.Id,
        Kind = kind,
        Etat = decision.Etat,
        Canal = decision.Canal,
        Destinataire = decision.Destinataire,
        Motif = decision.Motif,
        CreatedAt = now,
        ChangedAt = now,
    };

    /// <summary>The envelope is named after its first courrier.</summary>
    private static void AskEnveloppe(RoundTrip trip, Guid? first, Action<Guid> found)
    {
        if (first is { } id)
        {
            trip.Ask(
                $"UPDATE ingestion.courriers SET enveloppe_id = coalesce(enveloppe_id, id) WHERE id = {id} RETURNING enveloppe_id",
                row => found(row.GetGuid(0)));
        }
    }

    /// <summary>
    /// Locks the counter until the transaction ends: it is the last thing asked, nothing but the inserts may come after it. Unknown codes refuse
    /// the registration: they lock nothing and use no rank.
    /// </summary>
    /// <param name="found">Gets the first of <paramref name="count"/> ranks.</param>
    private static void AskRangs(
        RoundTrip trip, ServiceDefaults.Time.Site site, DateTimeOffset now, int count, string? typeCode, string? serviceCode, Action<int> found)
    {
        var (type, service) = (typeCode ?? "", serviceCode ?? "");
        trip.Ask(
            $"""
            INSERT INTO ingestion.compteurs_chrono (site_code, sens, annee, dernier)
            SELECT {site.Code}, {nameof(Sens.Arrivee)}, {site.DayOf(now).Year}, {count}
            WHERE ({type} = '' OR EXISTS (SELECT FROM ingestion.types WHERE code = {type}))
                AND ({service} = '' OR EXISTS (SELECT FROM ingestion.services WHERE code = {service}))
            ON CONFLICT (site_code, sens, annee) DO UPDATE SET dernier = compteurs_chrono.dernier + {count}
            RETURNING dernier
            """,
            row => found(row.GetInt32(0) - count + 1));
    }
}
