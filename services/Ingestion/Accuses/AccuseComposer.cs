using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MimeKit;
using SuiviCourrier.Contracts.Accuses;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Ingestion.Accuses;

/// <summary>
/// Acknowledgements by e-mail, of registration (CRPA R112-11-2) and of reception (R112-11-1): one recipient, an automatic reply that nothing answers
/// back to, never a word of the body received.
/// </summary>
public sealed class AccuseComposer(IngestionDbContext db, TexteAccuse texte, IFileStore store, TimeProvider clock) : ICourrielComposer
{
    private const string ModeleHeader = "X-Courrier-Modele";

    /// <summary>The text names the day by which we answer: Echeances computes it within moments. After this long the text leaves, and says nothing of it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public string Kind => AccuseSortant.Kind;

    public async Task<CourrielCompose?> ComposeAsync(CourrielSortant courriel, CancellationToken cancellationToken)
    {
        if (await FindAsync(courriel, cancellationToken) is not { } found)
        {
            return null;
        }

        var (accuse, courrier) = found;
        if (courrier.IsAnnule || accuse.Canal != CanalAccuse.Courriel || accuse.Etat is EtatAccuse.SansObjet or EtatAccuse.Envoye or EtatAccuse.Imprime
            || accuse.Destinataire is not { } to)
        {
            return null;
        }

        switch (await texte.ReadinessAsync(courrier, accuse, cancellationToken))
        {
            case ReadinessAccuse.TooLate:
                return null;
            case ReadinessAccuse.NotYet:
                // Without the silence date no time limit could be held against its author: it waits, however long.
                var isRecent = clock.GetUtcNow() - accuse.ChangedAt < s_patience;
                throw new CourrielPasPretException(TimeSpan.FromSeconds(isRecent ? 0.2 : 30), "En attente de la date d’effet du silence");
            case ReadinessAccuse.Ready:
                break;
        }

        var reponse = await texte.ReponseAsync(courrier, cancellationToken);
        if (!reponse.IsConnue && clock.GetUtcNow() - courrier.EnregistreLe < s_patience)
        {
            throw new CourrielPasPretException(TimeSpan.FromMilliseconds(200), "En attente de la date limite de réponse");
        }

        var rendered = await texte.RenderAsync(courrier, accuse, reponse, cancellationToken);
        var message = new MimeMessage { Subject = rendered.Subject };
        message.To.Add(new MailboxAddress(string.Empty, to));
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-replied");
        message.Headers.Add("X-Auto-Response-Suppress", "All");
        message.Headers.Add(ModeleHeader, string.Create(CultureInfo.InvariantCulture, $"{rendered.ModeleCode};{rendered.ModeleVersion}"));
        await ReplyToMessageAsync(message, courrier, cancellationToken);
        message.Body = new MultipartAlternative
        {
            new TextPart("plain") { Text = rendered.Text },
            new TextPart("html") { Text = rendered.Html },
        };
        return new CourrielCompose(message, EnveloppeVide: true);
    }

    public async Task SettledAsync(CourrielSortant courriel, CancellationToken cancellationToken)
    {
        if (await FindAsync(courriel, cancellationToken) is not { } found)
        {
            return;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockCourrierAsync(found.Courrier.Id, cancellationToken);
        await db.Entry(found.Courrier).ReloadAsync(cancellationToken);
        await db.Entry(found.Accuse).ReloadAsync(cancellationToken);
        var (accuse, courrier) = found;
        var (etat, motif) = courriel.Etat switch
        {
            EtatCourriel.Accepte => (EtatAccuse.Envoye, (string?)null),
            EtatCourriel.Refuse => (EtatAccuse.Refuse, courriel.Detail),
            EtatCourriel.Incertain => (EtatAccuse.Incertain, courriel.Detail),
            EtatCourriel.Supprime => (EtatAccuse.SansObjet, courrier.IsAnnule ? "L’enregistrement a été annulé" : "La réponse ou la clôture est venue avant"),
            EtatCourriel.AEnvoyer or EtatCourriel.Differe or EtatCourriel.EnCours => (EtatAccuse.AEnvoyer, null),
        };

        // A bounce may have come before we are told that the message was accepted: it knows better. So does who has chosen paper meanwhile.
        var isOvertaken = accuse.Etat is EtatAccuse.NonRemis || accuse.Canal == CanalAccuse.Courrier || (accuse.Etat is EtatAccuse.Envoye && etat is EtatAccuse.SansObjet);
        if (!isOvertaken && accuse.ChangeState(etat, motif, clock.GetUtcNow()))
        {
            await KeepTextAsync(accuse, courriel, cancellationToken);
            db.Journal.Record(
                "ingestion.accuses", nameof(AccuseComposer), $"accuse:{accuse.Id}", courrier.Id, accuse.ChangedAt, apres: etat.Libelle(), motif: motif);
            db.Outbox.Publish(AccuseFacts.Changed(courrier, accuse));
            await db.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<(Accuse Accuse, Courrier Courrier)?> FindAsync(CourrielSortant courriel, CancellationToken cancellationToken)
    {
        var id = Guid.Parse(courriel.Reference);
        if (await db.Accuses.SingleOrDefaultAsync(a => a.Id == id, cancellationToken) is not { } accuse)
        {
            return null;
        }

        return (accuse, await db.Courriers.SingleAsync(c => c.Id == accuse.CourrierId, cancellationToken));
    }

    /// <summary>In the thread of the message acknowledged, so that readers show both together.</summary>
    private async Task ReplyToMessageAsync(MimeMessage message, Courrier courrier, CancellationToken cancellationToken)
    {
        var received = await db.MessagesRecus
            .Where(m => m.CourrierId == courrier.Id && m.Sort == SortMessage.Courrier && m.MessageId != null)
            .OrderBy(m => m.TraiteLe)
            .Select(m => m.MessageId)
            .FirstOrDefaultAsync(cancellationToken);
        message.JoinFil([received]);
    }

    private async Task KeepTextAsync(Accuse accuse, CourrielSortant courriel, CancellationToken cancellationToken)
    {
        if (courriel.FichierSha256 is not { } sha256)
        {
            return;
        }

        var taille = await db.Set<Fichier>().Where(f => f.Sha256 == sha256).Select(f => f.Taille).SingleAsync(cancellationToken);
        var ordre = await db.Pieces.CountAsync(p => p.CourrierId == accuse.CourrierId, cancellationToken) + 1;
        var piece = new Piece
        {
            CourrierId = accuse.CourrierId,
            Role = RolePiece.Accuse,
            Nom = AccuseSortant.NomPiece(accuse.Kind, "eml"),
            Sha256 = sha256,
            Taille = taille,
            TypeMime = TypeMime.Message,
            Ordre = ordre,
        };
        db.Pieces.Add(piece);
        accuse.PieceId = piece.Id;

        // The message itself says which text it was written from: the evidence is what left, not what would leave today.
        await using var sent = store.OpenRead(sha256);
        var modele = (await HeaderList.LoadAsync(sent, cancellationToken))[ModeleHeader]?.Split(';');
        if (modele is [var code, var version] && int.TryParse(version, CultureInfo.InvariantCulture, out var number))
        {
            (accuse.ModeleCode, accuse.ModeleVersion) = (code, number);
        }
    }
}
