using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.Presentation.Rights;

namespace SuiviCourrier.Ingestion.Accuses.Modeles;

/// <summary>Asks the owner of a letter text for a change: it is counted on the owner's home page until somebody says it is dealt with.</summary>
public sealed class RequestChange(IngestionDbContext db, TimeProvider clock)
{
    private const int MaxTexte = 1000;

    public abstract record Outcome
    {
        public sealed record Done : Outcome;

        public sealed record Forbidden : Outcome;

        public sealed record NotFound : Outcome;

        public sealed record Refused(string Phrase) : Outcome;
    }

    public async Task<Outcome> ExecuteAsync(Agent agent, string code, string? texte, CancellationToken cancellationToken)
    {
        var champs = new Annuaire.ChampsLus();
        var lu = champs.Lines("Demande", texte, MaxTexte, "Dites ce qui devrait changer, et pourquoi");
        var service = await db.VersionsModeles.Where(v => v.Code == code).OrderByDescending(v => v.Version).Select(v => v.ServiceProprietaire).FirstOrDefaultAsync(cancellationToken);
        if (service is null)
        {
            return new Outcome.NotFound();
        }

        if (champs.Erreurs is [var erreur, ..])
        {
            return new Outcome.Refused(erreur.Phrase);
        }

        var now = clock.GetUtcNow();
        var demande = new DemandeModele { Code = code, ServiceProprietaire = service, Texte = lu!, DemandeePar = agent.Id.ToString(), DemandeeLe = now };
        db.DemandesModeles.Add(demande);
        db.Journal.Record(demande.DemandeePar, nameof(RequestChange), $"modele:{code}", null, now, apres: lu);
        await db.SaveChangesAsync(cancellationToken);
        return new Outcome.Done();
    }

    /// <summary>The owner has dealt with it, whether the text changed or not.</summary>
    public async Task<Outcome> SettleAsync(Agent agent, string code, Guid id, CancellationToken cancellationToken)
    {
        var demande = await db.DemandesModeles.SingleOrDefaultAsync(d => d.Id == id && d.Code == code, cancellationToken);
        if (demande is null)
        {
            return new Outcome.NotFound();
        }

        if (!agent.MayWrite(demande.ServiceProprietaire))
        {
            return new Outcome.Forbidden();
        }

        if (demande.TraiteeLe is null)
        {
            var now = clock.GetUtcNow();
            (demande.TraiteeLe, demande.TraiteePar) = (now, agent.Id.ToString());
            db.Journal.Record(demande.TraiteePar, "SettleChange", $"modele:{code}", null, now, apres: demande.Texte);
            await db.SaveChangesAsync(cancellationToken);
        }

        return new Outcome.Done();
    }
}
