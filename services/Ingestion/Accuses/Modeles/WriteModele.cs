using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>Keeps the draft of a letter text: the one there is, or the next version.</summary>
public sealed class WriteModele(IngestionDbContext db, TimeProvider clock)
{
    public const int MaxObjet = 300;
    public const int MaxTexte = 20_000;

    public abstract record Outcome
    {
        public sealed record Saved(int Version) : Outcome;

        public sealed record Forbidden : Outcome;

        /// <summary>Somebody has saved or approved the draft since the form was shown.</summary>
        public sealed record ChangedMeanwhile : Outcome;

        public sealed record NotFound : Outcome;

        public sealed record Refused(IReadOnlyList<ErreurSaisie> Erreurs) : Outcome;
    }

    /// <param name="vu"><see cref="VersionModele.Revision"/> of the draft the person was looking at; 0 when there was none.</param>
    public async Task<Outcome> ExecuteAsync(Agent agent, string code, int vu, string? objet, string? texte, CancellationToken cancellationToken)
    {
        var champs = new Annuaire.ChampsLus();
        var objetLu = champs.Line("Objet", objet, MaxObjet, "Indiquez l’objet");
        var texteLu = champs.Lines("Texte", texte, MaxTexte, "Écrivez le texte");
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtext({$"ingestion.modeles:{code}"}))", cancellationToken);
        var versions = await db.VersionsModeles.Where(v => v.Code == code).OrderBy(v => v.Version).ToListAsync(cancellationToken);
        if (versions.Count == 0)
        {
            return new Outcome.NotFound();
        }

        var newest = versions[^1];
        if (!agent.MayWrite(newest.ServiceProprietaire))
        {
            return new Outcome.Forbidden();
        }

        if (champs.Erreurs.Count > 0)
        {
            return new Outcome.Refused(champs.Erreurs);
        }

        var draft = versions.Find(v => v.Etat == EtatModele.Brouillon);
        if ((draft?.Revision ?? 0) != vu)
        {
            return new Outcome.ChangedMeanwhile();
        }

        var now = clock.GetUtcNow();
        var author = agent.Id.ToString();
        if (draft is null)
        {
            draft = new VersionModele
            {
                Code = code,
                Version = newest.Version + 1,
                Libelle = newest.Libelle,
                Genre = newest.Genre,
                Support = newest.Support,
                ServiceProprietaire = newest.ServiceProprietaire,
                Accuse = newest.Accuse,
                DemandePieces = newest.DemandePieces,
                CategoriesExclues = newest.CategoriesExclues,
                Objet = objetLu!,
                Texte = texteLu!,
                Etat = EtatModele.Brouillon,
                Auteurs = [author],
                ChangedAt = now,
            };
            db.VersionsModeles.Add(draft);
        }
        else
        {
            (draft.Objet, draft.Texte, draft.ChangedAt, draft.Revision) = (objetLu!, texteLu!, now, draft.Revision + 1);
            draft.Auteurs = [.. draft.Auteurs.Append(author).Distinct()];
        }

        db.Journal.Record(author, nameof(WriteModele), $"modele:{code}", null, now, apres: $"Version {draft.Version}\n{objetLu}\n\n{texteLu}");
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new Outcome.Saved(draft.Version);
    }
}
