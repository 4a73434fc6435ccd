using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Annuaire.FranceServices;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>A second person, never one who wrote in it, lets a draft become the text of letters from a day on.</summary>
public sealed class ApproveModele(IngestionDbContext db, SiteCourant siteCourant, TimeProvider clock)
{
    public abstract record Outcome
    {
        public sealed record Approved(int Version) : Outcome;

        public sealed record Forbidden : Outcome;

        /// <summary>Who wrote in it does not approve it.</summary>
        public sealed record Author : Outcome;

        /// <summary>Somebody has saved or approved the draft since it was shown.</summary>
        public sealed record ChangedMeanwhile : Outcome;

        public sealed record NotFound : Outcome;

        public sealed record DateRefused(string Phrase) : Outcome;

        /// <summary>What stops it, each in a sentence.</summary>
        public sealed record Refused(IReadOnlyList<string> Phrases) : Outcome;
    }

    public async Task<Outcome> ExecuteAsync(Agent agent, string code, int vu, DateOnly? valableDu, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtext({$"ingestion.modeles:{code}"}))", cancellationToken);
        var draft = await db.VersionsModeles.SingleOrDefaultAsync(v => v.Code == code && v.Etat == EtatModele.Brouillon, cancellationToken);
        if (draft is null)
        {
            return new Outcome.NotFound();
        }

        var approver = agent.Id.ToString();
        if (!agent.MayApprove(draft.ServiceProprietaire))
        {
            return new Outcome.Forbidden();
        }

        if (draft.Auteurs.Contains(approver))
        {
            return new Outcome.Author();
        }

        if (draft.Revision != vu)
        {
            return new Outcome.ChangedMeanwhile();
        }

        var now = clock.GetUtcNow();
        var today = (await siteCourant.GetAsync(cancellationToken)).DayOf(now);
        if (valableDu is null || valableDu < today)
        {
            return new Outcome.DateRefused("Indiquez le premier jour où les lettres suivront ce texte : aujourd’hui ou plus tard");
        }

        if (await LintAsync(draft.ToModele(), cancellationToken) is { Count: > 0 } phrases)
        {
            return new Outcome.Refused(phrases);
        }

        (draft.Etat, draft.ApprouvePar, draft.ApprouveLe, draft.ValableDu) = (EtatModele.Approuve, approver, now, valableDu);
        db.Journal.Record(
            approver, nameof(ApproveModele), $"modele:{code}", null, now,
            apres: $"Version {draft.Version}, à partir du {DatesEnFrancais.DateComplete(valableDu.Value)}");
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new Outcome.Approved(draft.Version);
    }

    /// <summary>What stops a text from being approved: what it says, and the link it gives.</summary>
    public async Task<IReadOnlyList<string>> LintAsync(Modele modele, CancellationToken cancellationToken)
    {
        var phrases = ModeleValidation.Validate(modele).ToList();
        if (modele.Texte.Contains("france_services_lien", StringComparison.Ordinal))
        {
            var site = await siteCourant.GetAsync(cancellationToken);
            var departement = DepartementPostal.Of(site.Adresse);
            var lien = await db.LiensFranceServices.AsNoTracking().SingleOrDefaultAsync(l => l.Departement == departement, cancellationToken);
            if (lien is null)
            {
                phrases.Add($"Le lien France Services du département {departement ?? "du site"} manque : ajoutez-le à la liste des liens.");
            }
            else if (lien.Echec is not null)
            {
                phrases.Add($"Le lien France Services du département {departement} ne répond plus : réparez-le dans la liste des liens.");
            }
            else if (lien.VerifieLe is null)
            {
                phrases.Add($"Le lien France Services du département {departement} n’a jamais été ouvert : vérifiez-le dans la liste des liens.");
            }
        }

        return phrases;
    }
}
