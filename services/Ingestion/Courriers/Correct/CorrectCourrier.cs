using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Courriers.Register;
using SuiviCourrier.Ingestion.Data;
using SuiviCourrier.ServiceDefaults.Messages;
using SuiviCourrier.ServiceDefaults.Time;

namespace SuiviCourrier.Ingestion.Courriers.Correct;

/// <summary>
/// Corrects what was registered, with a reason. The number stays; every clock is computed again; an acknowledgement that has not left
/// goes to the corrected address.
/// </summary>
public sealed class CorrectCourrier(
    IngestionDbContext db, CodesAnnuaire codes, AnnuaireExpediteurs annuaire, RedirectAccuse redirectAccuse, SiteCourant siteCourant, TimeProvider clock)
{
    public abstract record Outcome
    {
        public sealed record Corrected : Outcome;

        public sealed record NothingChanged : Outcome;

        public sealed record Annulled : Outcome;

        /// <summary>Somebody has corrected it since the form was shown.</summary>
        public sealed record ChangedMeanwhile : Outcome;

        public sealed record NotFound : Outcome;

        public sealed record Refused(IReadOnlyList<ErreurSaisie> Erreurs) : Outcome;
    }

    public sealed record Demande : Declaration
    {
        public required string Acteur { get; init; }
        public required Guid CourrierId { get; init; }

        /// <summary><see cref="Courrier.Version"/> the person was looking at.</summary>
        public required int Vu { get; init; }

        public string? Motif { get; init; }
    }

    public async Task<Outcome> ExecuteAsync(Demande demande, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var erreurs = new List<ErreurSaisie>();
        var lue = DeclarationLue.Read(demande, (await siteCourant.GetAsync(cancellationToken)).DayOf(now), erreurs);
        var motif = TexteSaisi.Read(demande.Motif, Limites.Motif, out var refus);
        if (motif is null)
        {
            erreurs.Add(new ErreurSaisie(nameof(demande.Motif), refus ?? "Dites pourquoi l’enregistrement est corrigé : le motif reste dans l’historique"));
        }

        var type = await codes.FindTypeAsync(demande.TypeCode, erreurs, cancellationToken);
        var serviceCode = await codes.CheckServiceAsync(demande.ServiceCode, erreurs, cancellationToken);
        if (lue is null || erreurs.Count > 0)
        {
            return new Outcome.Refused(erreurs);
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockCourrierAsync(demande.CourrierId, cancellationToken);
        var courrier = await db.Courriers.SingleOrDefaultAsync(c => c.Id == demande.CourrierId, cancellationToken);
        if (courrier is null)
        {
            return new Outcome.NotFound();
        }

        if (courrier.IsAnnule)
        {
            return new Outcome.Annulled();
        }

        if (courrier.Version != demande.Vu)
        {
            return new Outcome.ChangedMeanwhile();
        }

        var before = CourrierEnMots.LinesOf(courrier);
        var formerly = courrier.Expediteur;
        Apply(courrier, demande, lue, type, serviceCode);
        var (avant, apres) = CourrierEnMots.Difference(before, CourrierEnMots.LinesOf(courrier));
        if (avant == apres)
        {
            return new Outcome.NothingChanged();
        }

        if (courrier.Expediteur != formerly)
        {
            courrier.CorrespondantId = (await annuaire.FindOrAddAsync(courrier.Expediteur, now, cancellationToken))?.Id;
            await redirectAccuse.ApplyAsync(courrier, now, cancellationToken);
        }

        db.Journal.Record(demande.Acteur, nameof(CorrectCourrier), $"courrier:{courrier.Id}", courrier.Id, now, avant, apres, motif);
        db.Outbox.Publish(new CourrierCorrected
        {
            Source = RegisterCourrier.Source,
            CourrierId = courrier.Id,
            Version = courrier.NextVersion(),
            Etat = courrier.ToEtat(),
        });
        if (!await db.TrySaveChangesAsync(cancellationToken))
        {
            return new Outcome.ChangedMeanwhile();
        }

        await transaction.CommitAsync(cancellationToken);
        return new Outcome.Corrected();
    }

    private static void Apply(Courrier courrier, Demande demande, DeclarationLue lue, TypeCourrier? type, string? serviceCode)
    {
        // What came by e-mail came by e-mail: only the two ways of paper are told apart by hand.
        if (courrier.Canal is Canal.Lettre or Canal.Depot && demande.Canal is Canal.Lettre or Canal.Depot)
        {
            courrier.Canal = demande.Canal;
        }

        courrier.Objet = lue.Objet;
        courrier.RecuLe = lue.RecuLe;
        courrier.DateCourrier = demande.DateCourrier;
        courrier.CachetLe = demande.CachetLe;
        courrier.Expediteur = lue.Expediteur;
        courrier.Nature = demande.Nature ?? type?.Nature;
        courrier.TypeCode = type?.Code;
        courrier.ServiceCode = serviceCode;
        courrier.IsPourInformation = demande.IsPourInformation;
        courrier.IsRestreint = demande.IsRestreint;
        courrier.NumeroRecommande = lue.NumeroRecommande;
        courrier.OriginalOu = lue.OriginalOu;
        courrier.Remarques = lue.Remarques;
    }
}
