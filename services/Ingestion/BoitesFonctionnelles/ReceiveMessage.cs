using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.BoitesFonctionnelles;

/// <summary>
/// Gives a collected message its one fate, in one transaction with the message itself. Killed anywhere, it has either no fate yet and is
/// found again, or its fate and is recognised.
/// </summary>
public sealed partial class ReceiveMessage(
    IngestionDbContext db, IFileStore store, OpenMessage openMessage, RegisterCourrier registerCourrier, PlafondsAccuses plafonds, SiteCourant siteCourant,
    JetonsCourriel jetons, IOptions<ReleveOptions> options, IOptions<CourrielOptions> courriel, TimeProvider clock)
{
    public const string Acteur = "ingestion.boites";

    /// <summary>Kind of the outgoing messages in which the portal answers.</summary>
    private const string Reponse = "reponse";

    /// <summary>Of a message that nobody has opened.</summary>
    private static readonly MessageLu s_unopened = new(null, ContenuMessage.Vide, IsEntier: false);

    public enum Outcome
    {
        Registered,
        Attached,
        SetAside,

        /// <summary>Set aside because it is no e-mail that can be read.</summary>
        SetAsideUnreadable,

        /// <summary>It has had its fate before.</summary>
        AlreadyReceived,
    }

    /// <summary>A message where it was found.</summary>
    /// <param name="Contenu">Seekable; from its beginning.</param>
    /// <param name="Taille">Bytes of the whole message, even when <paramref name="Contenu"/> holds its headers only.</param>
    /// <param name="RecuA">Instant the server received it (INTERNALDATE); null for a dropped file: its topmost Received says.</param>
    public sealed record Arrivee(
        string BoiteCode, FileStream Contenu, long Taille, DateTimeOffset? RecuA, long? UidValidity = null, long? Uid = null, string? CleFichier = null)
    {
        /// <summary>A stock that a person brings is no loop between two robots: the caps on acknowledgements may be left aside.</summary>
        public bool IsWithoutCaps { get; init; }

        internal bool IsWhole => Taille == Contenu.Length;
    }

    /// <summary>A message kept and opened: only its fate is missing.</summary>
    public sealed class Ouvert : IDisposable
    {
        private readonly OpenMessage.Lecture _lecture;

        internal Ouvert(Arrivee arrivee, Fichier brut, string canonique, ToutesBoites boites, OpenMessage.Lecture lecture)
        {
            (Arrivee, Brut, Canonique, Boites, _lecture) = (arrivee, brut, canonique, boites, lecture);
            Lu = (lecture.Lu ?? s_unopened).ThroughForm(boites.Formulaires);
        }

        internal Arrivee Arrivee { get; }
        internal Fichier Brut { get; }
        internal string Canonique { get; }
        internal ToutesBoites Boites { get; }
        internal MessageLu Lu { get; }
        internal bool IsBlocking => _lecture.Lu is null;

        public void Dispose() => _lecture.Dispose();
    }

    /// <param name="unreadable">Sets it aside without opening it: it has failed too often.</param>
    public async Task<Outcome> ExecuteAsync(Arrivee arrivee, CancellationToken cancellationToken, bool unreadable = false)
    {
        using var ouvert = await OpenAsync(arrivee, unreadable, cancellationToken);
        return ouvert is null ? Outcome.AlreadyReceived : await DecideAsync(ouvert, cancellationToken);
    }

    /// <summary>
    /// The first half: the bytes are kept and the message is opened. It may be done while another message gets its fate; the order of fates is that of
    /// the second half.
    /// </summary>
    /// <param name="unreadable">Without opening it: it has failed too often.</param>
    /// <returns>Null when it has had its fate before.</returns>
    public async Task<Ouvert?> OpenAsync(Arrivee arrivee, bool unreadable, CancellationToken cancellationToken)
    {
        arrivee.Contenu.Position = 0;
        var canonique = await EmpreinteCanonique.ComputeAsync(arrivee.Contenu, cancellationToken);
        arrivee.Contenu.Position = 0;
        var brut = await store.StoreAsync(arrivee.Contenu, long.MaxValue, cancellationToken);
        var isReceived = false;
        var known = new RoundTrip();
        AskReceived(known, arrivee, brut.Sha256, () => isReceived = true);
        var boites = await BoitesAsync(arrivee.BoiteCode, known, cancellationToken);
        if (isReceived)
        {
            return null;
        }

        var lecture = unreadable
            ? new OpenMessage.Lecture(s_unopened)
            : await openMessage.ExecuteAsync(arrivee, arrivee.IsWhole ? options.Value.TailleMax : 0, cancellationToken);
        return new Ouvert(arrivee, brut, canonique, boites, lecture);
    }

    /// <summary>The second half: its one fate.</summary>
    public async Task<Outcome> DecideAsync(Ouvert ouvert, CancellationToken cancellationToken)
    {
        var (arrivee, lu, brut) = (ouvert.Arrivee, ouvert.Lu, ouvert.Brut);
        var message = await MessageOfAsync(arrivee, lu, brut, ouvert.Canonique, cancellationToken);

        // Two passes at most: a message registered meanwhile by another mailbox becomes, the second time, its repeat.
        for (var pass = 0; ; pass++)
        {
            var outcome = await TryAsync(
                message, lu, brut, ouvert.Boites, arrivee.IsWhole, arrivee.IsWithoutCaps, ouvert.IsBlocking, cancellationToken);
            if (outcome is not null || pass == 1)
            {
                return outcome ?? Outcome.AlreadyReceived;
            }

            db.ChangeTracker.Clear();
        }
    }

    /// <summary>What became of a message that a person takes up again.</summary>
    public abstract record Reprise
    {
        public sealed record Registered(Guid CourrierId, string NumeroChrono) : Reprise;

        /// <summary>The same content had been registered before: it is attached there, visibly, and is no second courrier.</summary>
        public sealed record Attached(Guid CourrierId, string NumeroChrono) : Reprise;

        /// <summary>Read again, it stays where it is.</summary>
        /// <param name="Motif">Why, a sentence in French.</param>
        public sealed record StillAside(string Motif) : Reprise;

        /// <summary>Somebody was faster, or it never was set aside.</summary>
        public sealed record TooLate : Reprise;
    }

    /// <summary>Reads a message set aside once more, and gives it the fate it would have if it arrived now.</summary>
    public async Task<Reprise> RetrySetAsideAsync(Guid messageId, string acteur, CancellationToken cancellationToken)
    {
        var message = await FindSetAsideAsync(messageId, cancellationToken);
        if (message is null)
        {
            return new Reprise.TooLate();
        }

        using var reopened = await ReopenAsync(message, cancellationToken);
        var lu = reopened.Lu;
        var antecedents = await AntecedentsAsync(message, lu.Faits, cancellationToken);
        var classement = lu.Faits is { } faits
            ? Classification.Decide(faits, reopened.Boites.Adresses, antecedents)
            : new Classement.Ecarter(reopened.IsBlocking ? Classification.Bloquant : Classification.Illisible);
        switch (classement)
        {
            case Classement.Enregistrer registering:
                var interdiction = registering.MotifSansAccuse ?? await plafonds.ReachedAsync(AdresseDeReponse(lu.Faits!), cancellationToken);
                var demande = await DemandeAsync(
                    message, lu, reopened.Brut, reopened.Boites, reopened.IsWhole, interdiction, registering.IsPourInformation, acteur, cancellationToken);
                return await TakeUpAsync(messageId, message, demande, lu, reopened.Brut, acteur, cancellationToken);
            case Classement.Rattacher attaching:
                try
                {
                    await AttachAsync(message, lu, reopened.Brut, attaching, cancellationToken, acteur);
                }
                catch (DbUpdateConcurrencyException)
                {
                    db.ChangeTracker.Clear();
                    return new Reprise.TooLate();
                }

                var chrono = await db.Courriers.Where(c => c.Id == attaching.CourrierId).Select(c => c.NumeroChrono).SingleAsync(cancellationToken);
                return new Reprise.Attached(attaching.CourrierId, chrono);
            case Classement.Ecarter aside:
                db.Journal.Record(
                    acteur, nameof(RetrySetAsideAsync), $"message:{message.Id}", null, clock.GetUtcNow(), avant: message.Motif, apres: aside.Motif);
                message.Motif = aside.Motif;
                return await db.TrySaveChangesAsync(cancellationToken) ? new Reprise.StillAside(aside.Motif) : new Reprise.TooLate();
            default:
                throw new InvalidOperationException("A message has exactly one of three fates");
        }
    }

    /// <summary>Registers what was set aside, as a person has decided, with its original reception date.</summary>
    public async Task<Reprise> RegisterSetAsideAsync(Guid messageId, string acteur, CancellationToken cancellationToken)
    {
        var message = await FindSetAsideAsync(messageId, cancellationToken);
        if (message is null)
        {
            return new Reprise.TooLate();
        }

        using var reopened = await ReopenAsync(message, cancellationToken);
        var lu = reopened.Lu;
        var interdiction = lu.Faits is null ? "Aucune adresse d’expéditeur utilisable" : Classification.WithoutAcknowledgement(lu.Faits, reopened.Boites.Adresses);
        var demande = await DemandeAsync(
            message, lu, reopened.Brut, reopened.Boites, reopened.IsWhole, interdiction, isPourInformation: false, acteur, cancellationToken);
        return await TakeUpAsync(messageId, message, demande, lu, reopened.Brut, acteur, cancellationToken);
    }

    /// <summary>A message set aside, opened again from its bytes.</summary>
    private sealed record Rouvert(
        FileStream Contenu, OpenMessage.Lecture? Lecture, MessageLu Lu, bool IsBlocking, Fichier Brut, bool IsWhole, ToutesBoites Boites) : IDisposable
    {
        public void Dispose()
        {
            Lecture?.Dispose();
            Contenu.Dispose();
        }
    }

    /// <summary>In a process of its own when it was set aside because it blocks the reader.</summary>
    private async Task<Rouvert> ReopenAsync(MessageRecu message, CancellationToken cancellationToken)
    {
        var contenu = Spool.NewFile(Path.GetTempPath());
        try
        {
            await using (var stored = store.OpenRead(message.Sha256Brut))
            {
                await stored.CopyToAsync(contenu, cancellationToken);
            }

            await contenu.FlushAsync(cancellationToken);
            var brut = await db.Set<Fichier>().AsNoTracking().SingleAsync(f => f.Sha256 == message.Sha256Brut, cancellationToken);
            var boites = await BoitesAsync(message.BoiteCode, new RoundTrip(), cancellationToken);
            var isWhole = contenu.Length == message.Taille;
            var maxBytes = isWhole ? options.Value.TailleMax : 0;
            var lecture = message.Motif == Classification.Bloquant ? await openMessage.ReadApartAsync(contenu, maxBytes, cancellationToken) : null;
            var lu = lecture is null ? MessageLu.Read(contenu, maxBytes, cancellationToken) : lecture.Lu;
            return new Rouvert(contenu, lecture, (lu ?? s_unopened).ThroughForm(boites.Formulaires), lu is null, brut, isWhole, boites);
        }
        catch
        {
            await contenu.DisposeAsync();
            throw;
        }
    }

    private async Task<Reprise> TakeUpAsync(
        Guid messageId, MessageRecu message, RegisterCourrier.Demande demande, MessageLu lu, Fichier brut, string acteur, CancellationToken cancellationToken)
    {
        try
        {
            return await registerCourrier.ExecuteAsync(demande, cancellationToken, courrier => TakeUp(message, courrier, SortMessage.Courrier, acteur)) switch
            {
                RegisterCourrier.Outcome.Registered registered => new Reprise.Registered(registered.CourrierId, registered.NumeroChrono),
                RegisterCourrier.Outcome.AlreadyRegistered already => await AttachSetAsideAsync(messageId, already, lu, brut, acteur, cancellationToken),
                RegisterCourrier.Outcome.Refused refused => throw new InvalidOperationException(
                    $"The registration of a message set aside was refused: {string.Join(", ", refused.Erreurs.Select(e => e.Champ))}"),
                _ => throw new InvalidOperationException("Unknown outcome of a registration"),
            };
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return new Reprise.TooLate();
        }
    }

    private Task<MessageRecu?> FindSetAsideAsync(Guid messageId, CancellationToken cancellationToken) =>
        db.MessagesRecus.SingleOrDefaultAsync(m => m.Id == messageId && m.Sort == SortMessage.Ecarte, cancellationToken);

    /// <summary>Its content has been registered already: by somebody faster, or from another copy.</summary>
    private async Task<Reprise> AttachSetAsideAsync(
        Guid messageId, RegisterCourrier.Outcome.AlreadyRegistered already, MessageLu lu, Fichier brut, string acteur, CancellationToken cancellationToken)
    {
        db.ChangeTracker.Clear();
        var message = await FindSetAsideAsync(messageId, cancellationToken);
        if (message is null)
        {
            return new Reprise.TooLate();
        }

        var attaching = new Classement.Rattacher(already.CourrierId, KindEchange.Repetition, "Le même message a été reçu une nouvelle fois");
        await AttachAsync(message, lu, brut, attaching, cancellationToken, acteur);
        return new Reprise.Attached(already.CourrierId, already.NumeroChrono);
    }

    private void TakeUp(MessageRecu message, Courrier courrier, SortMessage sort, string acteur)
    {
        var now = clock.GetUtcNow();
        db.Journal.Record(
            acteur, nameof(RegisterSetAsideAsync), $"message:{message.Id}", courrier.Id, now,
            avant: message.MotifEcart is { } ecart ? $"Écarté : {ecart}" : $"Mis de côté : {message.Motif}", apres: courrier.NumeroChrono);
        message.Sort = sort;
        message.CourrierId = courrier.Id;
        message.ReprisPar = acteur;
        message.ReprisLe = now;
        message.MotifEcart = null;
    }

    private async Task<Outcome?> TryAsync(
        MessageRecu message, MessageLu lu, Fichier brut, ToutesBoites boites, bool isWhole, bool isWithoutCaps, bool isBlocking, CancellationToken cancellationToken)
    {
        var antecedents = await AntecedentsAsync(message, lu.Faits, cancellationToken);
        var classement = lu.Faits is null
            ? antecedents.MemeContenu is { } same
                ? new Classement.Rattacher(same, KindEchange.Repetition, "Le même fichier a été reçu une nouvelle fois")
                : new Classement.Ecarter(isBlocking ? Classification.Bloquant : Classification.Illisible)
            : Classification.Decide(lu.Faits, boites.Adresses, antecedents);
        switch (classement)
        {
            case Classement.Enregistrer registering:
                var interdiction = registering.MotifSansAccuse
                    ?? (isWithoutCaps ? null : await plafonds.ReachedAsync(AdresseDeReponse(lu.Faits!), cancellationToken));
                return await RegisterAsync(message, lu, brut, boites, isWhole, interdiction, registering.IsPourInformation, cancellationToken);
            case Classement.Rattacher attaching:
                return await AttachAsync(message, lu, brut, attaching, cancellationToken);
            case Classement.Ecarter aside:
                return await SetAsideAsync(message, brut, aside.Motif, cancellationToken);
            default:
                throw new InvalidOperationException("A message has exactly one of three fates");
        }
    }

    private async Task<Outcome?> RegisterAsync(
        MessageRecu message, MessageLu lu, Fichier brut, ToutesBoites boites, bool isWhole, string? interdiction, bool isPourInformation,
        CancellationToken cancellationToken)
    {
        var demande = await DemandeAsync(message, lu, brut, boites, isWhole, interdiction, isPourInformation, Acteur, cancellationToken);
        try
        {
            return await registerCourrier.ExecuteAsync(demande, cancellationToken, courrier =>
            {
                message.Sort = SortMessage.Courrier;
                message.Motif = null;
                message.CourrierId = courrier.Id;
                db.MessagesRecus.Add(message);
            }) switch
            {
                RegisterCourrier.Outcome.Registered => Outcome.Registered,
                RegisterCourrier.Outcome.AlreadyRegistered => null,
                RegisterCourrier.Outcome.Refused refused => throw new InvalidOperationException(
                    $"The registration of a received message was refused: {string.Join(", ", refused.Erreurs.Select(e => e.Champ))}"),
                _ => throw new InvalidOperationException("Unknown outcome of a registration"),
            };
        }
        catch (DbUpdateException refusal) when (IsKnownKey(refusal))
        {
            return null;
        }
    }

    private async Task<Outcome?> AttachAsync(
        MessageRecu message, MessageLu lu, Fichier brut, Classement.Rattacher attaching, CancellationToken cancellationToken, string? reprisPar = null)
    {
        var isRepeat = attaching.Kind == KindEchange.Repetition;
        var pieces = await StorePiecesAsync(lu, brut, message, withContent: !isRepeat, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockCourrierAsync(attaching.CourrierId, cancellationToken);
        await db.ReferenceAsync(store, [.. pieces.Select(p => p.Fichier)], cancellationToken);
        var courrier = await db.Courriers.SingleAsync(c => c.Id == attaching.CourrierId, cancellationToken);
        var now = clock.GetUtcNow();
        var echange = new Echange
        {
            CourrierId = courrier.Id,
            Kind = attaching.Kind,
            RecuA = message.RecuA,
            Resume = TexteRecu.Line(Resume(attaching, message), 300)!,
            MessageId = message.MessageId,
        };
        foreach (var (rank, piece) in pieces.Index())
        {
            echange.Pieces.Add(new Piece
            {
                CourrierId = courrier.Id,
                EchangeId = echange.Id,
                Role = piece.Role,
                Nom = NomFichier.Of(piece.Nom, instead: $"piece-{rank + 1}"),
                Sha256 = piece.Fichier.Sha256,
                Taille = piece.Fichier.Taille,
                TypeMime = piece.Fichier.TypeMime,
                ContentId = piece.ContentId,
                Ordre = rank + 1,
            });
        }

        message.EchangeId = echange.Id;
        db.Echanges.Add(echange);
        if (reprisPar is null)
        {
            message.Sort = SortMessage.Rattache;
            message.CourrierId = courrier.Id;
            db.MessagesRecus.Add(message);
        }
        else
        {
            TakeUp(message, courrier, SortMessage.Rattache, reprisPar);
        }

        message.Motif = attaching.Resume;
        db.Journal.Record(Acteur, nameof(ReceiveMessage), $"echange:{echange.Id}", courrier.Id, now, apres: attaching.Kind.Libelle());
        Guid? reponseId = null;
        if (attaching.MessageIdNonRemis is { } returned)
        {
            reponseId = await MarkUndeliveredAsync(courrier, returned, echange.Resume, now, cancellationToken);
        }

        db.Outbox.Publish(new EchangeReceived
        {
            Source = RegisterCourrier.Source,
            CourrierId = courrier.Id,
            Version = courrier.NextVersion(),
            Etat = courrier.ToEtat(),
            EchangeId = echange.Id,
            Kind = attaching.Kind,
            RecuA = message.RecuA,
            ReponseId = reponseId,
        });
        return await CommitAsync(transaction, message, Outcome.Attached, cancellationToken);
    }

    private async Task<Outcome?> SetAsideAsync(MessageRecu message, Fichier brut, string motif, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.ReferenceAsync(store, [brut], cancellationToken);
        message.Sort = SortMessage.Ecarte;
        message.Motif = motif;
        db.MessagesRecus.Add(message);
        db.Journal.Record(Acteur, nameof(ReceiveMessage), $"message:{message.Id}", null, clock.GetUtcNow(), apres: "Mis de côté", motif: motif);
        return await CommitAsync(transaction, message, Classification.IsUnreadable(motif) ? Outcome.SetAsideUnreadable : Outcome.SetAside, cancellationToken);
    }

    /// <summary>With its fate, the attempts to open it end: it may be one that never opened.</summary>
    private async Task<Outcome?> CommitAsync(
        Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction, MessageRecu message, Outcome outcome, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            await openMessage.ForgetAsync(message, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return outcome;
        }
        catch (DbUpdateException refusal) when (IsKnownKey(refusal))
        {
            await transaction.RollbackAsync(cancellationToken);
            await openMessage.ForgetAsync(message, cancellationToken);
            return Outcome.AlreadyReceived;
        }
    }

    /// <summary>What came back says so, and the acknowledgement it was; the person in charge is told by the exchange.</summary>
    /// <returns>The answer it was; null when it was something else.</returns>
    private async Task<Guid?> MarkUndeliveredAsync(Courrier courrier, string messageId, string resume, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await db.Courriels.ReturnedAsync(messageId, now, cancellationToken);
        var returned = await db.Set<CourrielSortant>().AsNoTracking().FirstOrDefaultAsync(c => c.MessageId == messageId, cancellationToken);
        if (returned is null || !Guid.TryParse(returned.Reference, out var reference))
        {
            return null;
        }

        if (returned.Kind == AccuseSortant.Kind
            && await db.Accuses.SingleOrDefaultAsync(a => a.Id == reference, cancellationToken) is { } accuse)
        {
            accuse.ChangeState(EtatAccuse.NonRemis, resume, now);
            db.Outbox.Publish(AccuseFacts.Changed(courrier, accuse));
        }

        return returned.Kind == Reponse ? reference : null;
    }

    /// <summary>Found again: by its identifier, or by its bytes when the folder has new identifiers.</summary>
    private static void AskReceived(RoundTrip trip, Arrivee arrivee, string sha256Brut, Action found)
    {
        var boite = arrivee.BoiteCode;
        if (arrivee.CleFichier is { } cle)
        {
            trip.Ask($"SELECT 1 FROM ingestion.messages_recus WHERE boite_code = {boite} AND cle_fichier = {cle}", _ => found());
        }

        if (arrivee is { UidValidity: { } validity, Uid: { } uid })
        {
            trip.Ask($"SELECT 1 FROM ingestion.messages_recus WHERE boite_code = {boite} AND uid_validity = {validity} AND uid = {uid}", _ => found());
            trip.Ask(
                $"""
                SELECT 1 FROM ingestion.messages_recus
                WHERE sha256_brut = {sha256Brut} AND boite_code = {boite} AND uid IS NOT NULL AND uid_validity <> {validity} LIMIT 1
                """,
                _ => found());
        }
    }

    private async Task<MessageRecu> MessageOfAsync(Arrivee arrivee, MessageLu lu, Fichier brut, string canonique, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var said = arrivee.RecuA ?? lu.Faits?.RemisA;
        var from = lu.Faits?.De;
        var site = await siteCourant.GetAsync(cancellationToken);
        var indices = lu.Contenu.Indices;
        return new MessageRecu
        {
            BoiteCode = arrivee.BoiteCode,
            UidValidity = arrivee.UidValidity,
            Uid = arrivee.Uid,
            CleFichier = arrivee.CleFichier,
            Sha256Canonique = canonique,
            Sha256Brut = brut.Sha256,
            MessageId = lu.Faits?.MessageId,
            Taille = arrivee.Taille,

            // A clock that is wrong by years, or in the future, dates nothing.
            RecuA = said is { } date && date <= now && date.Year >= 2000 ? date.ToUniversalTime() : now,
            De = from is null ? null : TexteRecu.Line(from.Name is { Length: > 0 } ? $"{from.Name} <{from.Address}>" : from.Address, 300),
            Objet = TexteRecu.Line(lu.Faits?.Objet, Limites.Objet),
            AdresseDe = from is null ? null : FaitsMessage.Normalize(from.Address),
            Protection = indices.Protection,
            EvenementLe = indices.Evenement?.DayIn(site),
            AuteurTransfere = indices.AuteurTransfere,
            Sort = SortMessage.Ecarte,
            TraiteLe = now,
        };
    }

    private async Task<RegisterCourrier.Demande> DemandeAsync(
        MessageRecu message, MessageLu lu, Fichier brut, ToutesBoites boites, bool isWhole, string? interdiction, bool isPourInformation, string acteur,
        CancellationToken cancellationToken)
    {
        var site = await siteCourant.GetAsync(cancellationToken);
        var from = lu.Faits?.De;
        var to = lu.Faits is { De: not null } ? AdresseDeReponse(lu.Faits) : null;
        var known = from is null ? null : await KnownAsync(from.Address, cancellationToken);
        return new RegisterCourrier.Demande
        {
            Acteur = acteur,
            Origine = OrigineEnregistrement.Boite,
            CleIdempotence = $"courriel:{message.Sha256Canonique}",
            Canal = Canal.Courriel,
            RecuLe = site.DayOf(message.RecuA),
            Objet = message.Objet ?? TexteRecu.Objet(lu.Faits?.Objet),
            IsAnonyme = from is null,
            Nom = from is null ? null : TexteRecu.Line(from.Name, Limites.Nom) ?? TexteRecu.Line(from.Address, Limites.Nom),
            Categorie = from is null ? null : known?.Categorie ?? CategorieExpediteur.NonPrecisee,
            Fonction = known?.Fonction,
            Courriel = from?.Address,
            RepondreA = to == from?.Address ? null : to,
            TypeCode = boites.TypeCode,
            ServiceCode = boites.ServiceCode,
            IsPourInformation = isPourInformation,
            InterdictionAccuse = interdiction,
            Remarques = Remarques(lu, isWhole),
            Pieces = await StorePiecesAsync(lu, brut, message, withContent: true, cancellationToken),
        };
    }

    private static string? Remarques(MessageLu lu, bool isWhole) =>
        !isWhole ? "Message trop volumineux pour être conservé : seuls ses en-têtes le sont. Demandez à l’expéditeur de le renvoyer autrement."
        : !lu.IsEntier ? "Texte illisible ou trop volumineux : enregistré d’après ses en-têtes. Le message d’origine est conservé."
        : null;

    /// <summary>Text to read, pieces, and the raw message: stored before the transaction that names them.</summary>
    private async Task<IReadOnlyList<RegisterCourrier.PieceDemandee>> StorePiecesAsync(
        MessageLu lu, Fichier brut, MessageRecu message, bool withContent, CancellationToken cancellationToken)
    {
        var raw = new RegisterCourrier.PieceDemandee(Typed(brut, TypeMime.Message), "message.eml", RolePiece.Brut);
        if (!withContent)
        {
            return [raw];
        }

        // Each waits for the disk: the text does while the attachments are written, one after the other since they are read from one file.
        var text = StoreTextAsync(lu.Contenu, cancellationToken);
        var attachments = StoreAttachmentsAsync(lu.Contenu, cancellationToken);
        await Task.WhenAll(text, attachments);
        return [.. await text, .. await attachments, raw];
    }

    private async Task<IEnumerable<RegisterCourrier.PieceDemandee>> StoreTextAsync(ContenuMessage contenu, CancellationToken cancellationToken)
    {
        var (text, typeMime, nom) = contenu.Texte is not null ? (contenu.Texte, "text/plain", "message.txt") : (contenu.HtmlSur, TypeMime.Html, "message.html");
        if (text is null)
        {
            return [];
        }

        using var bytes = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        return [new(Typed(await store.StoreAsync(bytes, long.MaxValue, cancellationToken), typeMime), nom, RolePiece.Document)];
    }

    private async Task<IReadOnlyList<RegisterCourrier.PieceDemandee>> StoreAttachmentsAsync(ContenuMessage contenu, CancellationToken cancellationToken)
    {
        var pieces = new List<RegisterCourrier.PieceDemandee>();
        foreach (var piece in contenu.Pieces)
        {
            await using var content = piece.Open();
            var fichier = await store.StoreAsync(content, options.Value.TailleConservee, cancellationToken);
            pieces.Add(new(fichier, NomFichier.Of(TexteRecu.Line(piece.Nom, 1000), piece.Instead), RolePiece.PieceJointe, piece.ContentId));
        }

        return pieces;
    }

    /// <summary>What we have written ourselves is known to be what it is.</summary>
    private static Fichier Typed(Fichier fichier, string typeMime) =>
        new() { Sha256 = fichier.Sha256, Taille = fichier.Taille, TypeMime = typeMime, CreatedAt = fichier.CreatedAt };

    private Task<Correspondant?> KnownAsync(string address, CancellationToken cancellationToken)
    {
        var cle = CleAnnuaire.Of(address);
        return db.Correspondants.AsNoTracking().Where(c => c.CourrielCle == cle).OrderByDescending(c => c.Id).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Reply-To when given, else the address written from (CRPA R112-11-3).</summary>
    private static string AdresseDeReponse(FaitsMessage faits) => (faits.RepondreA ?? faits.De!).Address;

    /// <summary>Our mailboxes, and what one of them implies for its messages.</summary>
    /// <param name="Adresses">Every address we collect or write from, normalised.</param>
    /// <param name="Formulaires">Addresses of the forms declared for the mailbox, normalised.</param>
    internal sealed record ToutesBoites(IReadOnlySet<string> Adresses, IReadOnlySet<string> Formulaires, string? ServiceCode, string? TypeCode);

    /// <param name="trip">Of the mailboxes, and of what else is asked with them.</param>
    private async Task<ToutesBoites> BoitesAsync(string boiteCode, RoundTrip trip, CancellationToken cancellationToken)
    {
        var all = new List<string>();
        string[]? formulaires = null;
        string? serviceCode = null, typeCode = null;
        trip.Ask($"SELECT code, adresse, alias, expediteurs_formulaire, service_code, type_code FROM ingestion.boites", row =>
        {
            all.Add(row.GetString(1));
            all.AddRange(row.GetFieldValue<string[]>(2));
            if (row.GetString(0) == boiteCode)
            {
                formulaires = row.GetFieldValue<string[]>(3);
                serviceCode = row.IsDBNull(4) ? null : row.GetString(4);
                typeCode = row.IsDBNull(5) ? null : row.GetString(5);
            }
        });
        await trip.ExecuteAsync(db, cancellationToken);
        all.Add((await siteCourant.GetAsync(cancellationToken)).Courriel);
        if (courriel.Value.Expediteur is { } sender)
        {
            all.Add(sender);
        }

        return formulaires is null
            ? throw new InvalidOperationException($"There is no mailbox {boiteCode}")
            : new ToutesBoites(
                all.Select(FaitsMessage.Normalize).ToHashSet(), formulaires.Select(FaitsMessage.Normalize).ToHashSet(), serviceCode, typeCode);
    }

    private async Task<Antecedents> AntecedentsAsync(MessageRecu message, FaitsMessage? faits, CancellationToken cancellationToken)
    {
        Guid? same = null;
        var trip = new RoundTrip();
        trip.Ask(
            $"SELECT courrier_id FROM ingestion.messages_recus WHERE sha256_canonique = {message.Sha256Canonique} AND sort <> 'Ecarte' LIMIT 1",
            row => same = row.GetGuid(0));
        if (faits is null)
        {
            await trip.ExecuteAsync(db, cancellationToken);
            return Antecedents.Aucun with { MemeContenu = same };
        }

        var references = faits.References.ToArray();
        var ids = references.Concat(faits.Rapport?.MessageIds ?? []).Append(faits.MessageId ?? string.Empty).Where(i => i.Length > 0).Distinct().ToList();
        List<Guid> answered = [.. await jetons.ReadAsync(references.Concat(faits.Rapport?.MessageIds ?? []).Concat(faits.Destinations), cancellationToken)];
        var sent = await db.Set<CourrielSortant>().AsNoTracking()
            .Where(c => c.MessageId != null && (ids.Contains(c.MessageId) || answered.Contains(c.Id)))
            .Select(c => new { c.Id, c.MessageId, c.CourrierId })
            .ToListAsync(cancellationToken);
        var received = new List<(string MessageId, Guid CourrierId, string AdresseDe)>();
        if (references.Length > 0)
        {
            trip.Ask(
                $"""
                SELECT message_id, courrier_id, adresse_de FROM ingestion.messages_recus
                WHERE message_id = ANY({references}) AND courrier_id IS NOT NULL AND adresse_de IS NOT NULL ORDER BY traite_le
                """,
                row => received.Add((row.GetString(0), row.GetGuid(1), row.GetString(2))));
        }

        await trip.ExecuteAsync(db, cancellationToken);
        return new Antecedents
        {
            MemeContenu = same,
            Signes = [.. answered.Select(id => sent.Find(s => s.Id == id)?.MessageId).OfType<string>()],
            IsRetour = faits.Destinations.Any(AdresseEtiquetee.IsRetour),
            Rappel = await RappelAsync(faits, cancellationToken),
            Envoyes = sent.DistinctBy(s => s.MessageId).ToDictionary(s => s.MessageId!, s => s.CourrierId),
            Recus = received.DistinctBy(r => r.MessageId).ToDictionary(r => r.MessageId, r => (r.CourrierId, r.AdresseDe)),
        };
    }

    /// <summary>The courrier whose number the subject recalls, if who writes is its sender or was acknowledged for it.</summary>
    private async Task<Guid?> RappelAsync(FaitsMessage faits, CancellationToken cancellationToken)
    {
        if (faits is not { De: { } from, IsUsurpe: false, Objet: { } objet } || Numero().Matches(objet.Length > Limites.Objet ? objet[..Limites.Objet] : objet) is not { Count: > 0 } matches)
        {
            return null;
        }

        var numeros = matches.Select(m => m.Value.ToUpperInvariant()).Distinct().Take(5).ToList();
        var author = FaitsMessage.Normalize(from.Address);
        return await db.Courriers.AsNoTracking()
            .Where(c => numeros.Contains(c.NumeroChrono) && !c.IsAnnule
                && (c.Expediteur.Courriel == from.Address || c.Expediteur.Courriel == author || db.Accuses.Any(a => a.CourrierId == c.Id && a.AdresseCle == author)))
            .OrderByDescending(c => c.EnregistreLe)
            .Select(c => (Guid?)c.Id)
            .FirstOrDefaultAsync(cancellationToken);
    }

    [GeneratedRegex(@"\b[A-Z]{2,10}-\d{4}-\d{5,9}\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Numero();

    private static string Resume(Classement.Rattacher attaching, MessageRecu message) =>
        attaching.Kind == KindEchange.Reponse && message.Objet is { } objet ? $"{attaching.Resume} : {objet}" : attaching.Resume;

    private static bool IsKnownKey(DbUpdateException refusal) =>
        refusal.InnerException is PostgresException { ConstraintName: MessageRecuMapping.UidIndex or MessageRecuMapping.FichierIndex };
}
