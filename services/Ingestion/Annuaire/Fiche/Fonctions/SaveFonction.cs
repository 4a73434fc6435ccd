using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Delais;
using SuiviCourrier.Ingestion.Annuaire.Fonctions;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Data;

namespace SuiviCourrier.Ingestion.Annuaire.Fiche.Fonctions;

/// <summary>Writes a position of a correspondent, new or known; or takes away one that was never held.</summary>
public sealed class SaveFonction(IngestionDbContext db, TimeProvider clock)
{
    public abstract record Outcome
    {
        public sealed record Saved : Outcome;

        public sealed record NotFound : Outcome;

        public sealed record Refused(IReadOnlyList<ErreurSaisie> Erreurs) : Outcome;
    }

    public sealed record Demande
    {
        public required string Acteur { get; init; }
        public required Guid CorrespondantId { get; init; }

        /// <summary>Null for a new one.</summary>
        public Guid? FonctionId { get; init; }

        public NatureFonction? Nature { get; init; }
        public string? Libelle { get; init; }
        public string? Territoire { get; init; }
        public string? Organisme { get; init; }
        public DateOnly? Du { get; init; }
        public DateOnly? Au { get; init; }
    }

    public async Task<Outcome> ExecuteAsync(Demande demande, CancellationToken cancellationToken)
    {
        var champs = new ChampsLus();
        var libelle = champs.Line(
            nameof(demande.Libelle), demande.Libelle, Limites.Fonction, demande.Nature == NatureFonction.Autre ? "Dites quelle fonction" : null);
        var territoire = champs.Line(nameof(demande.Territoire), demande.Territoire, Limites.Nom);
        var nomOrganisme = champs.Line(nameof(demande.Organisme), demande.Organisme, Limites.Nom);
        var organisme = nomOrganisme is null ? null : await db.OrganismeAsync(nomOrganisme, cancellationToken);
        if (nomOrganisme is not null && organisme is null)
        {
            champs.Say(nameof(demande.Organisme), OrganismesAnnuaire.Inconnu);
        }

        if (demande.Nature is null)
        {
            champs.Say(nameof(demande.Nature), "Choisissez une fonction");
        }

        if (demande.Du is null || demande.Du < Calendrier.PremierJour)
        {
            champs.Say(nameof(demande.Du), "Indiquez le premier jour de la fonction");
        }

        if (demande.Au < demande.Du)
        {
            champs.Say(nameof(demande.Au), "Le dernier jour ne peut pas être avant le premier");
        }

        if (champs.Erreurs.Count > 0)
        {
            return new Outcome.Refused(champs.Erreurs);
        }

        var correspondant = await db.Correspondants.AsNoTracking().SingleOrDefaultAsync(c => c.Id == demande.CorrespondantId, cancellationToken);
        var fonction = demande.FonctionId is { } id
            ? await db.Fonctions.SingleOrDefaultAsync(f => f.Id == id && f.CorrespondantId == demande.CorrespondantId, cancellationToken)
            : new Fonction { CorrespondantId = demande.CorrespondantId, Nature = demande.Nature!.Value, Du = demande.Du!.Value };
        if (correspondant is null || correspondant.IsOrganisme || fonction is null)
        {
            return new Outcome.NotFound();
        }

        var avant = demande.FonctionId is null ? null : EnMots(fonction, correspondant.Civilite);
        (fonction.Nature, fonction.Libelle, fonction.Territoire) = (demande.Nature!.Value, libelle, territoire);
        (fonction.OrganismeId, fonction.Du, fonction.Au) = (organisme?.Id, demande.Du!.Value, demande.Au);
        if (demande.FonctionId is null)
        {
            db.Fonctions.Add(fonction);
        }

        Record(demande.Acteur, nameof(SaveFonction), demande.CorrespondantId, avant, EnMots(fonction, correspondant.Civilite));
        await db.SaveChangesAsync(cancellationToken);
        return new Outcome.Saved();
    }

    public async Task<Outcome> RemoveAsync(string acteur, Guid correspondantId, Guid fonctionId, CancellationToken cancellationToken)
    {
        var fonction = await db.Fonctions.SingleOrDefaultAsync(f => f.Id == fonctionId && f.CorrespondantId == correspondantId, cancellationToken);
        if (fonction is null)
        {
            return new Outcome.NotFound();
        }

        var civilite = await db.Correspondants.Where(c => c.Id == correspondantId).Select(c => c.Civilite).SingleAsync(cancellationToken);
        db.Fonctions.Remove(fonction);
        Record(acteur, "RemoveFonction", correspondantId, EnMots(fonction, civilite), null);
        await db.SaveChangesAsync(cancellationToken);
        return new Outcome.Saved();
    }

    /// <summary>« Maire de Loches, depuis le samedi 4 juillet 2020 ».</summary>
    public static string EnMots(Fonction fonction, Civilite? civilite) => fonction.Au is { } au
        ? $"{TitresFonctions.EnMots(fonction, civilite)}, du {DatesEnFrancais.DateComplete(fonction.Du)} au {DatesEnFrancais.DateComplete(au)}"
        : $"{TitresFonctions.EnMots(fonction, civilite)}, depuis le {DatesEnFrancais.DateComplete(fonction.Du)}";

    private void Record(string acteur, string action, Guid correspondantId, string? avant, string? apres) =>
        db.Journal.Record(acteur, action, $"correspondant:{correspondantId}", null, clock.GetUtcNow(), avant, apres);
}
