using MimeKit;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Delais;
using SuiviCourrier.Portail.Data;
using SuiviCourrier.Portail.Reponses;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Courriels;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Fichiers;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Portail.Dossiers.Answer;

/// <summary>Records an answer; sends it when it is an e-mail. Only an answer on the merits closes the work and stops the clock.</summary>
public sealed class AnswerCourrier(PortailDbContext db, DossierLock dossiers, IFileStore files, SiteCourant site, TimeProvider clock)
{
    public enum Outcome
    {
        Answered,
        NotFound,
        Forbidden,
        AlreadyClosed,
        ChangedMeanwhile,

        /// <summary>The day of the answer is before the reception or after today.</summary>
        DateImpossible,
        PersonneMissing,
        DestinataireImpossible,
        ContentMissing,
    }

    /// <param name="Id">Made by the caller when it shows the form: the same form sent twice records one answer.</param>
    public sealed record Saisie(Guid Id, ModeReponse Mode, bool IsSurLeFond, DateOnly ReponduLe)
    {
        public string? Personne { get; init; }
        public string? Destinataire { get; init; }
        public string? Objet { get; init; }
        public string? Texte { get; init; }
        public FichierJoint? Fichier { get; init; }
    }

    /// <summary>A stored content and the name to show.</summary>
    public sealed record FichierJoint(Fichier Fichier, string Nom);

    /// <param name="seenVersion">Stream version the actor has seen; null when the caller has shown nothing to anybody.</param>
    /// <param name="alongside">Adds rows that commit with the answer (what is kept for a program).</param>
    public async Task<Outcome> ExecuteAsync(
        Agent actor, Guid courrierId, Saisie saisie, int? seenVersion, CancellationToken cancellationToken, System.Action<Dossier, Reponse>? alongside = null)
    {
        await using var transaction = await db.BeginOrJoinAsync(cancellationToken);
        var dossier = await dossiers.TakeAsync(actor, courrierId, cancellationToken);
        if (dossier is null)
        {
            return Outcome.NotFound;
        }

        if (!actor.May(Action.Answer))
        {
            return Outcome.Forbidden;
        }

        if (await db.Reponses.FindAsync([saisie.Id], cancellationToken) is { } already)
        {
            return already.CourrierId == courrierId ? Outcome.Answered : Outcome.NotFound;
        }

        if (!dossier.Allows(ActionDossier.Repondre))
        {
            return Outcome.AlreadyClosed;
        }

        if (seenVersion is { } seen && seen != dossier.StreamVersion)
        {
            return Outcome.ChangedMeanwhile;
        }

        var today = await site.TodayAsync(cancellationToken);
        if (Refuse(saisie, dossier, today) is { } refusal)
        {
            return refusal;
        }

        var now = clock.GetUtcNow();
        var isCourriel = saisie.Mode == ModeReponse.Courriel;
        var reponse = new Reponse
        {
            Id = saisie.Id,
            CourrierId = courrierId,
            Mode = saisie.Mode,
            IsSurLeFond = saisie.IsSurLeFond,
            ReponduLe = isCourriel ? today : saisie.ReponduLe,
            AuteurId = actor.Role is RoleAgent.Programme ? null : actor.Id,
            CleApiId = actor.Role is RoleAgent.Programme ? actor.Id : null,
            Personne = saisie.Mode is ModeReponse.Telephone or ModeReponse.Entretien ? saisie.Personne?.Trim() : null,
            Destinataire = isCourriel ? saisie.Destinataire!.Trim() : null,
            Objet = isCourriel ? saisie.Objet?.Trim() : null,
            Texte = string.IsNullOrWhiteSpace(saisie.Texte) ? null : saisie.Texte.Trim(),
            FichierSha256 = saisie.Fichier?.Fichier.Sha256,
            FichierNom = saisie.Fichier?.Nom,
            CreatedAt = now,
            EtatEnvoi = isCourriel ? EtatCourriel.AEnvoyer : null,
        };
        if (saisie.Fichier is not null)
        {
            await db.ReferenceAsync(files, [saisie.Fichier.Fichier], cancellationToken);
        }

        db.Reponses.Add(reponse);
        if (isCourriel)
        {
            db.Courriels.Enqueue(new CourrielSortant
            {
                Cle = $"reponse:{reponse.Id}",
                Kind = ReponseComposer.KindReponse,
                CourrierId = courrierId,
                Reference = reponse.Id.ToString(),
                NotBefore = now,
                CreatedAt = now,
            });
        }

        var before = dossier.Etat;
        if (saisie.IsSurLeFond)
        {
            dossier.AnswerOn(reponse.ReponduLe);
        }
        else if (dossier.Etat is EtatCourrier.Enregistre or EtatCourrier.Affecte)
        {
            dossier.Etat = EtatCourrier.EnInstruction;
        }

        db.Journal.Record(
            actor.Id.ToString(), nameof(AnswerCourrier), $"reponse:{reponse.Id}", courrierId, now, before.Libelle(),
            $"{dossier.Etat.Libelle()} : réponse {(saisie.IsSurLeFond ? "sur le fond" : "d’attente")} {saisie.Mode.EnMots()} le {DatesEnFrancais.DateComplete(reponse.ReponduLe)}");
        db.Outbox.Publish(new CourrierAnswered
        {
            Source = Streams.Portail,
            CourrierId = courrierId,
            Version = dossier.NextVersion(),
            Etat = dossier.ToEtat(),
            IsSurLeFond = saisie.IsSurLeFond,
            ReponduLe = reponse.ReponduLe,
        });
        alongside?.Invoke(dossier, reponse);
        if (!await db.TrySaveChangesAsync(cancellationToken))
        {
            return Outcome.ChangedMeanwhile;
        }

        await transaction.CommitAsync(cancellationToken);
        return Outcome.Answered;
    }

    private static Outcome? Refuse(Saisie saisie, Dossier dossier, DateOnly today)
    {
        if (saisie.Mode != ModeReponse.Courriel && (saisie.ReponduLe > today || saisie.ReponduLe < dossier.RecuLe))
        {
            return Outcome.DateImpossible;
        }

        if (saisie.Mode is ModeReponse.Telephone or ModeReponse.Entretien && string.IsNullOrWhiteSpace(saisie.Personne))
        {
            return Outcome.PersonneMissing;
        }

        if (saisie.Mode == ModeReponse.Courriel && !IsAddress(saisie.Destinataire))
        {
            return Outcome.DestinataireImpossible;
        }

        var hasText = !string.IsNullOrWhiteSpace(saisie.Texte);
        return hasText || (saisie.Fichier is not null && saisie.Mode != ModeReponse.Courriel) ? null : Outcome.ContentMissing;
    }

    private static bool IsAddress(string? text) =>
        text is not null
        && text.Trim() is { Length: <= 254 } trimmed
        && !trimmed.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
        && MailboxAddress.TryParse(trimmed, out var address)
        && address.Address == trimmed
        && trimmed.Split('@') is [{ Length: > 0 }, var domain]
        && domain.Contains('.', StringComparison.Ordinal);
}
